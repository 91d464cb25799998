// Kind `app` with the rustc driver: manifests and lock file are read here, and every call of rustc and every run of a
// build script is an action of its own. No Cargo takes part.
import { type LockedGraph, lockedGraph } from '../cargo/locked-graph.ts';
import { requiredRustc } from '../cargo/required-rustc.ts';
import { matches, parseRequirement } from '../cargo/requirement.ts';
import type { TargetChoice } from '../cargo/roots.ts';
import { parseVersion } from '../cargo/version.ts';
import { parseCargoLock } from '../cargo/lock-file.ts';
import { isInside } from '../cargo/folder-path.ts';
import type { Package, PackageId } from '../cargo/package.ts';
import type { CargoProblem } from '../cargo/problem.ts';
import { planUnits } from '../cargo/unit-graph.ts';
import type { UnitGraph } from '../cargo/unit.ts';
import type { UnitName } from '../cargo/unit-names.ts';
import { loadWorkspace, type Workspace } from '../cargo/workspace.ts';
import { parseCfgLines } from '../cargo/cfg.ts';
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import type { Mount, TreeRef } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { boolOf, listOf, textOf } from '../value.ts';
import { installLines } from './app-commands.ts';
import { profileKeys, profileName } from './cargo-config.ts';
import { type Lowering, addSources, completeEnv, limitsOf, noteCommon, places, sourceMounts } from './context.ts';
import { type CrateOverrides, crateOverrides, extraFeatures } from './crate-overrides.ts';
import { badLock, cargoProblem, missingLock, unknownPatch } from './errors.ts';
import { compilerVariables, flagsOf } from './flags.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { keysBelow } from './trace.ts';
import { workspaceFolder } from './unit-sources.ts';
import { hiddenFolders } from './member-view.ts';
import { lowerUnits, unitPlaces, type UnitsRequest } from './units.ts';

/** Adds the actions of all units and of the installation; gives the id of the last one. */
export function addUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts): string {
    addSources(lowering);
    const planned = plannedUnits(lowering, need, facts);
    if (planned === undefined) return 'install';
    const { graph, workspace } = planned;
    const overrides = crateOverrides(lowering, graph);
    const sources = sourcesOf(lowering, planned, { facts, overrides });
    const { evaluated, environment } = lowering;
    const target = String(evaluated.facts['target.triple']);
    const host = String(evaluated.facts['host.triple']);
    const flags = flagsOf(evaluated);
    const rustc = environment.tools['rustc'];
    const bin = rustc?.mount === undefined ? '/usr/bin' : `${rustc.mount}/bin`;
    const linker = textOf(evaluated.root, 'linker') ?? '/usr/bin/cc';
    const { actions, names, touched } = lowerUnits({
        graph,
        host,
        hostCfg: facts.hostCfg,
        targetCfg: facts.targetCfg,
        rustc: { program: `${bin}/rustc`, rustdoc: `${bin}/rustdoc`, version: rustc?.version ?? '' },
        flags: {
            target: [...flags.rust, ...flags.link.map((flag) => `-Clink-arg=${flag}`)],
            host: listOf(evaluated.root, 'host-rustflags'),
        },
        linker: { target: linker, host: undefined },
        salt: textOf(evaluated.root, 'salt') ?? '',
        workspaceRoot: workspace.root,
        sourceOf: sources,
        env: unitEnv(lowering),
        scriptEnv: { target: compilerVariables(flags, target), host: {} },
        limits: limitsOf(lowering, evaluated.root, 1),
        overrides,
        inputs: (source) => sourceMounts(lowering, [source], false),
    });
    for (const [id, action] of actions) {
        lowering.actions.set(id, action);
        if (action.kind === 'run') lowering.trace.note(['actions', id], flagKeys);
    }
    for (const [id, labels] of touched) {
        const keys = labels.flatMap((label) => keysBelow(evaluated, `crate.${label}`));
        lowering.trace.note(['actions', id], keys);
    }
    addInstall(lowering, graph, names);
    return 'install';
}

const flagKeys = [
    'rustflags',
    'host-rustflags',
    'ldflags',
    'cflags',
    'cxxflags',
    'cppflags',
    'linker',
    'salt',
    'profile',
];

/** What an action of a unit has in its environment, the same for every application: equal units are to be equal actions. */
function unitEnv(lowering: Lowering): Record<string, string> {
    const complete = completeEnv(lowering, {});
    const shared = ['HOME', 'LC_ALL', 'PATH', 'SHELL', 'TMPDIR', 'TZ', 'USER'];
    return { ...Object.fromEntries(shared.map((name) => [name, complete[name] ?? ''])), SOURCE_DATE_EPOCH: '1' };
}

interface Planned {
    readonly graph: UnitGraph;
    readonly workspace: Workspace;
}

function plannedUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts): Planned | undefined {
    const { evaluated, diagnostics } = lowering;
    const { root } = evaluated;
    const report = (problems: readonly CargoProblem[]): void => {
        diagnostics.push(...withoutConsequences(problems).map((problem) => cargoProblem(problem, need.place)));
    };
    const loaded = loadWorkspace(facts.view, workspaceFolder);
    if (!loaded.ok) {
        report(loaded.problems);
        return undefined;
    }
    const { workspace } = loaded;
    const text = facts.view.read(`${workspaceFolder}/${need.lock}`);
    if (text === undefined) {
        diagnostics.push(missingLock(need.lock, 'main', need.place));
        return undefined;
    }
    const lock = parseCargoLock(text);
    if (!lock.ok) {
        diagnostics.push(badLock(need.lock, lock.message, need.place));
        return undefined;
    }
    const { view, crateFolder } = facts;
    const locked = lockedGraph({ workspace, lock: lock.packages, view, crateFolder });
    const graph = withFeatures(locked, extraFeatures(lowering));
    const name = textOf(root, 'package');
    const bins = listOf(root, 'bins');
    const profile = profileName(lowering);
    const { units, problems } = planUnits({
        workspace,
        graph,
        selection: {
            intent: 'build',
            packages: name === undefined ? undefined : [name],
            targets: bins.length === 0 ? undefined : programsOnly(bins),
        },
        features: {
            features: listOf(root, 'features'),
            all: false,
            defaults: boolOf(root, 'default-features') !== false,
        },
        profile: { name: profile, extra: { [profile]: profileKeys(lowering) }, incremental: false },
        host: { triple: need.host, cfg: parseCfgLines(facts.hostCfg.join('\n')) },
        target: { triple: need.target, cfg: parseCfgLines(facts.targetCfg.join('\n')) },
    });
    report(problems);
    if (units === undefined || problems.length > 0) return undefined;
    report(oldCompiler(units, lowering.environment.tools['rustc']?.version ?? ''));
    return { graph: units, workspace };
}

/** A lock file of other manifests is one mistake, however many packages show it. */
function withoutConsequences(problems: readonly CargoProblem[]): readonly CargoProblem[] {
    const stale = problems.find(({ code }) => code === 'cargo/lock-mismatch');
    return problems.filter((problem) => problem.code !== 'cargo/lock-mismatch' || problem === stale);
}

function programsOnly(programs: readonly string[]): TargetChoice {
    return { library: false, programs, examples: [], tests: [], benchmarks: [] };
}

/** What `crate` blocks turn on counts wherever the crate is depended on. */
function withFeatures(graph: LockedGraph, extra: (id: PackageId) => readonly string[]): LockedGraph {
    return {
        package: graph.package,
        get problems() {
            return graph.problems;
        },
        edges: (id) =>
            graph.edges(id).map((edge) => {
                const more = extra(edge.to);
                if (more.length === 0) return edge;
                const declarations = edge.declarations.map((each) => ({
                    ...each,
                    features: [...each.features, ...more],
                }));
                return { ...edge, declarations };
            }),
    };
}

/** The package that asks for the newest compiler, when the one at hand is older. */
function oldCompiler({ units }: UnitGraph, compiler: string): readonly CargoProblem[] {
    const wanted = requiredRustc(units.map((unit) => unit.package));
    const [, said = ''] = /(\d+\.\d+\.\d+)/.exec(compiler) ?? [];
    const have = parseVersion(said);
    const least = wanted === undefined ? undefined : parseRequirement(`>=${wanted.version}`);
    if (wanted === undefined || have === undefined || least === undefined || matches(least, have)) return [];
    return [
        {
            code: 'cargo/old-compiler',
            message: `needs rustc ${wanted.version} or newer, and the compiler is ${said}`,
            package: wanted.package,
            help: `build with rustc ${wanted.version}, or pin an older version of the package`,
        },
    ];
}

/** The workspace and the crates that the graph really uses, patched where the recipe says so; crates become fetch actions. */
function sourcesOf(
    lowering: Lowering,
    { graph, workspace }: Planned,
    { facts, overrides }: { readonly facts: CargoFacts; readonly overrides: CrateOverrides },
): UnitsRequest['sourceOf'] {
    const sources = new Map<string, TreeRef>();
    const packages = [...new Set(graph.units.map((unit) => unit.package))];
    for (const [at, source] of sortedEntries(Object.fromEntries(facts.crates))) {
        const owner = packages.find(({ root }) => root === at || root.startsWith(`${at}/`));
        if (owner === undefined) continue;
        const id = `fetch.crate.${at.slice(at.lastIndexOf('/') + 1)}`;
        lowering.actions.set(id, { kind: 'fetch', source });
        lowering.trace.note(['actions', id, 'source'], keysBelow(lowering.evaluated, 'vendor'));
        const patches = overrides(owner)?.patches ?? [];
        sources.set(at, patches.length === 0 ? id : addPatched(lowering, at, id, patches));
    }
    const members = new Map<Package, TreeRef>();
    return (which) => {
        const at = [...sources.keys()].find((folder) => isInside(which.root, folder));
        if (at !== undefined) return { at, tree: sources.get(at) ?? '' };
        const known = members.get(which) ?? memberTree(lowering, workspace, which, { facts, overrides });
        members.set(which, known);
        return { at: workspaceFolder, tree: known };
    };
}

/** The workspace as a member sees it. */
function memberTree(
    lowering: Lowering,
    workspace: Workspace,
    which: Package,
    { facts, overrides }: { readonly facts: CargoFacts; readonly overrides: CrateOverrides },
): TreeRef {
    const isLocal = which.origin === 'member' || which.origin === 'local';
    if (!isLocal || overrides(which)?.seesWorkspace === true) return 'fetch.main';
    const without = hiddenFolders(facts.view, workspace, which);
    if (without.length === 0) return 'fetch.main';
    const id = `source.${which.id.name}-${which.id.version}`;
    lowering.actions.set(id, { kind: 'select', tree: 'fetch.main', without: [...without].sort(compareBytes) });
    return id;
}

/** The crate with the recipe's patches: one action, whoever uses the crate. */
function addPatched(lowering: Lowering, at: string, tree: TreeRef, patches: readonly string[]): TreeRef {
    const id = `patch.${at.slice(at.lastIndexOf('/') + 1)}`;
    const mounts: Record<string, Mount> = { [at]: { tree, writable: true } };
    const commands = patches.map((text) => {
        const slash = text.indexOf('/');
        const [source, file] = [text.slice(0, slash), text.slice(slash + 1)];
        const [found] = Object.entries(sourceMounts(lowering, [source], false));
        if (slash < 0 || found === undefined) {
            const place = lowering.evaluated.root.groups.get('crate')?.place;
            lowering.diagnostics.push(unknownPatch(text, place));
            return '';
        }
        mounts[found[0]] = found[1];
        return `patch --batch --forward -p1 -i ${shellWord(`${found[0]}/${file}`)}`;
    });
    lowering.actions.set(id, {
        kind: 'run',
        commands: [{ script: [...commands, "find . -name '*.orig' -type f -exec rm -f {} +"].join('\n') }],
        environment: 'host',
        env: unitEnv(lowering),
        cwd: at,
        mounts,
        outputs: { out: at },
        scratch: places.build,
        limits: limitsOf(lowering, lowering.evaluated.root, 1),
    });
    lowering.trace.note(['actions', id], keysBelow(lowering.evaluated, 'crate'));
    return id;
}

/** Copies the programs that were asked for, and files of the sources, to where they will lie. */
function addInstall(lowering: Lowering, graph: UnitGraph, names: readonly UnitName[]): void {
    const { evaluated } = lowering;
    const programs = graph.roots.flatMap((root) => {
        const unit = graph.units[root];
        const name = names[root];
        if (unit === undefined || name?.file === undefined || unit.target.kind !== 'bin') return [];
        return [{ from: name.file, to: unit.target.name, tree: `${name.id}#lib` }];
    });
    programs.sort((a, b) => compareBytes(a.to, b.to));
    lowering.actions.set('programs', { kind: 'compose', entries: {}, union: programs.map(({ tree }) => tree) });
    lowering.actions.set('install', {
        kind: 'run',
        commands: [
            {
                script: installLines(lowering, places.source, (destination) =>
                    programs.map(
                        ({ from, to }) =>
                            `install -m 755 ${shellWord(`${unitPlaces.link}/${from}`)} ${destination}/${shellWord(to)}`,
                    ),
                ),
            },
        ],
        environment: 'host',
        env: completeEnv(lowering, {}),
        cwd: places.build,
        mounts: {
            [places.source]: { tree: 'fetch.main', writable: false },
            [unitPlaces.link]: { tree: 'programs', writable: false },
        },
        outputs: { out: places.out },
        scratch: places.build,
        limits: limitsOf(lowering, evaluated.root, 1),
    });
    noteCommon(lowering, 'install', undefined);
    lowering.trace.note(['actions', 'install', 'commands'], [...keysBelow(evaluated, 'install'), 'bins']);
}
