// Versions as Cargo orders them: Semantic Versioning 2.0.0, and build metadata as the last resort (the `semver` crate).

export interface Version {
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
    /** Dot-separated identifiers of a pre-release; empty for a release. */
    readonly pre: readonly string[];
    readonly build: string;
}

const pattern = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

/** Undefined for what is no whole version. */
export function parseVersion(text: string): Version | undefined {
    const [, major, minor, patch, pre, build = ''] = pattern.exec(text.trim()) ?? [];
    if (major === undefined) return undefined;
    return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: pre?.split('.') ?? [], build };
}

/** Less than zero when `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
    return comparePrecedence(a, b) || compareIdentifiers(identifiers(a.build), identifiers(b.build), -1);
}

/** Build metadata does not count. */
export function comparePrecedence(a: Version, b: Version): number {
    return a.major - b.major || a.minor - b.minor || a.patch - b.patch || compareIdentifiers(a.pre, b.pre, 1);
}

function identifiers(text: string): readonly string[] {
    return text === '' ? [] : text.split('.');
}

/** `none`: how a version without identifiers compares with one that has some. */
function compareIdentifiers(a: readonly string[], b: readonly string[], none: number): number {
    if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : a.length === 0 ? none : -none;
    for (const [index, left] of a.entries()) {
        const right = b[index];
        if (right === undefined) return 1;
        const order = compareIdentifier(left, right);
        if (order !== 0) return order;
    }
    return a.length - b.length;
}

/** Numbers by value and before words; words in byte order. */
function compareIdentifier(a: string, b: string): number {
    const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (left && right) return Number(a) - Number(b) || a.length - b.length;
    if (left !== right) return left ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
}
