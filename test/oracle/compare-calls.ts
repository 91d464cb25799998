// Compares the calls of a plan with Cargo's. A call equals another one when every argument, in order, every variable and the
// folder are equal. A hash in an argument stands for the unit that it names: it counts as equal when the calls that make
// these units are equal in the same sense, all the way down.
import { createHash } from 'node:crypto';
import { type AllowedDifference, allowedDifferences } from './allowed-differences.ts';
import { type Call, nameOfCall, valuesOf } from './call.ts';

export interface CallsComparison {
    /** Cargo's calls that the plan has too. */
    readonly equal: number;
    readonly differences: readonly string[];
    /** Allowed differences that were met. */
    readonly met: ReadonlySet<AllowedDifference>;
}

/** `plain`: Cargo was given no target, and what both sides need alike is one call of its and two of ours. */
export function compareCalls(
    ours: readonly Call[],
    theirs: readonly Call[],
    { plain }: { readonly plain: boolean },
): CallsComparison {
    const met = new Set<AllowedDifference>();
    const left = identify(ours.map((call) => withoutAllowed(call, 'ours', plain, met)));
    const right = identify(theirs.map((call) => withoutAllowed(call, 'theirs', plain, met)));
    const onlyLeft = unmatched(left, right, plain);
    const onlyRight = unmatched(right, left, plain);
    return { equal: theirs.length - onlyRight.length, differences: describe(onlyLeft, onlyRight), met };
}

function withoutAllowed(call: Call, side: 'ours' | 'theirs', plain: boolean, met: Set<AllowedDifference>): Call {
    let current = call;
    for (const difference of allowedDifferences) {
        if (difference.side !== side && difference.side !== 'both') continue;
        if (difference.onlyPlain === true && !plain) continue;
        const changed = difference.without(current);
        if (JSON.stringify(linesOf(changed)) !== JSON.stringify(linesOf(current))) met.add(difference);
        current = changed;
    }
    return current;
}

interface Identified {
    readonly name: string;
    /** Hashes are left out: what a person compares. */
    readonly lines: readonly string[];
    /** Of everything, units behind hashes included. */
    readonly digest: string;
}

const hashes = /(?<=[-=])[0-9a-f]{16}(?![0-9a-z])/g;

function identify(calls: readonly Call[]): readonly Identified[] {
    const makers = new Map<string, Call>();
    for (const call of calls) {
        const made = ownHash(call);
        if (made !== undefined) makers.set(made, call);
    }
    const known = new Map<Call, string>();
    const digestOf = (call: Call): string => {
        const before = known.get(call);
        if (before !== undefined) return before;
        const own = new Set([ownHash(call), metadataHash(call)]);
        const lines = linesOf(call).map((line) =>
            line.replaceAll(hashes, (hash) => {
                if (own.has(hash)) return 'OWN';
                const maker = makers.get(hash);
                return maker === undefined ? 'UNKNOWN' : digestOf(maker);
            }),
        );
        const digest = createHash('sha256').update(JSON.stringify(lines)).digest('hex');
        known.set(call, digest);
        return digest;
    };
    return calls.map((call) => ({
        name: nameOfCall(call),
        lines: linesOf(call).map((line) => line.replaceAll(hashes, 'HASH')),
        digest: digestOf(call),
    }));
}

function ownHash({ argv }: Call): string | undefined {
    return codegenOption(argv, 'extra-filename=-');
}

/** Cargo has two hashes for a unit. */
function metadataHash({ argv }: Call): string | undefined {
    return codegenOption(argv, 'metadata=');
}

function codegenOption(argv: readonly string[], start: string): string | undefined {
    return valuesOf(argv, '-C')
        .find((value) => value.startsWith(start))
        ?.slice(start.length);
}

function linesOf({ argv, env, cwd }: Call): readonly string[] {
    const variables = [...env].map(([name, value]) => `${name}=${value}`).toSorted();
    return [`in ${cwd ?? '?'}`, ...argv, ...variables];
}

/** Of the first those that the second does not have, or has less often. */
function unmatched(some: readonly Identified[], others: readonly Identified[], plain: boolean): readonly Identified[] {
    const left = new Map<string, number>();
    for (const { digest } of others) left.set(digest, (left.get(digest) ?? 0) + 1);
    return some.filter(({ digest }) => {
        const count = left.get(digest) ?? 0;
        if (!plain) left.set(digest, count - 1);
        return count <= 0;
    });
}

/** Calls that differ by themselves; those that differ only in what lies below them are counted. */
function describe(onlyLeft: readonly Identified[], onlyRight: readonly Identified[]): readonly string[] {
    const right = [...onlyRight];
    let deeper = 0;
    const own = onlyLeft.flatMap((call) => {
        const at = nearest(call, right);
        const [other] = at === undefined ? [] : right.splice(at, 1);
        if (other === undefined) return [`${call.name}: only in the plan`];
        const lines = differingLines(call, other);
        if (lines.length === 0) deeper++;
        return lines.length === 0 ? [] : [[call.name, ...lines].join('\n    ')];
    });
    return [
        ...own,
        ...right.map(({ name }) => `${name}: only with Cargo`),
        ...(deeper === 0 ? [] : [`${deeper} calls differ in the crates that they name`]),
    ];
}

function nearest(call: Identified, others: readonly Identified[]): number | undefined {
    const candidates = others.flatMap((other, index) =>
        other.name === call.name ? [{ index, score: differingLines(call, other).length }] : [],
    );
    return candidates.toSorted((a, b) => a.score - b.score)[0]?.index;
}

function differingLines(ours: Identified, theirs: Identified): readonly string[] {
    const left = new Set(ours.lines);
    const right = new Set(theirs.lines);
    const lines = [
        ...ours.lines.filter((line) => !right.has(line)).map((line) => `plan:  ${line}`),
        ...theirs.lines.filter((line) => !left.has(line)).map((line) => `Cargo: ${line}`),
    ];
    const isReordered = lines.length === 0 && ours.lines.join('\n') !== theirs.lines.join('\n');
    return isReordered ? ['the same arguments, in another order or number'] : lines;
}
