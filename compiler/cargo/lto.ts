// What every unit is told about link-time optimisation. (Cargo 1.95, `compiler/lto.rs`.)
import type { Target } from './package.ts';
import type { LtoMode, Profile, UnitMode } from './unit.ts';

export interface LtoUnit {
    readonly target: Target;
    readonly mode: UnitMode;
    readonly profile: Pick<Profile, 'lto'>;
    readonly dependencies: readonly number[];
}

const onlyObject: LtoMode = { kind: 'only-object' };
const off: LtoMode = { kind: 'off' };
const onlyBitcode: LtoMode = { kind: 'only-bitcode' };
const both: LtoMode = { kind: 'object-and-bitcode' };

/** One mode for each unit: a library has to satisfy everything that links it. */
export function ltoModes(units: readonly LtoUnit[], roots: readonly number[]): readonly LtoMode[] {
    const modes = new Array<LtoMode | undefined>(units.length).fill(undefined);
    const waiting: { readonly unit: number; readonly parent: LtoMode }[] = [];
    for (const root of roots) {
        const unit = units[root];
        if (unit !== undefined) waiting.push({ unit: root, parent: rootMode(unit) });
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
            const current = units[next.unit];
            if (current === undefined) continue;
            const known = modes[next.unit];
            const wanted = modeOf(current, next.parent);
            const merged = known === undefined ? wanted : merge(wanted, known);
            if (known !== undefined && isSame(merged, known)) continue;
            modes[next.unit] = merged;
            for (const dependency of current.dependencies) waiting.push({ unit: dependency, parent: merged });
        }
    }
    return modes.map((mode) => mode ?? onlyObject);
}

function rootMode({ target, profile: { lto } }: LtoUnit): LtoMode {
    if (lto === 'false') return onlyObject;
    if (lto === 'off') return off;
    if (isForHost(target)) return onlyObject;
    return needsObject(target.crateTypes) ? whenObjectIsNeeded(target.crateTypes) : onlyBitcode;
}

function modeOf({ target, mode, profile: { lto } }: LtoUnit, parent: LtoMode): LtoMode {
    if (isForHost(target)) return onlyObject;
    const crateTypes = mode === 'test' || mode === 'doctest' ? ['bin'] : target.crateTypes;
    if (crateTypes.every(canOptimise)) {
        if (lto === 'false') return onlyObject;
        return lto === 'off' ? off : { kind: 'run', value: lto === 'true' ? undefined : lto };
    }
    const isNeeded = needsObject(crateTypes);
    if (parent.kind === 'run') return isNeeded ? whenObjectIsNeeded(crateTypes) : onlyBitcode;
    return parent.kind === 'only-bitcode' && isNeeded ? whenObjectIsNeeded(crateTypes) : parent;
}

function merge(a: LtoMode, b: LtoMode): LtoMode {
    if (a.kind === 'run') return a;
    if (b.kind === 'run') return b;
    if (a.kind === 'off' || b.kind === 'off') return off;
    return a.kind === b.kind ? a : both;
}

function isSame(a: LtoMode, b: LtoMode): boolean {
    return a.kind === b.kind && (a.kind !== 'run' || b.kind !== 'run' || a.value === b.value);
}

function isForHost({ kind }: Target): boolean {
    return kind === 'proc-macro' || kind === 'custom-build';
}

function canOptimise(type: string): boolean {
    return type === 'bin' || type === 'staticlib' || type === 'cdylib';
}

function needsObject(types: readonly string[]): boolean {
    return types.some((type) => canOptimise(type) || type === 'dylib' || type === 'proc-macro');
}

function whenObjectIsNeeded(types: readonly string[]): LtoMode {
    return types.every((type) => type === 'dylib') ? onlyObject : both;
}
