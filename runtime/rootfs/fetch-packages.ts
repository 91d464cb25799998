// The files of pinned packages, brought by the machine's apt from wherever it gets the like, and kept by their hashes.
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hash } from '../../compiler/plan/digest.ts';
import type { DebianPackage } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { checkedBytes } from '../fetch/checked-bytes.ts';
import type { FetchContext } from '../fetch/context.ts';
import { demand } from '../host/demand.ts';
import type { Result } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { refuse } from '../store/guard.ts';
import { complaints, type PrivateApt, type SuiteChoice, withApt } from './private-apt.ts';
import { repositoryUris } from './repository-uris.ts';

/** All files are blobs of the store afterwards. */
export async function fetchPackages(
    choice: SuiteChoice,
    packages: readonly DebianPackage[],
    context: FetchContext,
): Promise<Result<void, Failure>> {
    return await withApt(choice, context, async (apt) => {
        let missing: readonly DebianPackage[] = packages.filter(
            ({ hash }) => !existsSync(context.store.blobPath(hash as Hash)),
        );
        if (missing.length === 0) return;
        if (context.offline) refuse({ kind: 'offline', what: namesOf(missing) });
        const bytes = missing.reduce((sum, { size }) => sum + size, 0);
        context.report(
            `fetching ${missing.length} packages of ${choice.suite}, ${Math.ceil(bytes / 1e6)} MB, with apt`,
        );
        const said: string[] = [];
        for (const repository of await repositoryUris(apt)) {
            missing = await fetchFrom(repository, missing, apt, { context, said });
        }
        const [lost] = missing;
        if (lost === undefined) return;
        // A mirror that answers but has not got the file differs from one that does not answer.
        const gone =
            said.length === 0 || said.every((line) => /404 +Not Found|File not found|Hash Sum|size/i.test(line));
        if (gone) refuse({ kind: 'packages', problem: 'gone', what: namesOf(missing), detail: said[0] ?? '' });
        refuse({ kind: 'unreachable', what: namesOf(missing), cause: said.join('; ') });
    });
}

/** Gives those that it does not have. apt is told the hash too, and takes no other file. */
async function fetchFrom(
    repository: string,
    packages: readonly DebianPackage[],
    apt: PrivateApt,
    { context, said }: { readonly context: FetchContext; readonly said: string[] },
): Promise<readonly DebianPackage[]> {
    const lost: DebianPackage[] = [];
    for (let start = 0; start < packages.length; start += atOnce) {
        const batch = packages.slice(start, start + atOnce);
        const words = batch.flatMap(({ path, hash }, index) => [
            `${repository}${path}`,
            join(apt.folder, `cache/${index}`),
            `SHA256:${hash.slice('sha256:'.length)}`,
        ]);
        const answer = await apt.run('apt-helper', ['-q', 'download-file', ...words]);
        if (answer.exitCode !== 0) said.push(...complaints(answer));
        for (const [index, one] of batch.entries()) {
            const path = join(apt.folder, `cache/${index}`);
            if (!(await keep(path, one, context))) lost.push(one);
            await rm(path, { force: true });
        }
    }
    return lost;
}

const atOnce = 40;

async function keep(path: string, { name, version, hash }: DebianPackage, { store }: FetchContext): Promise<boolean> {
    if (!existsSync(path) || (await hashFile(path)) !== hash) return false;
    demand(await store.putBlob(checkedBytes(createReadStream(path), hash, `${name} ${version}`)));
    return true;
}

function namesOf(packages: readonly DebianPackage[]): string {
    const shown = packages.slice(0, 3).map(({ name, version }) => `${name} ${version}`);
    const more = packages.length - shown.length;
    return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
