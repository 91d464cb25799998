// The unit graph in the form of `cargo build --unit-graph`, but for the public dependencies of nightly Cargo.
import { packageSpec } from './package-spec.ts';
import type { Target } from './package.ts';
import { isDoctestable } from './roots.ts';
import type { Profile, Unit, UnitGraph } from './unit.ts';

export interface UnitGraphJson {
    readonly version: 1;
    readonly units: readonly UnitJson[];
    readonly roots: readonly number[];
}

export interface UnitJson {
    readonly pkg_id: string;
    readonly target: Readonly<Record<string, unknown>>;
    readonly profile: Readonly<Record<string, unknown>>;
    readonly platform: string | null;
    readonly mode: string;
    readonly features: readonly string[];
    readonly dependencies: readonly {
        readonly index: number;
        readonly extern_crate_name: string;
        readonly public: boolean;
        readonly noprelude: boolean;
    }[];
}

export function unitGraphJson({ units, roots }: UnitGraph): UnitGraphJson {
    return { version: 1, units: units.map(unitJson), roots };
}

function unitJson({ package: owner, target, profile, platform, mode, features, dependencies }: Unit): UnitJson {
    return {
        pkg_id: packageSpec(owner),
        target: targetJson(target),
        profile: profileJson(profile),
        platform: platform ?? null,
        mode,
        features,
        dependencies: dependencies.map(({ unit, externName }) => ({
            index: unit,
            extern_crate_name: externName,
            public: false,
            noprelude: false,
        })),
    };
}

function targetJson(target: Target): Readonly<Record<string, unknown>> {
    const { kind, name, path, crateTypes, edition, requiredFeatures, doc, doctest, test } = target;
    const isLibrary = kind === 'lib' || kind === 'proc-macro';
    return {
        kind: isLibrary ? crateTypes : [kind],
        crate_types: crateTypes,
        name,
        src_path: path,
        edition,
        ...(requiredFeatures === undefined ? {} : { 'required-features': requiredFeatures }),
        doc,
        doctest: isLibrary && doctest && isDoctestable(target),
        test,
    };
}

const stripNames = { none: 'None', debuginfo: { Named: 'debuginfo' }, symbols: { Named: 'symbols' } } as const;

function profileJson(profile: Profile): Readonly<Record<string, unknown>> {
    return {
        name: profile.name,
        opt_level: profile.optLevel,
        lto: profile.lto,
        codegen_backend: null,
        codegen_units: profile.codegenUnits ?? null,
        debuginfo: profile.debuginfo,
        split_debuginfo: profile.splitDebuginfo ?? null,
        debug_assertions: profile.debugAssertions,
        overflow_checks: profile.overflowChecks,
        rpath: profile.rpath,
        incremental: profile.incremental,
        panic: profile.panic,
        strip: { [profile.stripIsOpen ? 'deferred' : 'resolved']: stripNames[profile.strip] },
    };
}
