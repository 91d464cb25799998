// How much work a link of a lineage is. Measured once: 1.85.1 with an LLVM of the system on two cores took x.py 20 to 37 minutes
// for compiler, library and tools of stage 1, and 18 more for a compiler of stage 2. That LLVM costs about 7/3 of rustc was told of an
// armv7 board (nixpkgs issue 85542). Releases are taken to be of the same size, so sums are good for an order of magnitude.

export interface LinkEstimate {
    /** Minutes of one core, from … to. */
    readonly coreMinutes: readonly [number, number];
}

const firstRound = [40, 74] as const;
const secondRound = 36;
const llvmShare = 7 / 3;

export function estimateOf(link: {
    readonly isLast: boolean;
    readonly isLlvmBuilt: boolean;
    /** Whether the compiler goes through itself. */
    readonly isTwice: boolean;
}): LinkEstimate {
    const again = link.isLast || link.isTwice ? secondRound : 0;
    const llvm = link.isLlvmBuilt ? llvmShare : 0;
    return { coreMinutes: [rounded(firstRound[0] * (1 + llvm) + again), rounded(firstRound[1] * (1 + llvm) + again)] };
}

function rounded(minutes: number): number {
    return Math.round(minutes);
}

export function sumOf(estimates: readonly LinkEstimate[]): readonly [number, number] {
    const sum = (at: 0 | 1): number => estimates.reduce((total, { coreMinutes }) => total + coreMinutes[at], 0);
    return [sum(0), sum(1)];
}
