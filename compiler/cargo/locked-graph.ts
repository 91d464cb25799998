// Which package of Cargo.lock each declared dependency means. Packages are read when they are asked for: what a platform or a
// feature leaves out need not be there.
import type { FolderView } from './folder-view.ts';
import { findCycle } from './dependency-cycle.ts';
import { memoized, packageLoader } from './load-package.ts';
import { graphProblems } from './graph-problems.ts';
import type { LockedPackage } from './lock-file.ts';
import { manifestPath } from './manifest-file.ts';
import { type Dependency, type Package, type PackageId, packageKey } from './package.ts';
import { comparePackageIds, versionOf } from './package-order.ts';
import type { NamedPackage } from './package-spec.ts';
import type { CargoProblem } from './problem.ts';
import { versionFits } from './version-fits.ts';
import { sourceFit } from './source-fit.ts';
import { compareVersions } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface LockedGraph {
    /** Undefined when it cannot be had, which is a problem from then on. */
    readonly package: (id: PackageId) => Package | undefined;
    /** In order of package ids. */
    readonly edges: (id: PackageId) => readonly Edge[];
    /** Everything that the lock names; `root` only of packages in local folders. */
    readonly locked: readonly NamedPackage[];
    /** Grows while packages are asked for. */
    readonly problems: readonly CargoProblem[];
}

export interface Edge {
    readonly to: PackageId;
    /** At least one; dev-dependencies only of members. */
    readonly declarations: readonly Dependency[];
}

export interface LockedGraphInput {
    readonly workspace: Workspace;
    /** Undefined when there is no Cargo.lock. */
    readonly lock: readonly LockedPackage[] | undefined;
    /** Whether the lock has only what the build at hand needs, so that what is not in it is not needed. */
    readonly isPartial?: boolean;
    readonly view: FolderView;
    /** Where a fetched package lies: its folder, or for a repository the folder of a checkout that holds it. */
    readonly crateFolder: (id: PackageId) => string | undefined;
}

interface LockEntry {
    readonly id: PackageId;
    readonly dependencies: readonly string[];
}

interface Graph extends LockedGraphInput {
    readonly problems: CargoProblem[];
    readonly entries: ReadonlyMap<string, LockEntry>;
    readonly entriesByName: ReadonlyMap<string, readonly LockEntry[]>;
    readonly localsByKey: ReadonlyMap<string, Package>;
    readonly localsByFolder: ReadonlyMap<string, Package>;
    /** Packages that `[patch]` takes from elsewhere. */
    readonly patched: ReadonlySet<string>;
    readonly load: (id: PackageId) => Package | undefined;
}

export function lockedGraph(input: LockedGraphInput): LockedGraph {
    const problems: CargoProblem[] = [];
    const graph = prepare(input, problems);
    const edges = memoized((id) => findEdges(graph, id));
    const locked = [...graph.entries].map(([key, { id }]) => ({ id, root: graph.localsByKey.get(key)?.root ?? '' }));
    const result: LockedGraph = { package: graph.load, edges, locked, problems };
    if (input.lock === undefined) problems.push(graphProblems.missingLock(input.workspace.root));
    else checkLocals(graph, edges);
    return result;
}

function prepare(input: LockedGraphInput, problems: CargoProblem[]): Graph {
    const { workspace, lock = [] } = input;
    const entries = new Map<string, LockEntry>();
    for (const { name, version, source, dependencies } of lock) {
        const id: PackageId = { name, version, source };
        entries.set(packageKey(id), { id, dependencies });
    }
    const localsByKey = new Map<string, Package>();
    for (const local of workspace.locals) {
        const key = packageKey(local.id);
        if (!localsByKey.has(key)) localsByKey.set(key, local);
    }
    return {
        ...input,
        problems,
        entries,
        entriesByName: Map.groupBy(entries.values(), ({ id }) => id.name),
        localsByKey,
        localsByFolder: new Map(workspace.locals.map((local) => [local.root, local])),
        patched: new Set(workspace.patches.map(({ dependency }) => dependency.packageName)),
        load: packageLoader(input, problems),
    };
}

function findEdges(graph: Graph, id: PackageId): readonly Edge[] {
    const dependent = graph.load(id);
    const entry = graph.entries.get(packageKey(id));
    if (dependent === undefined || entry === undefined) return [];
    const candidates = Map.groupBy(lockedDependencies(graph, entry), ({ name }) => name);
    const edges = new Map<string, { to: PackageId; declarations: Dependency[] }>();
    for (const declaration of dependent.dependencies) {
        if (declaration.kind === 'dev' && dependent.origin !== 'member') continue;
        const to = choose(graph, { dependent, declaration, candidates: candidates.get(declaration.packageName) ?? [] });
        if (to === undefined) {
            // Every feature of members is in the lock, and what is optional elsewhere only if something asks for it.
            if (graph.isPartial === true || (declaration.optional && dependent.origin !== 'member')) continue;
            const locked = graph.entriesByName.get(declaration.packageName)?.map((each) => each.id) ?? [];
            graph.problems.push(
                graphProblems.notLocked({ dependent, declaration, locked, root: graph.workspace.root }),
            );
            continue;
        }
        const key = packageKey(to);
        const edge = edges.get(key) ?? { to, declarations: [] };
        edge.declarations.push(declaration);
        edges.set(key, edge);
    }
    return [...edges.values()].sort((a, b) => comparePackageIds(a.to, b.to));
}

/** What the lock lists for a package. Text that names nothing names a folder's package that is gone. */
function lockedDependencies({ entriesByName }: Graph, { dependencies }: LockEntry): readonly PackageId[] {
    return dependencies.flatMap((text): readonly PackageId[] => {
        const [name = '', version, source] = text.split(' ');
        const ids = (entriesByName.get(name) ?? [])
            .map(({ id }) => id)
            .filter((id) => version === undefined || id.version === version);
        if (source !== undefined) return ids.filter((id) => isSameLockSource(id.source, source.slice(1, -1)));
        if (ids.length < 2) return ids;
        // Without a source, a folder's package is meant; others write theirs.
        return ids.filter((id) => id.source === undefined);
    });
}

/** Dependency strings leave out the commit of a repository. */
function isSameLockSource(source: string | undefined, written: string): boolean {
    return source === written || (source?.startsWith('git+') === true && source.split('#')[0] === written);
}

/** The highest version that fits; a source that is exactly the declared one goes before one that may stand for it. */
function choose(
    graph: Graph,
    {
        dependent,
        declaration,
        candidates,
    }: { dependent: Package; declaration: Dependency; candidates: readonly PackageId[] },
): PackageId | undefined {
    const { from } = declaration;
    const isLocal = dependent.origin === 'member' || dependent.origin === 'local';
    if (isLocal && from.type === 'path') {
        const local = graph.localsByFolder.get(from.folder);
        if (local?.id.name !== declaration.packageName || !versionFits(declaration, local.id)) return undefined;
        // A package that tests itself through a dependency need not be listed.
        if (local.root === dependent.root) return dependent.id;
        return candidates.find((id) => id.source === undefined && id.version === local.id.version);
    }
    let best: { readonly id: PackageId; readonly fit: number } | undefined;
    for (const id of candidates) {
        const fit = sourceFit({
            from,
            parent: dependent.id.source,
            source: id.source,
            isPatched: graph.patched.has(id.name),
        });
        if (fit === 0 || !versionFits(declaration, id)) continue;
        if (best === undefined || fit > best.fit || (fit === best.fit && isHigher(id, best.id))) best = { id, fit };
    }
    return best?.id;
}

function isHigher(a: PackageId, b: PackageId): boolean {
    const [x, y] = [versionOf(a.version), versionOf(b.version)];
    return x !== undefined && y !== undefined && compareVersions(x, y) > 0;
}

/** Members against the lock, and no cycle in the lock. Neither reads what was fetched. */
function checkLocals(graph: Graph, edges: LockedGraph['edges']): void {
    const { workspace, entries, problems } = graph;
    for (const { id, root } of workspace.members) {
        if (entries.has(packageKey(id))) edges(id);
        else if (graph.isPartial !== true)
            problems.push(graphProblems.memberNotLocked(id, manifestPath(root), workspace.root));
    }
    const next = (key: string): readonly string[] => {
        const entry = entries.get(key);
        if (entry === undefined) return [];
        if (entry.id.source !== undefined) return lockedDependencies(graph, entry).map(packageKey);
        // Only manifests tell what is for tests alone.
        return (graph.localsByKey.has(key) ? edges(entry.id) : [])
            .filter(({ declarations }) => declarations.some(({ kind }) => kind !== 'dev'))
            .map(({ to }) => packageKey(to));
    };
    const cycle = findCycle(
        workspace.members.map(({ id }) => packageKey(id)),
        next,
    );
    if (cycle === undefined) return;
    const names = cycle.map((key) => entries.get(key)?.id).filter((id) => id !== undefined);
    problems.push(graphProblems.cycle(names, workspace.root));
}
