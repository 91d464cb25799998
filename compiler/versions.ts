// Order of versions: dotted numbers, then pre-releases before their release (as SemVer has it). Build metadata is ignored.

/** Negative, zero or positive. Missing numbers count as zero: `1.2` equals `1.2.0`. */
export function compareVersions(a: string, b: string): number {
    const left = parts(a);
    const right = parts(b);
    return compareLists(left.numbers, right.numbers, '0') || comparePreReleases(left.pre, right.pre);
}

function parts(version: string): { readonly numbers: readonly string[]; readonly pre: readonly string[] } {
    const [plain = ''] = version.split('+');
    const dash = plain.search(/[-~]/);
    if (dash < 0) return { numbers: plain.split('.'), pre: [] };
    return { numbers: plain.slice(0, dash).split('.'), pre: plain.slice(dash + 1).split('.') };
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
    if (a.length === 0 || b.length === 0) return b.length - a.length;
    return compareLists(a, b, undefined);
}

function compareLists(a: readonly string[], b: readonly string[], missing: string | undefined): number {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
        const left = a[index] ?? missing;
        const right = b[index] ?? missing;
        if (left === undefined) return -1;
        if (right === undefined) return 1;
        const order = compareParts(left, right);
        if (order !== 0) return order;
    }
    return 0;
}

/** Numbers by value and before words; words by their code units. */
function compareParts(a: string, b: string): number {
    const numbers = [a, b].map((part) => (/^\d+$/.test(part) ? BigInt(part) : undefined));
    const [left, right] = numbers;
    if (left !== undefined && right !== undefined) return left < right ? -1 : Number(left > right);
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : Number(a > b);
}
