// Semantic versions as Cargo reads and orders them: semver 2.0, with build metadata as the last tie-break.
import { compareBytes } from '../plan/bytes.ts';

export interface Version {
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
    /** `alpha.1`; empty for a release. */
    readonly pre: string;
    /** What stands behind `+`. */
    readonly build: string;
}

const number = '(0|[1-9][0-9]*)';
const preRelease = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)';
const metadata = '[0-9A-Za-z-]+';
const pattern = new RegExp(
    `^${number}\\.${number}\\.${number}(?:-(${preRelease}(?:\\.${preRelease})*))?(?:\\+(${metadata}(?:\\.${metadata})*))?$`,
);

export function parseVersion(text: string): Version | undefined {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, major, minor, patch, pre = '', build = ''] = match;
    return { major: Number(major), minor: Number(minor), patch: Number(patch), pre, build };
}

export function compareVersions(a: Version, b: Version): number {
    return (
        Math.sign(a.major - b.major || a.minor - b.minor || a.patch - b.patch) ||
        comparePreRelease(a.pre, b.pre) ||
        compareIdentifiers(a.build, b.build)
    );
}

/** A release comes after everything that leads to it. */
export function comparePreRelease(a: string, b: string): number {
    if (a === b) return 0;
    if (a === '' || b === '') return a === '' ? 1 : -1;
    return compareIdentifiers(a, b);
}

/** Identifiers one by one: numbers by value and before words; a text that ends earlier comes first. */
function compareIdentifiers(a: string, b: string): number {
    if (a === b) return 0;
    if (a === '' || b === '') return a === '' ? -1 : 1;
    const [left, right] = [a.split('.'), b.split('.')];
    for (const [index, x] of left.entries()) {
        const y = right[index];
        if (y === undefined) return 1;
        const order = compareIdentifier(x, y);
        if (order !== 0) return order;
    }
    return left.length < right.length ? -1 : 0;
}

const digits = /^[0-9]+$/;

function compareIdentifier(x: string, y: string): number {
    const [isNumber, isOtherNumber] = [digits.test(x), digits.test(y)];
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    if (!isNumber) return compareBytes(x, y);
    // Numbers of any length; only build metadata may have leading zeros.
    const [value, other] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
    return Math.sign(value.length - other.length) || compareBytes(value, other) || Math.sign(x.length - y.length);
}
