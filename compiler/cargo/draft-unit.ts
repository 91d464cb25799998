// Units while the graph grows. As in Cargo, profiles that differ only in whether a setting is still open are equal, and
// the first of equal units is the one that stays.
import { compareBytes } from '../plan/bytes.ts';
import { comparePackageIds } from './package-order.ts';
import { isLibrary, type Target } from './package.ts';
import type { PackageNode } from './package-node.ts';
import type { UnitKind } from './platforms.ts';
import type { DraftProfile } from './profile.ts';
import type { Profile, UnitMode } from './unit.ts';
import type { UnitFor } from './unit-for.ts';

export interface UnitFields {
    readonly node: PackageNode;
    readonly target: Target;
    readonly profile: DraftProfile;
    readonly kind: UnitKind;
    readonly mode: UnitMode;
    /** Byte order. */
    readonly features: readonly string[];
}

export interface DraftUnit extends UnitFields {
    readonly index: number;
    /** Undefined until it was visited. */
    dependencies: readonly DraftDependency[] | undefined;
}

export interface DraftDependency {
    readonly unit: DraftUnit;
    readonly unitFor: UnitFor;
    readonly externName: string;
    /** Only entries of `dev-dependencies` lead here. */
    readonly development: boolean;
}

export interface Drafts {
    /** The unit with these fields; the same one for equal fields. */
    readonly unit: (fields: UnitFields) => DraftUnit;
    /** Without making it. */
    readonly find: (fields: UnitFields) => DraftUnit | undefined;
    readonly all: readonly DraftUnit[];
}

export function drafts(): Drafts {
    const units = new Map<string, DraftUnit>();
    const all: DraftUnit[] = [];
    const keys = unitKeys();
    return {
        all,
        find: (fields) => units.get(keys(fields)),
        unit: (fields) => {
            const key = keys(fields);
            const known = units.get(key);
            if (known !== undefined) return known;
            const unit: DraftUnit = { ...fields, index: all.length, dependencies: undefined };
            units.set(key, unit);
            all.push(unit);
            return unit;
        },
    };
}

/** A function from fields to a text that equal fields share. */
export function unitKeys(): (fields: UnitFields) => string {
    const profiles = numbers<DraftProfile>(profileKey);
    const features = numbers<readonly string[]>((list) => list.join(','));
    return ({ node, target, profile, kind, mode, features: list }) =>
        [node.index, node.package.targets.indexOf(target), profiles(profile), kind, mode, features(list)].join(' ');
}

/** Small numbers for values that are equal when their texts are. */
function numbers<Value extends object>(text: (value: Value) => string): (value: Value) => number {
    const byValue = new Map<Value, number>();
    const byText = new Map<string, number>();
    return (value) => {
        const known = byValue.get(value);
        if (known !== undefined) return known;
        const key = text(value);
        const number = byText.get(key) ?? byText.size;
        byText.set(key, number);
        byValue.set(value, number);
        return number;
    };
}

function profileKey(profile: Profile): string {
    return profileFields.map((field) => String(profile[field])).join(' ');
}

/** In the order in which Cargo compares them; what a profile is called does not matter. */
const profileFields = [
    'optLevel',
    'root',
    'lto',
    'codegenUnits',
    'debuginfo',
    'splitDebuginfo',
    'debugAssertions',
    'overflowChecks',
    'rpath',
    'incremental',
    'panic',
    'strip',
] as const satisfies readonly (keyof Profile)[];

/** Cargo's order of units: package, target, profile, where it runs, mode, features. */
export function compareUnits(left: UnitFields, right: UnitFields): number {
    return (
        comparePackageIds(left.node.package.id, right.node.package.id) ||
        compareTargets(left.target, right.target) ||
        compareProfiles(left.profile, right.profile) ||
        rank(kinds, left.kind) - rank(kinds, right.kind) ||
        rank(modes, left.mode) - rank(modes, right.mode) ||
        compareLists(left.features, right.features, compareBytes)
    );
}

function compareTargets(left: Target, right: Target): number {
    return (
        targetRank(left) - targetRank(right) ||
        compareLists(left.crateTypes, right.crateTypes, (a, b) => rank(crateTypes, a) - rank(crateTypes, b)) ||
        compareBytes(left.name, right.name)
    );
}

function targetRank(target: Target): number {
    if (isLibrary(target)) return 0;
    if (target.kind === 'example' && !target.crateTypes.includes('bin')) return 4;
    return { bin: 1, test: 2, bench: 3, example: 5, 'custom-build': 6, lib: 0, 'proc-macro': 0 }[target.kind];
}

function compareProfiles(left: Profile, right: Profile): number {
    if (left === right) return 0;
    for (const field of profileFields) {
        const order = compareValues(left[field], right[field], orders[field]);
        if (order !== 0) return order;
    }
    return 0;
}

type Value = string | number | boolean | undefined;

/** Where the order of values is neither that of numbers nor that of text. */
const orders: Partial<Record<(typeof profileFields)[number], readonly Value[]>> = {
    root: ['release', 'debug'],
    lto: ['off', 'false', 'true', 'fat', 'thin'],
    debuginfo: [0, 'line-directives-only', 'line-tables-only', 1, 2],
    panic: ['unwind', 'abort', 'immediate-abort'],
    strip: ['none', 'debuginfo', 'symbols'],
};

function compareValues(left: Value, right: Value, order: readonly Value[] | undefined): number {
    if (left === right) return 0;
    if (order !== undefined) return rank(order, left) - rank(order, right);
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    return typeof left === 'string' ? compareBytes(left, String(right)) : Number(left) - Number(right);
}

function compareLists<Item>(
    left: readonly Item[],
    right: readonly Item[],
    compare: (left: Item, right: Item) => number,
): number {
    for (const [index, item] of left.entries()) {
        const other = right[index];
        if (other === undefined) return 1;
        const order = compare(item, other);
        if (order !== 0) return order;
    }
    return left.length - right.length;
}

const kinds: readonly UnitKind[] = ['host', 'target'];
const modes: readonly UnitMode[] = ['test', 'build', 'check', 'doc', 'doctest', 'run-custom-build'];
const crateTypes = ['bin', 'lib', 'rlib', 'dylib', 'cdylib', 'staticlib', 'proc-macro'];

function rank<Item>(order: readonly Item[], item: Item): number {
    return order.indexOf(item);
}
