// A directory of the user's. Its tree is taken when planning and again when fetching; as long as nothing in it looks
// changed, neither reads a file.
import { constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { copyFile, cp, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { hashJson } from '../../compiler/plan/canonical.ts';
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { isSettled } from '../host/stat-signature.ts';
import { failure, type Result } from '../result.ts';
import { guarded, hasCode, refuse } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import { digestOfTree, emptyDirectory } from '../store/tree.ts';
import type { FetchContext } from './context.ts';
import { type Exclude, excludeFrom } from './exclude.ts';
import { signLocal } from './local-signature.ts';
import { inScratch } from './scratch.ts';

type LocalSource = Source & { readonly type: 'local' };

/** The folder as it is now, which must be what was planned. */
export async function fetchLocal(source: LocalSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const path = resolve(context.baseDir, source.path);
    const actual = await snapshotLocal(path, source.exclude, context.store);
    if (!actual.ok || actual.value === source.tree) return actual;
    return failure({ kind: 'hash-mismatch', what: path, expected: source.tree, actual: actual.value });
}

/** The tree of the folder at an absolute path, without what the patterns leave out. It is in the store afterwards. */
export async function snapshotLocal(
    path: string,
    patterns: readonly string[],
    store: Store,
): Promise<Result<TreeDigest, Failure>> {
    return await guarded(async () => {
        const root = realFolder(path);
        const exclude = withoutStore(root, excludeFrom(patterns), store);
        const at = { kind: 'local', name: hashJson([root, patterns]).slice('sha256:'.length) };
        const startedMs = Date.now();
        const signature = await signLocal(root, exclude);
        const kept = keptTree(store.readRecord(at.kind, at.name), signature.hash);
        if (kept !== undefined && store.hasObject(kept)) return kept;
        const tree = await importLocal(root, exclude, signature.copies, store);
        if (isSettled(signature.changedNs, startedMs)) {
            demand(await store.writeRecord(at, { signature: signature.hash, tree }));
        }
        return tree;
    });
}

function keptTree(record: unknown, signature: string): TreeDigest | undefined {
    const { signature: then, tree } = (record ?? {}) as { readonly signature?: string; readonly tree?: string };
    return then === signature && tree !== undefined ? parseTreeDigest(tree) : undefined;
}

function realFolder(path: string): string {
    const refuseIt = (): never => refuse({ kind: 'missing-path', what: 'local source', path });
    try {
        const root = realpathSync(path);
        return statSync(root).isDirectory() ? root : refuseIt();
    } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) refuseIt();
        throw error;
    }
}

/** A store inside of the folder would become part of itself, and is no source in any case. */
function withoutStore(root: string, exclude: Exclude, store: Store): Exclude {
    const storeRoot = dirname(dirname(store.objectPath(digestOfTree(emptyDirectory()))));
    const inside = existsSync(storeRoot) ? relative(root, realpathSync(storeRoot)) : undefined;
    return (path, isFolder) => path === inside || exclude(path, isFolder);
}

function isDirectory(path: string): boolean {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function importLocal(
    root: string,
    exclude: Exclude,
    copies: ReadonlyMap<string, string>,
    store: Store,
): Promise<TreeDigest> {
    const skip = (path: string): boolean => exclude(path, () => isDirectory(join(root, path)));
    if (copies.size === 0) return demand(await store.importTree(root, { what: root, skip }));
    return await inScratch(store, 'local', async (folder) => {
        const filter = (path: string): boolean => path === root || !skip(relative(root, path));
        await cp(root, folder, { recursive: true, verbatimSymlinks: true, filter, mode: constants.COPYFILE_FICLONE });
        for (const [path, shared] of copies) {
            await rm(join(folder, path));
            await copyFile(shared, join(folder, path));
        }
        return demand(await store.importTree(folder, { what: root }));
    });
}
