// The workspace in the main source → its unit graph, with what the recipe wants of it. Problems become diagnostics.
import { parseCfgLines } from '../cargo/cfg.ts';
import { mergeGraphs } from '../cargo/merge-graphs.ts';
import { parseCargoLock } from '../cargo/lock-file.ts';
import { type LockedGraph, lockedGraph } from '../cargo/locked-graph.ts';
import type { PackageId } from '../cargo/package.ts';
import type { CargoProblem } from '../cargo/problem.ts';
import { oldCompiler } from '../cargo/required-rustc.ts';
import type { TargetChoice } from '../cargo/roots.ts';
import type { UnitGraph } from '../cargo/unit.ts';
import { planUnits, type Selection, type UnitRequest } from '../cargo/unit-graph.ts';
import type { NamingOptions } from '../cargo/unit-names.ts';
import { loadWorkspace, type Workspace } from '../cargo/workspace.ts';
import { boolOf, type Group, listOf, textOf } from '../value.ts';
import { profileKeys, profileName } from './cargo-config.ts';
import { blocks, type Lowering } from './context.ts';
import { extraFeatures } from './crate-overrides.ts';
import { badLock, cargoProblem, missingLock, noTests } from './errors.ts';
import { wantsLibraries } from './libraries.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { testSelection } from './test-selection.ts';
import { workspaceFolder } from './unit-places.ts';

export interface Planned {
    /** Everything that is built, for whatever it is wanted. */
    readonly graph: UnitGraph;
    readonly workspace: Workspace;
    /** What the recipe installs, as indices of units. */
    readonly products: readonly number[];
    /** Programs of each `cargo-test` block. */
    readonly tests: readonly PlannedTests[];
}

export interface PlannedTests {
    readonly label: string;
    readonly group: Group;
    readonly programs: readonly number[];
}

/** Undefined when there is no graph; the diagnostics then say why. */
export function plannedUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts): Planned | undefined {
    const { evaluated, diagnostics } = lowering;
    const report = (problems: readonly CargoProblem[], place = need.place): void => {
        diagnostics.push(...withoutConsequences(problems).map((problem) => cargoProblem(problem, place)));
    };
    const read = readLocked(lowering, need, facts, report);
    if (read === undefined) return undefined;
    const plan = (asked: Asked, place = need.place): UnitGraph | undefined => {
        const { units, problems } = planUnits(unitRequest(lowering, need, facts, { ...read, ...asked }));
        report(problems, place);
        return problems.length > 0 ? undefined : units;
    };
    const built = plan({ selection: buildSelection(lowering), profile: profileName(lowering), features: [] });
    if (built === undefined) return undefined;
    const blocksOfTests = blocks(lowering, 'cargo-test');
    const graphs = [built];
    for (const [, group] of blocksOfTests) {
        const selection = testSelection(group, textOf(evaluated.root, 'package'));
        const profile = textOf(group, 'profile') ?? profileName(lowering);
        const graph = plan({ selection, profile, features: listOf(group, 'features') }, group.place);
        if (graph === undefined) return undefined;
        graphs.push({ ...graph, roots: graph.roots.filter((root) => graph.units[root]?.mode === 'test') });
    }
    const { graph, roots } =
        graphs.length === 1
            ? { graph: built, roots: [built.roots] }
            : mergeGraphs(graphs, naming(lowering, read.workspace));
    if (boolOf(evaluated.root, 'ignore-rust-version') !== true)
        report(oldCompiler(graph, lowering.environment.tools['rustc']?.version ?? ''));
    const [products = [], ...programs] = roots;
    const tests = blocksOfTests.map(([label, group], index) => ({ label, group, programs: programs[index] ?? [] }));
    for (const { label, group, programs: found } of tests)
        if (found.length === 0) diagnostics.push(noTests(label, group.place ?? need.place));
    return { graph, workspace: read.workspace, products, tests };
}

interface Read {
    readonly workspace: Workspace;
    readonly graph: LockedGraph;
}

interface Asked {
    readonly selection: Selection;
    readonly profile: string;
    /** Beside those of the recipe. */
    readonly features: readonly string[];
}

/** The workspace and its lock file. */
function readLocked(
    lowering: Lowering,
    need: CargoNeed,
    { view, crateFolder }: CargoFacts,
    report: (problems: readonly CargoProblem[]) => void,
): Read | undefined {
    const loaded = loadWorkspace(view, workspaceFolder);
    if (!loaded.ok) {
        report(loaded.problems);
        return undefined;
    }
    const { workspace } = loaded;
    const text = view.read(`${workspaceFolder}/${need.lock}`);
    if (text === undefined) {
        lowering.diagnostics.push(missingLock(need.lock, 'main', need.place));
        return undefined;
    }
    const lock = parseCargoLock(text);
    if (!lock.ok) {
        lowering.diagnostics.push(badLock(need.lock, lock.message, need.place));
        return undefined;
    }
    const locked = lockedGraph({ workspace, lock: lock.packages, view, crateFolder });
    return { workspace, graph: withFeatures(locked, extraFeatures(lowering)) };
}

function buildSelection({ evaluated }: Lowering): Selection {
    const { root } = evaluated;
    const name = textOf(root, 'package');
    const [bins, examples] = [listOf(root, 'bins'), listOf(root, 'examples')];
    return {
        intent: 'build',
        packages: name === undefined ? undefined : [name],
        targets:
            bins.length + examples.length === 0 ? undefined : chosenTargets(bins, examples, wantsLibraries(evaluated)),
    };
}

function unitRequest(
    lowering: Lowering,
    need: CargoNeed,
    facts: CargoFacts,
    { workspace, graph, selection, profile, features }: Read & Asked,
): UnitRequest {
    const { root } = lowering.evaluated;
    const isOfRecipe = profile === profileName(lowering);
    return {
        workspace,
        graph,
        selection,
        features: {
            features: [...listOf(root, 'features'), ...features],
            all: false,
            defaults: boolOf(root, 'default-features') !== false,
        },
        profile: {
            name: profile,
            ...(isOfRecipe ? { extra: { [profile]: profileKeys(lowering) } } : {}),
            incremental: false,
        },
        host: { triple: need.host, cfg: parseCfgLines(facts.hostCfg.join('\n')) },
        target: { triple: need.target, cfg: parseCfgLines(facts.targetCfg.join('\n')) },
    };
}

/** What the names of units depend on beside themselves. */
export function naming({ evaluated, environment }: Lowering, { root }: Workspace): NamingOptions {
    return {
        compiler: environment.tools['rustc']?.version ?? '',
        salt: textOf(evaluated.root, 'salt') ?? '',
        workspaceRoot: root,
    };
}

/** A lock file of other manifests is one mistake, however many packages show it. */
function withoutConsequences(problems: readonly CargoProblem[]): readonly CargoProblem[] {
    const stale = problems.find(({ code }) => code === 'cargo/lock-mismatch');
    return problems.filter((problem) => problem.code !== 'cargo/lock-mismatch' || problem === stale);
}

function chosenTargets(programs: readonly string[], examples: readonly string[], library: boolean): TargetChoice {
    return {
        library,
        // All programs when only examples are named.
        programs: programs.length === 0 ? 'all' : programs,
        examples,
        tests: [],
        benchmarks: [],
    };
}

/** What `crate` blocks turn on counts wherever the crate is depended on. */
function withFeatures(graph: LockedGraph, extra: (id: PackageId) => readonly string[]): LockedGraph {
    return {
        package: graph.package,
        locked: graph.locked,
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
