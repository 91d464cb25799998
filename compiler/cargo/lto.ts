// Link-time optimisation: what the units that link ask for decides what those below them must contain.
import type { Target } from './package.ts';
import type { LtoMode, Profile, UnitMode } from './unit.ts';
import { isForHost } from './unit-for.ts';

/** What has to be known of a unit. */
export interface LtoUnit {
    readonly target: Target;
    readonly mode: UnitMode;
    readonly profile: Profile;
    readonly dependencies: readonly { readonly unit: number }[];
}

const onlyObject: LtoMode = { kind: 'only-object' };
const off: LtoMode = { kind: 'off' };
const onlyBitcode: LtoMode = { kind: 'only-bitcode' };
const both: LtoMode = { kind: 'object-and-bitcode' };

/** The mode of each unit, by index. */
export function ltoModes(units: readonly LtoUnit[], roots: readonly number[]): readonly LtoMode[] {
    const modes: (LtoMode | undefined)[] = units.map(() => undefined);
    const visit = (index: number, parent: LtoMode): void => {
        const unit = units[index];
        if (unit === undefined) return;
        const before = modes[index];
        const wanted = modeBelow(unit, parent);
        const merged = before === undefined ? wanted : merge(before, wanted);
        if (before !== undefined && isSame(before, merged)) return;
        modes[index] = merged;
        for (const { unit: below } of unit.dependencies) visit(below, merged);
    };
    for (const root of roots) {
        const unit = units[root];
        if (unit !== undefined) visit(root, modeOfRoot(unit));
    }
    return modes.map((mode) => mode ?? onlyObject);
}

function modeOfRoot({ profile, target }: LtoUnit): LtoMode {
    if (profile.lto === 'false') return onlyObject;
    if (profile.lto === 'off') return off;
    if (isForHost(target)) return onlyObject;
    return needsObject(target.crateTypes) ? withObject(target.crateTypes) : onlyBitcode;
}

function modeBelow({ profile, target, mode }: LtoUnit, parent: LtoMode): LtoMode {
    if (isForHost(target)) return onlyObject;
    const crateTypes = mode === 'test' || mode === 'doctest' ? ['bin'] : target.crateTypes;
    if (crateTypes.every(canRun)) return modeOfProfile(profile);
    const object = needsObject(crateTypes);
    switch (parent.kind) {
        case 'run':
            return object ? withObject(crateTypes) : onlyBitcode;
        case 'only-bitcode':
            return object ? withObject(crateTypes) : parent;
        case 'off':
        case 'only-object':
        case 'object-and-bitcode':
            return parent;
    }
}

function modeOfProfile({ lto }: Profile): LtoMode {
    if (lto === 'false') return onlyObject;
    if (lto === 'off') return off;
    return { kind: 'run', value: lto === 'true' ? undefined : lto };
}

function merge(before: LtoMode, wanted: LtoMode): LtoMode {
    for (const kind of ['run', 'off', 'object-and-bitcode'] as const)
        for (const mode of [wanted, before]) if (mode.kind === kind) return mode;
    return before.kind === wanted.kind ? before : both;
}

function isSame(left: LtoMode, right: LtoMode): boolean {
    return left.kind === right.kind && (left.kind !== 'run' || right.kind !== 'run' || left.value === right.value);
}

/** What rustc can optimise across crates by itself. */
function canRun(crateType: string): boolean {
    return crateType === 'bin' || crateType === 'staticlib' || crateType === 'cdylib';
}

function needsObject(crateTypes: readonly string[]): boolean {
    return crateTypes.some((type) => canRun(type) || type === 'dylib' || type === 'proc-macro');
}

/** rustc does not optimise a `dylib` across crates, so that bitcode would be of no use to it. */
function withObject(crateTypes: readonly string[]): LtoMode {
    return crateTypes.every((type) => type === 'dylib') ? onlyObject : both;
}
