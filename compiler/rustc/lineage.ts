// From the compiler at hand to the wanted release: the shortest sequence of releases in which each can build the next.
//
// A release takes any point release of the minor version before it, so there is one link for each minor version, and which point
// release it is matters to nobody else: the last one known, unless told otherwise.
import { estimateOf, type LinkEstimate } from './lineage-estimate.ts';
import { chooseLlvm, type LinkLlvm } from './lineage-llvm.ts';
import { lastPatch, oldestMinor } from './point-releases.ts';
import type { RustcProblem } from './problem.ts';
import { isFrom, type NumberedVersion, plainVersion, releaseOf, versionNumbers } from './release.ts';
import { pairedCargo, stage0Window } from './stage0.ts';
import { stageFor } from './stages.ts';

export interface Link {
    readonly version: string;
    /** What builds it: the compiler at hand, or the link before. */
    readonly stage0: string;
    /** Package version of its cargo, without the last number. */
    readonly cargo: string;
    /** What x.py is asked for. Links in between are only there to build the next one. */
    readonly builds: readonly string[];
    /** The `--stage` in which compiler, library and cargo fit together; the last link goes once more through itself. */
    readonly stage: number;
    readonly llvm: LinkLlvm;
    readonly estimate: LinkEstimate;
    /** Whether the tables of settings reach back to this release. */
    readonly isKnown: boolean;
}

export interface Lineage {
    readonly have: string;
    readonly want: string;
    readonly links: readonly Link[];
    /** To be told to the user: releases that are newer than the tables. */
    readonly note?: string;
}

export interface LineageChoice {
    /** Point releases to take for their minor versions, instead of the last ones. */
    readonly via?: readonly string[];
    /** Major versions of LLVM that are at hand; where none of them fits, the one in the sources is built. */
    readonly llvm?: readonly number[];
    /** Whether the wanted release is built once more, by itself. */
    readonly byItself?: boolean;
}

export type LineageAnswer =
    | { readonly ok: true; readonly lineage: Lineage }
    | { readonly ok: false; readonly problem: RustcProblem };

/** `have` and `want` are versions: `1.74.1`, `1.98`. A minor version stands for its last point release. */
export function lineageOf(have: string, want: string, choice: LineageChoice = {}): LineageAnswer {
    const [from, to] = [exactVersion(have), exactVersion(want)];
    const via = (choice.via ?? []).map(exactVersion);
    for (const [text, numbers] of [
        [have, from],
        [want, to],
        ...(choice.via ?? []).map((text, at) => [text, via[at]] as const),
    ] as const)
        if (numbers === undefined) return { ok: false, problem: unknownRelease(text) };
    if (from === undefined || to === undefined) return { ok: false, problem: unknownRelease(want) };
    if (from.minor > to.minor) return { ok: false, problem: backwards(from, to) };
    const stray = via.find((each) => each === undefined || each.minor <= from.minor || each.minor >= to.minor);
    if (stray !== undefined) return { ok: false, problem: strayPoint(stray, from, to) };
    const once = between(
        from,
        to,
        via.filter((each) => each !== undefined),
    );
    const versions = choice.byItself === true ? [...once, to] : once;
    const llvm = chooseLlvm(versions, choice.llvm);
    const links = versions.map((version, at): Link => {
        const isLast = at === versions.length - 1;
        const stage = isLast ? stageFor(version, 'compiler', 'stage1') : stageFor(version, 'tool', 'stage1');
        const linkLlvm = llvm[at] ?? { major: undefined, listed: undefined, window: [0, 0] };
        return {
            version: plainVersion(version),
            stage0: plainVersion(versions[at - 1] ?? from),
            cargo: pairedCargo(version),
            builds: isLast ? ['everything that is installed'] : ['library/std', 'src/tools/cargo'],
            stage,
            llvm: linkLlvm,
            estimate: estimateOf({ isLast, isLlvmBuilt: linkLlvm.major === undefined, isTwice: stage > 1 }),
            isKnown: isFrom(version, '1.63'),
        };
    });
    const note = releaseOf(plainVersion(to))?.note;
    const ends = { have: plainVersion(from), want: plainVersion(to) };
    return { ok: true, lineage: { ...ends, links, ...(note === undefined ? {} : { note }) } };
}

/** One release for each minor version behind the one at hand; of the same minor version, the wanted one alone. */
function between(
    from: NumberedVersion,
    to: NumberedVersion,
    via: readonly NumberedVersion[],
): readonly NumberedVersion[] {
    if (from.minor === to.minor) return from.patch === to.patch ? [] : [to];
    const count = to.minor - from.minor;
    return Array.from({ length: count }, (_, at): NumberedVersion => {
        const minor = from.minor + 1 + at;
        if (minor === to.minor) return to;
        return via.find((each) => each.minor === minor) ?? { minor, patch: lastPatch(minor) };
    });
}

/** The words of the rule that the sequence follows. */
export function lineageRule(want: NumberedVersion): string {
    const { rule } = stage0Window(want);
    return `any point release of the minor version before builds a release (${rule.source} of ${rule.release})`;
}

/** A version with all numbers; undefined when it is none, or older than the chains that are known. */
function exactVersion(version: string): NumberedVersion | undefined {
    const numbers = versionNumbers(version);
    if (numbers === undefined || numbers.minor < oldestMinor) return undefined;
    return /^1\.\d+$/.test(version) ? { minor: numbers.minor, patch: lastPatch(numbers.minor) } : numbers;
}

function unknownRelease(version: string): RustcProblem {
    return {
        code: 'rustc/unknown-release',
        severity: 'error',
        message: `\`${version}\` is no release of rustc that rpkg has chains for`,
        help: `write it as 1.85.1; chains begin with 1.${String(oldestMinor)}, which mrustc can build`,
    };
}

function backwards(from: NumberedVersion, to: NumberedVersion): RustcProblem {
    const { previous, same, rule } = stage0Window(to);
    return {
        code: 'rustc/wrong-stage0',
        severity: 'error',
        message: `rustc ${plainVersion(from)} cannot build the older ${plainVersion(to)}: it takes any ${previous}, or any ${same} (rule of ${rule.release}: ${rule.source})`,
        help: 'begin with an older compiler',
        rule,
    };
}

function strayPoint(stray: NumberedVersion, from: NumberedVersion, to: NumberedVersion): RustcProblem {
    return {
        code: 'rustc/unknown-release',
        severity: 'error',
        message: `${plainVersion(stray)} does not lie between ${plainVersion(from)} and ${plainVersion(to)}`,
        help: 'name releases of the minor versions in between with `--via`',
    };
}
