// The unit graph: each unit is one call of rustc or one run of a build script. Cargo's `--unit-graph` shows the same.
import type { Package, Target } from './package.ts';

export interface UnitGraph {
    /** Dependencies may come before or after their dependents. */
    readonly units: readonly Unit[];
    /** Indices of what was asked for. */
    readonly roots: readonly number[];
}

export type UnitMode = 'build' | 'test' | 'doc' | 'doctest' | 'check' | 'run-custom-build';

export interface Unit {
    readonly package: Package;
    readonly target: Target;
    readonly profile: Profile;
    /** Target triple; undefined for what is built for the build machine. */
    readonly platform: string | undefined;
    readonly mode: UnitMode;
    /** Byte order. */
    readonly features: readonly string[];
    readonly dependencies: readonly UnitDependency[];
    readonly lto: LtoMode;
}

export interface UnitDependency {
    /** Index into `UnitGraph.units`. */
    readonly unit: number;
    readonly externName: string;
    /** No `extern` for this: a build script's run, a library that cannot be linked. */
    readonly noprelude: boolean;
}

/** Settings of a profile after all overrides. Names follow Cargo's. */
export interface Profile {
    readonly name: string;
    /** The built-in profile at the end of the `inherits` chain, which a build script sees as `PROFILE`. */
    readonly root: 'debug' | 'release';
    readonly optLevel: string;
    readonly lto: 'false' | 'true' | 'off' | 'thin' | 'fat';
    readonly codegenUnits: number | undefined;
    readonly debuginfo: Debuginfo;
    readonly splitDebuginfo: string | undefined;
    readonly debugAssertions: boolean;
    readonly overflowChecks: boolean;
    readonly rpath: boolean;
    readonly incremental: boolean;
    readonly panic: 'unwind' | 'abort' | 'immediate-abort';
    readonly strip: 'none' | 'debuginfo' | 'symbols';
    /** Nobody has set `strip`, and nothing around the unit has settled it. */
    readonly stripIsOpen: boolean;
}

export type Debuginfo = 0 | 1 | 2 | 'line-directives-only' | 'line-tables-only';

/** What rustc is told about link-time optimisation; the wording is Cargo's. */
export type LtoMode =
    | { readonly kind: 'only-object' }
    | { readonly kind: 'off' }
    | { readonly kind: 'only-bitcode' }
    | { readonly kind: 'object-and-bitcode' }
    | { readonly kind: 'run'; readonly value: string | undefined };

/** Pure libraries publish metadata early and need only metadata of their likes. */
export function isRlib({ mode, target }: Unit): boolean {
    return mode === 'build' && target.crateTypes.every((type) => type === 'lib' || type === 'rlib');
}
