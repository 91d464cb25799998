// Which tree a pinned source gave. A record is only believed while the store has the tree.
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import { sourceHash } from '../../compiler/plan/identity.ts';
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

function nameOf(source: Source): string {
    return sourceHash(source).slice('sha256:'.length);
}
