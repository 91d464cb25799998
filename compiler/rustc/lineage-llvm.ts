// Which LLVM each link of a lineage is built with: as few different ones as possible, each inside of the windows of its links.
import { llvmWindow } from './llvm.ts';
import type { NumberedVersion } from './release.ts';

export interface LinkLlvm {
    /** Undefined: the one in the sources has to be built. */
    readonly major: number | undefined;
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
        return { major: chosen[at], window: [oldest, newestProven] };
    });
}

function majorsOf(version: NumberedVersion, atHand: readonly number[] | undefined): readonly number[] {
    const { oldest, newestProven, bad } = llvmWindow(version);
    const majors = Array.from({ length: newestProven - oldest + 1 }, (_, at) => oldest + at);
    return majors.filter(
        (major) => bad.every((each) => each.major !== major) && (atHand === undefined || atHand.includes(major)),
    );
}
