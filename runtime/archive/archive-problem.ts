// How the stages of reading an archive refuse it: each knows its problem, the context knows which archive it is.
import { refuse } from '../store/guard.ts';
import { printable, type TreeProblem } from '../store/tree-rules.ts';

/** Refuses the archive; `entry` is the name of the member in question, as it stands in the archive. */
export type Fail = (problem: TreeProblem, entry?: string) => never;

export function failing(what: string): Fail {
    return ({ rule, detail }, entry = '') =>
        refuse({ kind: 'bad-tree', what, rule, entry: printable(entry), detail: printable(detail) });
}
