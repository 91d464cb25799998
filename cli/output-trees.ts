// What a plan that was carried out has given.
import { splitRef } from '../compiler/plan/graph.ts';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import type { Executed } from '../runtime/execute.ts';

/** The outputs that are there, by their names in the plan. */
export function outputTrees(
    { outputs }: Plan,
    { trees }: Executed,
): readonly { readonly name: string; readonly tree: TreeDigest }[] {
    return Object.entries(outputs).flatMap(([name, ref]) => {
        const { action, output } = splitRef(ref);
        const tree = trees.get(action)?.[output];
        return tree === undefined ? [] : [{ name, tree }];
    });
}
