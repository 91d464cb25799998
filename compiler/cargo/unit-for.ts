// What a unit is needed for. It chooses profile and features of the units below, and is no part of a unit: two reasons
// may lead to one unit.
import type { Target } from './package.ts';
import type { World } from './features.ts';
import type { UnitKind } from './platforms.ts';

export interface UnitFor {
    /** For a build script, a procedural macro or what they need: `build-override` holds. */
    readonly host: boolean;
    /** Takes its features from the host's world. */
    readonly hostFeatures: boolean;
    /** Tests and what runs inside the compiler cannot have `panic = "abort"`. */
    readonly alwaysUnwind: boolean;
    /** Where the root runs that led here. */
    readonly root: UnitKind;
}

export function forProduct(root: UnitKind): UnitFor {
    return { host: false, hostFeatures: false, alwaysUnwind: false, root };
}

export function forTest(root: UnitKind): UnitFor {
    return { host: false, hostFeatures: false, alwaysUnwind: true, root };
}

export function forMacro(root: UnitKind): UnitFor {
    return { host: true, hostFeatures: true, alwaysUnwind: true, root };
}

export function worldOf({ hostFeatures }: UnitFor): World {
    return hostFeatures ? 'host' : 'normal';
}

/** For something that a target of the package itself, or of another one, depends on. */
export function forDependency(unitFor: UnitFor, parent: Target, dependency: Target): UnitFor {
    const runsOnHost = isForHost(dependency);
    return {
        host: unitFor.host || runsOnHost,
        hostFeatures: unitFor.hostFeatures || parent.kind === 'custom-build' || isProcMacro(dependency),
        alwaysUnwind: unitFor.alwaysUnwind || runsOnHost,
        root: unitFor.root,
    };
}

/** For a package's own build script, which has the features of the package. */
export function forBuildScript({ hostFeatures, root }: UnitFor): UnitFor {
    return { host: true, hostFeatures, alwaysUnwind: true, root };
}

/** Examples may be procedural macros too. */
export function isProcMacro({ crateTypes }: Target): boolean {
    return crateTypes.includes('proc-macro');
}

export function isForHost(target: Target): boolean {
    return target.kind === 'custom-build' || isProcMacro(target);
}
