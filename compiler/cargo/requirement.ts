// Version requirements of Cargo.toml. (The Cargo Book, "Specifying Dependencies"; the `semver` crate, `eval.rs`.)
import { comparePrecedence, type Version } from './version.ts';

export type Requirement = readonly Comparator[];

interface Comparator {
    readonly operator: '^' | '~' | '=' | '>' | '>=' | '<' | '<=' | '*';
    /** Undefined when anything goes. */
    readonly major: number | undefined;
    readonly minor: number | undefined;
    readonly patch: number | undefined;
    readonly pre: readonly string[];
}

const pattern =
    /^(\^|~|>=|<=|=|>|<)?\s*(\d+|[*xX])(?:\.(\d+|[*xX])(?:\.(\d+|[*xX])(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?)?)?$/;

/** Undefined for what is no requirement. */
export function parseRequirement(text: string): Requirement | undefined {
    const trimmed = text.trim();
    if (trimmed === '' || trimmed === '*') return [];
    const comparators = trimmed.split(',').filter((part, index, all) => part.trim() !== '' || index < all.length - 1);
    const parsed = comparators.map(parseComparator);
    return parsed.some((comparator) => comparator === undefined) ? undefined : (parsed as Requirement);
}

function parseComparator(text: string): Comparator | undefined {
    const [, operator, ...parts] = pattern.exec(text.trim()) ?? [];
    const [major, minor, patch, pre] = parts;
    if (major === undefined) return undefined;
    const numbers = { major: part(major), minor: part(minor), patch: part(patch), pre: pre?.split('.') ?? [] };
    const isWild = [major, minor, patch].some((each) => each !== undefined && /^[*xX]$/.test(each));
    if (operator === undefined) return { operator: isWild ? '*' : '^', ...numbers };
    return { operator: operator as Comparator['operator'], ...numbers };
}

function part(text: string | undefined): number | undefined {
    return text === undefined || /^[*xX]$/.test(text) ? undefined : Number(text);
}

/** A pre-release is taken only when a comparator names a pre-release of the same version. */
export function matches(requirement: Requirement, version: Version): boolean {
    if (!requirement.every((comparator) => satisfies(comparator, version))) return false;
    if (version.pre.length === 0) return true;
    return requirement.some(
        ({ major, minor, patch, pre }) =>
            major === version.major && minor === version.minor && patch === version.patch && pre.length > 0,
    );
}

function satisfies(comparator: Comparator, version: Version): boolean {
    switch (comparator.operator) {
        case '*':
        case '=':
            return isExact(comparator, version);
        case '>':
            return isGreater(comparator, version);
        case '>=':
            return isExact(comparator, version) || isGreater(comparator, version);
        case '<':
            return isLess(comparator, version);
        case '<=':
            return isExact(comparator, version) || isLess(comparator, version);
        case '~':
            return isTilde(comparator, version);
        case '^':
            return isCaret(comparator, version);
    }
}

function isExact({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (major === undefined) return true;
    if (version.major !== major) return false;
    if (minor === undefined) return true;
    if (version.minor !== minor) return false;
    if (patch === undefined) return true;
    return version.patch === patch && comparePre(version, pre) === 0;
}

function isGreater({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (major === undefined) return false;
    if (version.major !== major) return version.major > major;
    if (minor === undefined) return false;
    if (version.minor !== minor) return version.minor > minor;
    if (patch === undefined) return false;
    if (version.patch !== patch) return version.patch > patch;
    return comparePre(version, pre) > 0;
}

function isLess({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (major === undefined) return false;
    if (version.major !== major) return version.major < major;
    if (minor === undefined) return false;
    if (version.minor !== minor) return version.minor < minor;
    if (patch === undefined) return false;
    if (version.patch !== patch) return version.patch < patch;
    return comparePre(version, pre) < 0;
}

function isTilde({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (major === undefined) return true;
    if (version.major !== major || (minor !== undefined && version.minor !== minor)) return false;
    if (patch === undefined) return true;
    return version.patch > patch || (version.patch === patch && comparePre(version, pre) >= 0);
}

function isCaret({ major, minor, patch, pre }: Comparator, version: Version): boolean {
    if (major === undefined) return true;
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
    return comparePre(version, pre) >= 0;
}

function comparePre(version: Version, pre: readonly string[]): number {
    return comparePrecedence(version, { ...version, pre });
}
