// `rpkg verify CHAIN --certificate FILE`: whether a certificate is whole and about this recipe, and whether trees are what it says.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Certificate, certificateProblems, decodeCertificate, plannedLinks } from '../compiler/certificate.ts';
import type { Store } from '../runtime/store/store.ts';
import { digestOfTree } from '../runtime/store/tree.ts';
import type { Context } from './context.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { tellUsage } from './request.ts';
import type { Planned } from './with-plan.ts';

export async function checkCertificate(context: Context, file: string, planned: Planned): Promise<ExitCode> {
    const text = await readFile(resolve(context.cwd, file), 'utf8').catch(() => undefined);
    const certificate = text === undefined ? undefined : decodeCertificate(text);
    const links = plannedLinks(planned.plan);
    if (certificate === undefined || links.length === 0) {
        tellUsage(
            context,
            certificate === undefined
                ? `\`${file}\` is no certificate of a chain`
                : `\`${planned.plan.subject.name}\` is no chain: only chains have certificates`,
        );
        return exitCodes.usage;
    }
    const { problems: unlike, checked, missing } = await checkTrees(certificate, planned.store);
    const problems = [...certificateProblems(certificate, links), ...unlike];
    if (planned.json) {
        const answer = { links: certificate.links.length, trees: { checked, missing }, problems };
        context.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    } else {
        for (const problem of problems) context.out.write(`${problem}\n`);
        if (problems.length === 0)
            context.out.write(
                `${counted(certificate.links.length, 'link')}: seals are whole, plans are those of the recipe\n`,
            );
        context.out.write(`${counted(checked, 'tree')} read again, ${String(missing)} not in this store\n`);
    }
    return problems.length === 0 ? exitCodes.ok : exitCodes.finding;
}

/** Reads every tree of the certificate that the store has. */
async function checkTrees(
    { begin, links }: Certificate,
    store: Store,
): Promise<{ readonly problems: readonly string[]; readonly checked: number; readonly missing: number }> {
    const trees = [...new Set([begin.tree, ...links.map(({ tree }) => tree)])];
    const there = trees.filter((tree) => store.hasObject(tree));
    const problems: string[] = [];
    for (const tree of there) {
        if (digestOfTree(await store.readTree(tree)) !== tree) problems.push(`${tree} in the store is another tree`);
    }
    return { problems, checked: there.length, missing: trees.length - there.length };
}
