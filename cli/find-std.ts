// Where the standard library of the target lies: in the source that the recipe names for it, or beside the compiler.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toolchainStd } from '../compiler/lower/target-tools.ts';
import type { CargoNeed } from '../compiler/lower/needs.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { type Result, success } from '../runtime/result.ts';
import { askRustc } from './ask-rustc.ts';
import type { Surroundings } from './surroundings.ts';

/** The folder in the source that holds `lib/rustlib`; empty for the source itself, undefined when there is none. */
export async function findStd(
    { std, target }: CargoNeed,
    source: Source | undefined,
    surroundings: Surroundings,
    fetching: FetchContext,
): Promise<Result<string | undefined, Failure>> {
    if (std === toolchainStd) {
        const answer = await askRustc(surroundings, ['--print', 'target-libdir', '--target', target]);
        if (!answer.ok) return answer;
        return success((await holdsCore(surroundings.place(answer.value[0] ?? ''))) ? '' : undefined);
    }
    if (source === undefined) return success(undefined);
    const tree = await fetchSource(source, fetching);
    if (!tree.ok) return tree;
    const root = fetching.store.objectPath(tree.value);
    for (const folder of foldersFor(target)) {
        if (await holdsCore(join(root, folder, 'lib/rustlib', target, 'lib'))) return success(folder);
    }
    return success(undefined);
}

/** A sysroot, the archive of upstream, a distribution's package. */
function foldersFor(target: string): readonly string[] {
    return ['', `rust-std-${target}`, 'usr'];
}

async function holdsCore(folder: string): Promise<boolean> {
    const names = await readdir(folder).catch(() => []);
    return names.some((name) => /^libcore-.*\.rlib$/.test(name));
}
