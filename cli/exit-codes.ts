// Exit codes, one for each class of outcome. The highest class wins when there are several.

export const exitCodes = {
    ok: 0,
    /** The answer is "no": a difference, a file that is not formatted, a check that did not hold. */
    finding: 1,
    usage: 2,
    /** The recipe is wrong. */
    recipe: 3,
    /** A source cannot be had, or is not what it should be. */
    source: 4,
    actionFailed: 5,
    timeout: 6,
    /** No sandbox as asked for. */
    sandbox: 7,
    notReproducible: 8,
    /** The store, or the disk below it. */
    store: 9,
    bug: 70,
    interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes] | 143;

/** For `--help`. */
export const exitCodeTexts: readonly (readonly [number, string])[] = [
    [0, 'done'],
    [1, 'a difference or a finding (diff, fmt --check, store verify)'],
    [2, 'wrong usage'],
    [3, 'the recipe is wrong'],
    [4, 'a source cannot be fetched or is not what is pinned'],
    [5, 'an action failed'],
    [6, 'an action ran out of time'],
    [7, 'the sandbox is not available'],
    [8, 'not reproducible'],
    [9, 'the store or the disk failed'],
    [70, 'a bug in rpkg'],
    [130, 'interrupted (143: terminated)'],
];
