// What conditions and interpolations may read beyond the recipe itself: the two machines, and options of the command
// line. Nothing else of the outside reaches evaluation.
import type { Diagnostic } from '../lang/diagnostic.ts';
import { nearest } from '../lang/suggest.ts';
import { unknownTarget } from './condition-errors.ts';
import { type Target, targets } from './targets.ts';

export interface Facts {
    readonly target: Target;
    readonly host: Target;
    /** `--option NAME=VALUE`, as given. */
    readonly options: ReadonlyMap<string, string>;
}

export const targetFacts = ['arch', 'os', 'env', 'triple', 'multiarch', 'endian', 'vendor'] as const;

export type TargetFact = (typeof targetFacts)[number];

/** Facts for a pair of Rust target triples; undefined when one of them is not known. */
export function factsFor(wanted: {
    readonly target: string;
    readonly host: string;
    readonly options?: Readonly<Record<string, string>>;
}): { readonly facts: Facts | undefined; readonly diagnostics: readonly Diagnostic[] } {
    const target = targets.get(wanted.target);
    const host = targets.get(wanted.host);
    if (target !== undefined && host !== undefined) {
        return { facts: { target, host, options: new Map(Object.entries(wanted.options ?? {})) }, diagnostics: [] };
    }
    const unknown = [...new Set([wanted.target, wanted.host])].filter((triple) => !targets.has(triple));
    const diagnostics = unknown.map((triple) => unknownTarget(triple, nearest(triple, targets.keys())));
    return { facts: undefined, diagnostics };
}

const valuesOf = new Map<TargetFact, ReadonlySet<string>>(
    targetFacts.map((fact) => [fact, new Set([...targets.values()].map((target) => target[fact]))]),
);

/** Every value that a fact can have; for architectures every word that is known for one. */
export const factWords: ReadonlyMap<TargetFact, ReadonlySet<string>> = new Map([
    ...valuesOf,
    ['arch', new Set([...targets.values()].flatMap(({ words }) => [...words]))],
]);
