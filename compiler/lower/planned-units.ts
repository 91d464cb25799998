// The workspace in the main source → its unit graph, with what the recipe wants of it. Problems become diagnostics.
import { parseCfgLines } from '../cargo/cfg.ts';
import { parseGitSource } from '../cargo/git-source.ts';
import { lockChanges } from '../cargo/lock-changes.ts';
import { mergeGraphs } from '../cargo/merge-graphs.ts';
import { type LockedPackage, parseCargoLock } from '../cargo/lock-file.ts';
import { type LockedGraph, lockedGraph } from '../cargo/locked-graph.ts';
import type { PackageId } from '../cargo/package.ts';
import type { CargoProblem } from '../cargo/problem.ts';
import { oldCompiler } from '../cargo/required-rustc.ts';
import type { UnitGraph } from '../cargo/unit.ts';
import { planUnits, type Selection, type UnitRequest } from '../cargo/unit-graph.ts';
import type { NamingOptions } from '../cargo/unit-names.ts';
import { loadWorkspace, type Workspace } from '../cargo/workspace.ts';
import { boolOf, type Group, labelsOf, listOf, textOf } from '../value.ts';
import { profileKeys, profileName } from './cargo-config.ts';
import { blocks, type Lowering } from './context.ts';
import { badLock, cargoProblem, missingLock, noTests, otherVersion } from './errors.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { testSelection } from './test-selection.ts';
import { buildSelection, featureFlags } from './unit-asks.ts';
import { repositoryFolder, workspaceFolder } from './unit-places.ts';

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
        report([...problems, ...submodules(units, facts)], place);
        return diagnostics.length > 0 ? undefined : units;
    };
    const built = plan({ selection: buildSelection(evaluated), profile: profileName(lowering), features: [] });
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
    facts: CargoFacts,
    report: (problems: readonly CargoProblem[]) => void,
): Read | undefined {
    const { view, crateFolder } = facts;
    const loaded = loadWorkspace(view, workspaceFolder);
    if (!loaded.ok) {
        report(loaded.problems);
        return undefined;
    }
    const { workspace } = loaded;
    const lock = lockOf(lowering, need, facts);
    if (lock === undefined) return undefined;
    const { decided } = facts;
    recordCrates(lowering, need, facts, lock);
    checkReplaced(lowering, facts, decided?.packages ?? lock);
    if (decided !== undefined && decided.problems.length > 0) {
        report(decided.problems);
        return undefined;
    }
    const isPartial = decided !== undefined;
    const locked = lockedGraph({ workspace, lock: decided?.packages ?? lock, isPartial, view, crateFolder });
    return { workspace, graph: withFeatures(locked, need.extraFeatures) };
}

function unitRequest(
    lowering: Lowering,
    need: CargoNeed,
    facts: CargoFacts,
    { workspace, graph, selection, profile, features }: Read & Asked,
): UnitRequest {
    const isOfRecipe = profile === profileName(lowering);
    return {
        workspace,
        graph,
        selection,
        features: featureFlags(lowering.evaluated, features),
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

/** A source that stands in for a crate in a version that nobody uses would change nothing. */
function checkReplaced(lowering: Lowering, { replaced }: CargoFacts, used: readonly LockedPackage[]): void {
    for (const { name, version } of replaced) {
        const versions = used.filter((one) => one.name === name).map((one) => one.version);
        const place = labelsOf(lowering.evaluated.root, 'crate').get(name)?.fields.get('source')?.place;
        if (!versions.includes(version)) lowering.diagnostics.push(otherVersion(name, version, versions, place));
    }
}

/** Where the lock file has not decided alone, the plan says what is different. */
function recordCrates(
    { trace }: Lowering,
    need: CargoNeed,
    { decided, view }: CargoFacts,
    lock: readonly LockedPackage[],
): void {
    if (decided === undefined) return;
    const hasLock = view.isFile(`${workspaceFolder}/${need.lock}`);
    trace.note(['provenance', 'crates'], ['vendor.lock-policy', 'vendor.unlock', 'vendor.path']);
    trace.recordCrates({
        policy: need.policy,
        ...(hasLock ? { lock: need.lock } : {}),
        count: decided.packages.filter(({ source }) => source !== undefined).length,
        changes: lockChanges(lock, decided.packages),
    });
}

/** What the lock file has; it may be missing where it has no say. */
function lockOf(
    { diagnostics }: Lowering,
    need: CargoNeed,
    { view, lock: known }: CargoFacts,
): readonly LockedPackage[] | undefined {
    if (known !== undefined) return known;
    const text = view.read(`${workspaceFolder}/${need.lock}`);
    if (text === undefined) {
        if (need.policy === 'resolve') return [];
        diagnostics.push(missingLock(need.lock, 'main', need.place));
        return undefined;
    }
    const lock = parseCargoLock(text);
    if (lock.ok) return lock.packages;
    diagnostics.push(badLock(need.lock, lock.message, need.place));
    return undefined;
}

/** Repositories with others inside: what those hold is not fetched, and who builds would miss it. */
function submodules(graph: UnitGraph | undefined, { view }: CargoFacts): readonly CargoProblem[] {
    const sources = new Set(graph?.units.map((unit) => unit.package.id.source));
    return [...sources].flatMap((source): CargoProblem[] => {
        const git = parseGitSource(source);
        if (git === undefined || !view.isFile(`${repositoryFolder(git)}/.gitmodules`)) return [];
        return [
            {
                code: 'cargo/git-submodules',
                message: `the repository ${git.url} has submodules, which are not fetched`,
                file: `${repositoryFolder(git)}/.gitmodules`,
                help: 'use `vendor.from = directory` with what `cargo vendor` makes of it',
            },
        ];
    });
}

/** A lock file of other manifests is one mistake, however many packages show it. */
function withoutConsequences(problems: readonly CargoProblem[]): readonly CargoProblem[] {
    const stale = problems.find(({ code }) => code === 'cargo/lock-mismatch');
    return problems.filter((problem) => problem.code !== 'cargo/lock-mismatch' || problem === stale);
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
