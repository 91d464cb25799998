// Kind `app` with the rustc driver: manifests and lock file are read here, and every call of rustc and every run of a
// build script is an action of its own. No Cargo takes part.
import { type Lowering, addSources, limitsOf, sourceMounts } from './context.ts';
import { addCargoTests } from './cargo-tests.ts';
import { crateOverrides } from './crate-overrides.ts';
import { flagFields, flagsOf, rustFlags, scriptVariables, triplesOf } from './flags.ts';
import { installedLibraries, libraryFlags } from './libraries.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { naming, plannedUnits } from './planned-units.ts';
import type { Recorder, Side } from './recorder.ts';
import { keysBelow } from './trace.ts';
import { unitEnv } from './unit-env.ts';
import { addInstall } from './unit-install.ts';
import { linkerOf } from './target-linker.ts';
import { type TargetStd, targetStd } from './target-std.ts';
import { targetBlock } from './target-tools.ts';
import { sourcesOf } from './unit-sources.ts';
import { lowerUnits } from './units.ts';

/** Adds the actions of all units and of the installation; gives the id of the last one. */
export function addUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts, recorder: Recorder): string {
    addSources(lowering);
    const planned = plannedUnits(lowering, need, facts);
    if (planned === undefined) return 'install';
    const { graph, products, workspace } = planned;
    const overrides = crateOverrides(lowering, graph);
    const built = { units: graph.units, roots: products };
    const libraries = installedLibraries(lowering, built);
    const sources = sourcesOf(lowering, planned, { facts, overrides });
    const { evaluated, environment } = lowering;
    const rustc = environment.tools['rustc'];
    const bin = rustc?.mount === undefined ? '/usr/bin' : `${rustc.mount}/bin`;
    const std = targetStd(lowering, need, facts);
    const linker = linkerOf(lowering, need.place);
    const { actions, names, touched } = lowerUnits({
        graph,
        host: triplesOf(evaluated).host,
        hostCfg: facts.hostCfg,
        targetCfg: facts.targetCfg,
        rustc: { program: recorder.program(`${bin}/rustc`), rustdoc: `${bin}/rustdoc`, version: rustc?.version ?? '' },
        flags: {
            target: [...std.flags, ...rustFlags(flagsOf(evaluated, 'target'))],
            host: rustFlags(flagsOf(evaluated, 'host')),
        },
        // Without one rustc takes `cc`, as it does with Cargo.
        linker: { target: linker === undefined ? undefined : recorder.program(linker), host: undefined },
        targetMounts: std.mounts,
        surroundings: lowering.surroundings,
        naming: naming(lowering, workspace),
        sourceOf: sources,
        env: unitEnv(lowering),
        scriptEnv: scriptVariables(evaluated),
        limits: limitsOf(lowering, evaluated.root, 1),
        overrides,
        unitFlags: (unit) =>
            libraries.filter((library) => library.unit === unit).flatMap((library) => libraryFlags(library, graph)),
        inputs: (source) => sourceMounts(lowering, [source], false),
    });
    const sides = new Map(graph.units.map(({ platform }, unit) => [names[unit]?.id, sideOf(platform)]));
    for (const [id, action] of actions) {
        lowering.actions.set(id, action.kind === 'run' ? recorder.recorded(action, sides.get(id)) : action);
        if (action.kind === 'run') noteUnit(lowering, id);
    }
    for (const [id, labels] of touched) {
        const keys = labels.flatMap((label) => keysBelow(evaluated, `crate.${label}`));
        lowering.trace.note(['actions', id], keys);
    }
    for (const { label, unit } of libraries) {
        lowering.trace.note(['actions', names[unit]?.id ?? '', 'commands'], [`library.${label}.soname`]);
    }
    addInstall(lowering, { graph: built, names, libraries });
    addCargoTests(lowering, planned, {
        names,
        libraries: compilerLibraries(lowering, std),
        targetMounts: std.mounts,
        sourceOf: sources,
    });
    return 'install';
}

function sideOf(platform: string | undefined): Side {
    return platform === undefined ? 'host' : 'target';
}

/** Where tests find shared libraries of Rust itself: a proc macro's tests need them. */
function compilerLibraries(
    { evaluated, environment }: Lowering,
    std: TargetStd,
): { readonly host: readonly string[]; readonly target: readonly string[] } {
    const root = environment.tools['rustc']?.mount ?? '/usr';
    const below = (sysroot: string, side: string): string =>
        `${sysroot}/lib/rustlib/${String(evaluated.facts[`${side}.triple`])}/lib`;
    return { host: [`${root}/lib`, below(root, 'host')], target: [below(std.sysroot ?? root, 'target')] };
}

const unitFields = [
    ...Object.values(flagFields.target),
    ...Object.values(flagFields.host),
    'linker',
    'salt',
    'profile',
    'package',
    'bins',
    'features',
    'default-features',
];

/** What the recipe says of all units alike. */
function noteUnit({ evaluated, trace }: Lowering, id: string): void {
    trace.note(
        ['actions', id],
        [
            ...unitFields,
            ...keysBelow(evaluated, 'profile-release'),
            ...keysBelow(evaluated, targetBlock(evaluated)?.path ?? 'target'),
        ],
    );
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, 'limits'));
    for (const key of keysBelow(evaluated, 'env')) trace.note(['actions', id, 'env', key.slice('env.'.length)], [key]);
}
