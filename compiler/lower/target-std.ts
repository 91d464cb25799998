// The standard library of the target as an input of every unit for it. rustc finds it below `--sysroot`; what the
// compiler happens to have beside it for that platform is not seen then.
import type { Mount } from '../plan/plan.ts';
import { type Lowering } from './context.ts';
import { missingStd, noStd } from './errors.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { isCross, targetBlock, toolchainStd } from './target-tools.ts';
import { unitPlaces } from './unit-places.ts';

export interface TargetStd {
    /** Undefined when it is the compiler's. */
    readonly sysroot: string | undefined;
    /** Before all other flags of the target. */
    readonly flags: readonly string[];
    readonly mounts: Readonly<Record<string, Mount>>;
}

const fromToolchain: TargetStd = { sysroot: undefined, flags: [], mounts: {} };

export function targetStd(lowering: Lowering, { std, target, place }: CargoNeed, { stdFolder }: CargoFacts): TargetStd {
    const { evaluated, diagnostics } = lowering;
    const written = targetBlock(evaluated)?.fields.get('std')?.place;
    if (std === undefined) {
        if (isCross(evaluated)) diagnostics.push(noStd(target, place));
        return fromToolchain;
    }
    if (stdFolder === undefined) diagnostics.push(missingStd(std, target, written ?? place));
    if (std === toolchainStd || stdFolder === undefined) return fromToolchain;
    const sysroot = stdFolder === '' ? unitPlaces.std : `${unitPlaces.std}/${stdFolder}`;
    return {
        sysroot,
        flags: [`--sysroot=${sysroot}`],
        mounts: { [unitPlaces.std]: { tree: `fetch.${std}`, writable: false } },
    };
}
