// Kind `app` with the rustc driver: manifests and lock file are read here, and every call of rustc and every run of a
// build script is an action of its own. No Cargo takes part.
import type { UnitGraph } from '../cargo/unit.ts';
import type { UnitName } from '../cargo/unit-names.ts';
import { compareBytes } from '../plan/bytes.ts';
import { shellWord } from '../plan/quote.ts';
import { textOf } from '../value.ts';
import { installLines } from './app-commands.ts';
import { type Lowering, addSources, completeEnv, limitsOf, noteCommon, places, sourceMounts } from './context.ts';
import { crateOverrides } from './crate-overrides.ts';
import { compilerVariables, crossVariables, flagFields, type Flags, flagsOf, rustFlags } from './flags.ts';
import { type InstalledLibrary, installedLibraries, libraryLines, libraryTrees, sonameFlags } from './libraries.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { plannedUnits } from './planned-units.ts';
import type { Recorder, Side } from './recorder.ts';
import { keysBelow } from './trace.ts';
import { unitEnv } from './unit-env.ts';
import { unitPlaces } from './unit-places.ts';
import { sourcesOf } from './unit-sources.ts';
import { lowerUnits } from './units.ts';

/** Adds the actions of all units and of the installation; gives the id of the last one. */
export function addUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts, recorder: Recorder): string {
    addSources(lowering);
    const planned = plannedUnits(lowering, need, facts);
    if (planned === undefined) return 'install';
    const { graph, workspace } = planned;
    const overrides = crateOverrides(lowering, graph);
    const libraries = installedLibraries(lowering, graph);
    const sources = sourcesOf(lowering, planned, { facts, overrides });
    const { evaluated, environment } = lowering;
    const triples = {
        target: String(evaluated.facts['target.triple']),
        host: String(evaluated.facts['host.triple']),
    };
    const flags = { target: flagsOf(evaluated, 'target'), host: flagsOf(evaluated, 'host') };
    const rustc = environment.tools['rustc'];
    const bin = rustc?.mount === undefined ? '/usr/bin' : `${rustc.mount}/bin`;
    const linker = textOf(evaluated.root, 'linker');
    const { actions, names, touched } = lowerUnits({
        graph,
        host: triples.host,
        hostCfg: facts.hostCfg,
        targetCfg: facts.targetCfg,
        rustc: { program: recorder.program(`${bin}/rustc`), rustdoc: `${bin}/rustdoc`, version: rustc?.version ?? '' },
        flags: {
            target: rustFlags(flags.target),
            host: rustFlags(flags.host),
        },
        // Without one rustc takes `cc`, as it does with Cargo.
        linker: { target: linker === undefined ? undefined : recorder.program(linker), host: undefined },
        salt: textOf(evaluated.root, 'salt') ?? '',
        workspaceRoot: workspace.root,
        sourceOf: sources,
        env: unitEnv(lowering),
        scriptEnv: scriptVariables(flags, triples),
        limits: limitsOf(lowering, evaluated.root, 1),
        overrides,
        unitFlags: (unit) => libraries.filter((library) => library.unit === unit).flatMap(sonameFlags),
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
    addInstall(lowering, { graph, names, libraries });
    return 'install';
}

function sideOf(platform: string | undefined): Side {
    return platform === undefined ? 'host' : 'target';
}

/** What carries C flags to the scripts of packages for either side. */
function scriptVariables(
    flags: Readonly<Record<Side, Flags>>,
    triples: Readonly<Record<Side, string>>,
): Readonly<Record<Side, Record<string, string>>> {
    const isCross = triples.target !== triples.host;
    return {
        target: isCross ? crossVariables(flags, triples) : compilerVariables(flags.target, triples.target),
        host: compilerVariables(flags.host, triples.host),
    };
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
    trace.note(['actions', id], [...unitFields, ...keysBelow(evaluated, 'profile-release')]);
    trace.note(['actions', id, 'limits'], keysBelow(evaluated, 'limits'));
    for (const key of keysBelow(evaluated, 'env')) trace.note(['actions', id, 'env', key.slice('env.'.length)], [key]);
}

interface Built {
    readonly graph: UnitGraph;
    readonly names: readonly UnitName[];
    readonly libraries: readonly InstalledLibrary[];
}

/** Copies the programs and libraries that were asked for, and files of the sources, to where they will lie. */
function addInstall(lowering: Lowering, { graph, names, libraries }: Built): void {
    const { evaluated } = lowering;
    const programs = graph.roots.flatMap((root) => {
        const unit = graph.units[root];
        const name = names[root];
        if (unit === undefined || name?.file === undefined || unit.target.kind !== 'bin') return [];
        return [{ from: name.file, to: unit.target.name, tree: `${name.id}#lib` }];
    });
    programs.sort((a, b) => compareBytes(a.to, b.to));
    const union = [...new Set([...programs.map(({ tree }) => tree), ...libraryTrees(libraries, graph, names)])];
    if (union.length > 0) lowering.actions.set('programs', { kind: 'compose', entries: {}, union });
    lowering.actions.set('install', {
        kind: 'run',
        commands: [
            {
                script: installLines(lowering, places.source, (destination) => [
                    ...programs.map(
                        ({ from, to }) =>
                            `install -m 755 ${shellWord(`${unitPlaces.link}/${from}`)} ${destination}/${shellWord(to)}`,
                    ),
                    ...libraryLines(lowering, libraries, graph, names),
                ]),
            },
        ],
        environment: 'host',
        env: completeEnv(lowering, {}),
        cwd: places.build,
        mounts: {
            [places.source]: { tree: 'fetch.main', writable: false },
            ...(union.length === 0 ? {} : { [unitPlaces.link]: { tree: 'programs', writable: false } }),
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    });
    noteCommon(lowering, 'install', undefined);
    lowering.trace.note(
        ['actions', 'install', 'commands'],
        [...keysBelow(evaluated, 'install'), ...keysBelow(evaluated, 'library'), 'bins'],
    );
}
