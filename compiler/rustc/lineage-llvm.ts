// Which LLVM each link of a lineage is built with: as few different ones as possible, each inside of the windows of its links.
import { llvmWindow } from './llvm.ts';
import { type RustcProblem, ruleText } from './problem.ts';
import { type NumberedVersion, versionNumbers } from './release.ts';

export interface LinkLlvm {
    /** Undefined: the one in the sources has to be built. */
    readonly major: number | undefined;
    /** The same, where only some are at hand. */
    readonly listed: number | undefined;
    /** Oldest and newest major version that are known to work. */
    readonly window: readonly [oldest: number, newest: number];
}

/**
 * For each link, in order. Where several are possible, the newest; `atHand` are those that there are, left away when any can be had.
 */
export function chooseLlvm(
    versions: readonly NumberedVersion[],
    atHand: readonly number[] | undefined,
): readonly LinkLlvm[] {
    const possible = versions.map((version) => majorsOf(version, atHand));
    const chosen: (number | undefined)[] = [];
    while (chosen.length < versions.length) {
        const start = chosen.length;
        // As many links as share one major version; a link for which there is none stands alone.
        let shared = possible[start] ?? [];
        let end = start + 1;
        for (; end < versions.length; end++) {
            const next = shared.filter((major) => possible[end]?.includes(major) === true);
            if (next.length === 0) break;
            shared = next;
        }
        if (shared.length === 0) end = start + 1;
        const major = shared.at(-1);
        for (let at = start; at < end; at++) chosen.push(major);
    }
    return versions.map((version, at) => {
        const { oldest, newestProven } = llvmWindow(version);
        const listed = atHand === undefined ? undefined : chosen[at];
        return { major: chosen[at], listed, window: [oldest, newestProven] };
    });
}

/** A release for which none of the LLVMs at hand will do. */
export function noListedLlvm(version: string, atHand: readonly number[]): RustcProblem {
    const numbers = versionNumbers(version) ?? { minor: 0, patch: 0 };
    const { oldest, oldestRule, newestProven, bad } = llvmWindow(numbers);
    const failing = bad.filter(({ major }) => atHand.includes(major));
    const known = failing.map(({ major, why, rule }) => `; with LLVM ${String(major)} ${why} (${ruleText(rule)})`);
    return {
        code: 'rustc/wrong-llvm',
        severity: 'error',
        message: `rustc ${version} needs LLVM ${String(oldest)} or newer, up to ${String(newestProven)}; there is ${atHand.join(', ')} (rule of ${oldestRule.release}: ${oldestRule.source})${known.join('')}`,
        help: `add one to \`llvm\` of the chain, or let this link build its own: \`link "${version}" { llvm.link := bundled }\``,
        rule: oldestRule,
    };
}

function majorsOf(version: NumberedVersion, atHand: readonly number[] | undefined): readonly number[] {
    const { oldest, newestProven, bad } = llvmWindow(version);
    const majors = Array.from({ length: newestProven - oldest + 1 }, (_, at) => oldest + at);
    return majors.filter(
        (major) => bad.every((each) => each.major !== major) && (atHand === undefined || atHand.includes(major)),
    );
}
