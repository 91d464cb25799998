// Version requirements of manifests: `^` (the default), `~`, `=`, `>`, `>=`, `<`, `<=`, wildcards, partial versions, commas.
import { comparePreRelease, type Version } from './version.ts';

/** Every comparator has to hold; none at all is `*`. */
export interface Requirement {
    readonly comparators: readonly Comparator[];
}

type Operator = '^' | '~' | '=' | '>' | '>=' | '<' | '<=';

interface Comparator {
    readonly operator: Operator;
    readonly major: number;
    readonly minor: number | undefined;
    readonly patch: number | undefined;
    readonly pre: string;
}

const number = '(?:0|[1-9][0-9]*)';
const preRelease = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)';
const tail = `(?:-(${preRelease}(?:\\.${preRelease})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const comparator = new RegExp(
    `^(\\^|~|=|>=|>|<=|<)? *(${number})(?:\\.(?:([*xX])(?:\\.[*xX])?|(${number})(?:\\.(?:([*xX])|(${number})${tail}))?))?$`,
);

/** More than Cargo's limit is refused, as Cargo does. */
const maxComparators = 32;

export function parseRequirement(text: string): Requirement | undefined {
    const trimmed = text.replace(/^ +| +$/g, '');
    if (/^[*xX]$/.test(trimmed)) return { comparators: [] };
    const comparators = trimmed.split(',').map((part) => parseComparator(part.replace(/^ +| +$/g, '')));
    if (comparators.length > maxComparators || comparators.includes(undefined)) return undefined;
    return { comparators: comparators.filter((parsed) => parsed !== undefined) };
}

function parseComparator(text: string): Comparator | undefined {
    const match = comparator.exec(text);
    if (match === null) return undefined;
    const [, written, major, wildMinor, minor, wildPatch, patch, pre = ''] = match;
    const isWild = wildMinor !== undefined || wildPatch !== undefined;
    return {
        // `1.*` means what `=1` does.
        operator: (written as Operator | undefined) ?? (isWild ? '=' : '^'),
        major: Number(major),
        minor: minor === undefined ? undefined : Number(minor),
        patch: patch === undefined ? undefined : Number(patch),
        pre,
    };
}

/** Build metadata plays no part. A pre-release matches only where its own version is asked for as a pre-release. */
export function matches(requirement: Requirement, version: Version): boolean {
    if (!requirement.comparators.every((each) => holds(each, version))) return false;
    return (
        version.pre === '' ||
        requirement.comparators.some(
            ({ major, minor, patch, pre }) =>
                pre !== '' && major === version.major && minor === version.minor && patch === version.patch,
        )
    );
}

function holds(wanted: Comparator, version: Version): boolean {
    switch (wanted.operator) {
        case '=':
            return isExact(wanted, version);
        case '>':
            return isGreater(wanted, version);
        case '>=':
            return isExact(wanted, version) || isGreater(wanted, version);
        case '<':
            return isLess(wanted, version);
        case '<=':
            return isExact(wanted, version) || isLess(wanted, version);
        case '~':
            return isTilde(wanted, version);
        case '^':
            return isCaret(wanted, version);
    }
}

function isExact({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    return (
        version.major === major &&
        (minor === undefined || version.minor === minor) &&
        (patch === undefined || version.patch === patch) &&
        version.pre === pre
    );
}

function isGreater({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (version.major !== major) return version.major > major;
    if (minor === undefined) return false;
    if (version.minor !== minor) return version.minor > minor;
    if (patch === undefined) return false;
    if (version.patch !== patch) return version.patch > patch;
    return comparePreRelease(version.pre, pre) > 0;
}

function isLess({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (version.major !== major) return version.major < major;
    if (minor === undefined) return false;
    if (version.minor !== minor) return version.minor < minor;
    if (patch === undefined) return false;
    if (version.patch !== patch) return version.patch < patch;
    return comparePreRelease(version.pre, pre) < 0;
}

function isTilde({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (version.major !== major) return false;
    if (minor !== undefined && version.minor !== minor) return false;
    if (patch !== undefined && version.patch !== patch) return version.patch > patch;
    return comparePreRelease(version.pre, pre) >= 0;
}

/** The leftmost number that is not zero stays. */
function isCaret({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (version.major !== major) return false;
    if (minor === undefined) return true;
    if (patch === undefined) return major > 0 ? version.minor >= minor : version.minor === minor;
    if (major > 0) {
        if (version.minor !== minor) return version.minor > minor;
        if (version.patch !== patch) return version.patch > patch;
    } else if (minor > 0) {
        if (version.minor !== minor) return false;
        if (version.patch !== patch) return version.patch > patch;
    } else if (version.minor !== minor || version.patch !== patch) return false;
    return comparePreRelease(version.pre, pre) >= 0;
}
