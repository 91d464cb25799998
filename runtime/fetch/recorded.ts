// Which tree a pinned source gave. A record is only believed while the store has the tree.
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import { hashJson } from '../../compiler/plan/canonical.ts';
import { sourceHash, sourceView } from '../../compiler/plan/identity.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import { demand } from '../host/demand.ts';
import type { Store } from '../store/store.ts';

const kind = 'source';

/** The tree that the source gave before. */
export function recordedTree(store: Store, source: Source): TreeDigest | undefined {
    const value = store.readRecord(kind, nameOf(source));
    const tree = typeof value === 'string' ? parseTreeDigest(value) : undefined;
    return tree !== undefined && store.hasObject(tree) ? tree : undefined;
}

/** Throws refusals. */
export async function recordTree(store: Store, source: Source, tree: TreeDigest): Promise<void> {
    demand(await store.writeRecord({ kind, name: nameOf(source) }, tree));
}

const listKind = 'sources';

/** The trees that these sources gave before, in one record: a lock file names hundreds. */
export function recordedTrees(store: Store, sources: readonly Source[]): readonly TreeDigest[] | undefined {
    const value = store.readRecord(listKind, listName(sources));
    if (!Array.isArray(value)) return undefined;
    const trees = value.flatMap((text) => (typeof text === 'string' ? (parseTreeDigest(text) ?? []) : []));
    return trees.length === sources.length && trees.every((tree) => store.hasObject(tree)) ? trees : undefined;
}

/** In a store that nobody may write to it stays away, and each source is looked up. */
export async function recordTrees(
    store: Store,
    sources: readonly Source[],
    trees: readonly TreeDigest[],
): Promise<void> {
    await store.writeRecord({ kind: listKind, name: listName(sources) }, trees);
}

function listName(sources: readonly Source[]): string {
    return hashJson(sources.map(sourceView)).slice('sha256:'.length);
}

function nameOf(source: Source): string {
    return sourceHash(source).slice('sha256:'.length);
}
