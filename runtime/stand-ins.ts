// What stands for the inputs of an action in its key.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import { splitRef } from '../compiler/plan/graph.ts';
import { own } from '../compiler/plan/own.ts';
import type { Plan, RunAction, TreeRef } from '../compiler/plan/plan.ts';
import { type Available, treeAt } from './available-trees.ts';
import type { KnownFiles } from './known-files.ts';
import { composedDigest } from './store/compose-tree.ts';
import { identityOfFlat } from './store/flat-tree.ts';

interface Knowing {
    readonly plan: Plan;
    readonly known: KnownFiles;
}

/** Sandbox path → what stands for the input in the action's key: mostly its own digest. */
export function standIns(knowing: Knowing, action: RunAction, available: Available): ReadonlyMap<string, TreeDigest> {
    return new Map(Object.entries(action.mounts).map(([at, { tree }]) => [at, standInOf(knowing, tree, available)]));
}

function standInOf(knowing: Knowing, ref: TreeRef, available: Available): TreeDigest {
    const { plan, known } = knowing;
    return known.standIn(ref, () => {
        const files = known.get(ref);
        const real = treeAt(ref, available);
        if (files !== undefined) return identityOfFlat(files) ?? real;
        const { action: id } = splitRef(ref);
        const action = own(plan.actions, id);
        if (action?.kind !== 'compose') return real;
        const parts = Object.entries(action.entries).map(([path, part]): [string, TreeDigest] => [
            path,
            standInOf(knowing, part, available),
        ]);
        return composedDigest(id, Object.fromEntries(parts));
    });
}
