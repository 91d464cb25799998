import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { emitJson } from '../../compiler/emit/json.ts';
import { emitMakefile } from '../../compiler/emit/makefile.ts';
import { emitShell } from '../../compiler/emit/shell.ts';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { writeTar } from '../../runtime/archive/write-tar.ts';
import type { Failure } from '../../runtime/failure.ts';
import { failure, type Result, success } from '../../runtime/result.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { fetchAll } from '../fetch-all.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { withPlan } from '../with-plan.ts';

/** File name → text, for each format. */
const formats: Readonly<
    Record<string, (plan: Plan, archives: ReadonlyMap<string, string>) => Readonly<Record<string, string>>>
> = {
    json: (plan) => ({ 'plan.json': emitJson(plan) }),
    make: (plan, archives) => ({ Makefile: emitMakefile(plan), 'build.sh': emitShell(plan, archives) }),
    sh: (plan, archives) => ({ 'build.sh': emitShell(plan, archives) }),
};

/** `rpkg emit FORMAT RECIPE [-o FOLDER]` */
export const emit: CommandRun = async (context, args) => {
    const [word = '', recipe = ''] = args.operands;
    const format = Object.hasOwn(formats, word) ? formats[word] : undefined;
    if (format === undefined) {
        tellUsage(context, `\`${word}\` is no format; make, sh and json are`);
        return exitCodes.usage;
    }
    return await withPlan(context, args, recipe, 'fetch', async (planned) => {
        const { plan, store, folder } = planned;
        const output = args.value('output');
        const target = output === undefined ? undefined : resolve(context.cwd, output);
        let archives: ReadonlyMap<string, string> = new Map();
        if (word !== 'json') {
            const fetching = {
                store,
                baseDir: folder,
                offline: args.flag('offline'),
                environment: context.env,
                report: () => undefined,
                signal: context.signal,
            };
            const fetched = await fetchAll(plan, fetching);
            if (!fetched.ok) return endWithFailures(context, [fetched.failure], planned);
            const exported = await exportSources(fetched.value, store, target);
            if (!exported.ok) return endWithFailures(context, [exported.failure], planned);
            archives = exported.value;
        }
        const files = format(plan, archives);
        if (target === undefined) {
            context.out.write(Object.values(files)[0] ?? '');
            return exitCodes.ok;
        }
        const written = writeFiles(target, files);
        if (!written.ok) return endWithFailures(context, [written.failure], planned);
        context.out.write(`${target}\n`);
        return exitCodes.ok;
    });
};

/** One tar file for each source, in `FOLDER/sources`; without a folder they are only hashed. Gives id → SHA-256. */
async function exportSources(
    trees: ReadonlyMap<string, TreeDigest>,
    store: Store,
    target: string | undefined,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
    const hashes = new Map<string, string>();
    const folder = target === undefined ? mkdtempSync(join(tmpdir(), 'rpkg-emit-')) : join(target, 'sources');
    try {
        mkdirSync(folder, { recursive: true });
        for (const [id, tree] of trees) {
            const path = join(folder, `${id}.tar`);
            // Emitting to the same folder again replaces what was emitted before.
            rmSync(path, { force: true });
            const written = await writeTar(store.objectPath(tree), path);
            if (!written.ok) return written;
            hashes.set(id, written.value.slice('sha256:'.length));
            if (target === undefined) rmSync(path);
        }
        return success(hashes);
    } catch (error) {
        return failure(systemFailure(error, folder));
    } finally {
        if (target === undefined) rmSync(folder, { recursive: true, force: true });
    }
}

function systemFailure(error: unknown, path: string): Failure {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { kind: 'system', code, operation: 'write', path };
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): Result<void, Failure> {
    try {
        mkdirSync(folder, { recursive: true });
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
        return success(undefined);
    } catch (error) {
        return failure(systemFailure(error, folder));
    }
}
