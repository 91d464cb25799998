// How many point releases each minor version has had. RELEASES.md of 1.95.0 for all before it; for newer ones, what Debian and
// others have packaged.

/** Minor version of the oldest release that a chain can begin with: what mrustc builds. */
export const oldestMinor = 54;

/** Minor versions that had point releases, and the last of them. All others have `.0` alone. */
const lastPatches: Readonly<Record<number, number>> = {
    56: 1,
    58: 1,
    62: 1,
    66: 1,
    67: 1,
    68: 2,
    71: 1,
    72: 1,
    74: 1,
    77: 2,
    80: 1,
    84: 1,
    85: 1,
    91: 1,
    93: 1,
    94: 1,
    96: 1,
    97: 1,
    98: 1,
};

/** The last point release that is known of a minor version. */
export function lastPatch(minor: number): number {
    return lastPatches[minor] ?? 0;
}
