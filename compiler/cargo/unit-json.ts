// The unit graph in the form of Cargo's `--unit-graph`. (The Cargo Book, "Unstable features: unit-graph", version 1.)
import { isInside } from './folder-path.ts';
import type { Package, Target } from './package.ts';
import type { Profile, Unit, UnitGraph } from './unit.ts';

export function unitGraphJson(graph: UnitGraph): object {
    return { version: 1, units: graph.units.map(unitJson), roots: graph.roots };
}

function unitJson(unit: Unit): object {
    return {
        pkg_id: packageSpec(unit.package),
        target: targetJson(unit.target),
        profile: profileJson(unit.profile),
        platform: unit.platform ?? null,
        mode: unit.mode,
        features: unit.features,
        dependencies: unit.dependencies.map(({ unit: index, externName, noprelude }) => ({
            index,
            extern_crate_name: externName,
            public: false,
            noprelude,
        })),
    };
}

/** Cargo's package id specification. */
function packageSpec({ id, root }: Package): string {
    const { name, version, source } = id;
    if (source === undefined) {
        const folder = root.slice(root.lastIndexOf('/') + 1);
        return `path+file://${root}#${folder === name ? '' : `${name}@`}${version}`;
    }
    const url = source.split('#')[0] ?? source;
    const isNamed = isInside(url.split('?')[0] ?? '', '') && url.endsWith(`/${name}`);
    return `${url}#${isNamed ? '' : `${name}@`}${version}`;
}

function targetJson(target: Target): object {
    const { kind, name, path, crateTypes, edition, requiredFeatures, doc, doctest, test } = target;
    return {
        kind: kind === 'lib' ? crateTypes : [kind],
        crate_types: crateTypes,
        name,
        src_path: path,
        edition,
        ...(requiredFeatures === undefined ? {} : { 'required-features': requiredFeatures }),
        doc,
        doctest: doctest && crateTypes.some((type) => type === 'lib' || type === 'rlib' || type === 'proc-macro'),
        test,
    };
}

const stripNames = { none: 'None', debuginfo: { Named: 'debuginfo' }, symbols: { Named: 'symbols' } } as const;

function profileJson(profile: Profile): object {
    const { strip, stripIsOpen } = profile;
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
        strip: stripIsOpen ? { deferred: stripNames[strip] } : { resolved: stripNames[strip] },
    };
}
