// The workspace in the main source → its unit graph, with what the recipe wants of it. Problems become diagnostics.
import { parseCfgLines } from '../cargo/cfg.ts';
import { type LockedPackage, parseCargoLock } from '../cargo/lock-file.ts';
import { parseGitSource } from '../cargo/git-source.ts';
import { lockChanges } from '../cargo/lock-changes.ts';
import { type LockedGraph, lockedGraph } from '../cargo/locked-graph.ts';
import type { PackageId } from '../cargo/package.ts';
import type { CargoProblem } from '../cargo/problem.ts';
import { oldCompiler } from '../cargo/required-rustc.ts';
import type { UnitGraph } from '../cargo/unit.ts';
import { planUnits } from '../cargo/unit-graph.ts';
import { loadWorkspace, type Workspace } from '../cargo/workspace.ts';
import { boolOf, labelsOf } from '../value.ts';
import { profileKeys, profileName } from './cargo-config.ts';
import type { Lowering } from './context.ts';
import { badLock, cargoProblem, missingLock, otherVersion } from './errors.ts';
import type { CargoFacts, CargoNeed } from './needs.ts';
import { repositoryFolder, workspaceFolder } from './unit-places.ts';

export interface Planned {
    readonly graph: UnitGraph;
    readonly workspace: Workspace;
}

/** Undefined when there is no graph; the diagnostics then say why. */
export function plannedUnits(lowering: Lowering, need: CargoNeed, facts: CargoFacts): Planned | undefined {
    const { diagnostics } = lowering;
    const report = (problems: readonly CargoProblem[]): void => {
        diagnostics.push(...withoutConsequences(problems).map((problem) => cargoProblem(problem, need.place)));
    };
    const loaded = loadWorkspace(facts.view, workspaceFolder);
    if (!loaded.ok) {
        report(loaded.problems);
        return undefined;
    }
    const { workspace } = loaded;
    const lock = lockOf(lowering, need, facts);
    if (lock === undefined) return undefined;
    const { view, crateFolder } = facts;
    recordCrates(lowering, need, facts, lock);
    checkReplaced(lowering, facts, facts.decided?.packages ?? lock);
    const isPartial = facts.decided !== undefined;
    if (facts.decided !== undefined && facts.decided.problems.length > 0) {
        report(facts.decided.problems);
        return undefined;
    }
    const locked = lockedGraph({ workspace, lock: facts.decided?.packages ?? lock, isPartial, view, crateFolder });
    const graph = withFeatures(locked, need.extraFeatures);
    const profile = profileName(lowering);
    const { units, problems } = planUnits({
        workspace,
        graph,
        selection: need.selection,
        features: need.features,
        profile: { name: profile, extra: { [profile]: profileKeys(lowering) }, incremental: false },
        host: { triple: need.host, cfg: parseCfgLines(facts.hostCfg.join('\n')) },
        target: { triple: need.target, cfg: parseCfgLines(facts.targetCfg.join('\n')) },
    });
    report([...problems, ...submodules(units, facts)]);
    if (units === undefined || problems.length > 0 || lowering.diagnostics.length > 0) return undefined;
    if (boolOf(lowering.evaluated.root, 'ignore-rust-version') !== true) {
        report(oldCompiler(units, lowering.environment.tools['rustc']?.version ?? ''));
    }
    return { graph: units, workspace };
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
    { view }: CargoFacts,
): readonly LockedPackage[] | undefined {
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
