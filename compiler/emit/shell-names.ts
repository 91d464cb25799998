// Names that several parts of the emitted files must agree on.
import { splitRef } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';

/** Folder below `work/` that belongs to exactly this plan, so that no stale result of another one is taken. */
export function workFolder(plan: Plan): string {
    return plan.digest.execution.slice('sha256:'.length, 'sha256:'.length + 16);
}

/** Folder name of a tree: its reference, `#out` left away. */
export function treeFolder(tree: string): string {
    const { action, output } = splitRef(tree);
    return output === 'out' ? action : `${action}#${output}`;
}

/** `/rpkg/tools/rust` → `tool_rust`: a variable that a user may set to another place of the same tool. */
export function toolVariable(mount: string): string {
    return `tool_${mount.slice(mount.lastIndexOf('/') + 1).replaceAll('-', '_')}`;
}
