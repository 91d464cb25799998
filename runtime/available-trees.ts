// Trees by the outputs that are there.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import { splitRef } from '../compiler/plan/graph.ts';
import type { TreeRef } from '../compiler/plan/plan.ts';
import type { Outputs } from './event.ts';

/** The outputs that are there, by the action that gave them: of those that are finished or still run. */
export type Available = ReadonlyMap<string, Outputs>;

/** Throws for one that is not there: the scheduler starts nothing too early. */
export function treeAt(ref: TreeRef, available: Available): TreeDigest {
    const { action, output } = splitRef(ref);
    const tree = available.get(action)?.[output];
    if (tree === undefined) throw new Error(`${ref} is used before it is there`);
    return tree;
}

/** Place → tree, for the parts of a composed one. */
export function partsOf(entries: Readonly<Record<string, TreeRef>>, available: Available): Record<string, TreeDigest> {
    return Object.fromEntries(Object.entries(entries).map(([path, ref]) => [path, treeAt(ref, available)]));
}
