// Cargo.lock and manifests → which package depends on which, each edge with the declarations that it satisfies. Packages
// are read when they are asked for: one that no platform needs does not have to be there. (Cargo 1.95, `ops/resolve.rs`.)
import { compareBytes } from '../plan/bytes.ts';
import type { FolderView } from './folder-view.ts';
import type { LockedPackage } from './lock-file.ts';
import { packageOf, readManifest } from './manifest.ts';
import { type Dependency, type Package, type PackageId, packageKey } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { matches, parseRequirement, type Requirement } from './requirement.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';
import type { Workspace } from './workspace.ts';

export interface Edge {
    readonly to: PackageId;
    readonly declarations: readonly Dependency[];
}

export interface LockedGraph {
    /** Undefined when the package cannot be had; `problems` then says why. */
    readonly package: (id: PackageId) => Package | undefined;
    /** By package: name, version, source. */
    readonly edges: (id: PackageId) => readonly Edge[];
    /** What was found wrong so far. */
    readonly problems: readonly CargoProblem[];
}

export interface LockedGraphRequest {
    readonly workspace: Workspace;
    readonly lock: readonly LockedPackage[];
    readonly view: FolderView;
    /** Folder of a crate's sources; for a crate of a repository, of the package in its checkout. */
    readonly crateFolder: (id: PackageId) => string | undefined;
}

const outdated =
    'the lock file belongs to other manifests: bring it up to date with `cargo update --workspace`, and pin the sources again';

export function lockedGraph(request: LockedGraphRequest): LockedGraph {
    const { workspace, lock } = request;
    const problems: CargoProblem[] = [];
    const locals = new Map(workspace.locals.map((local) => [packageKey(local.id), local]));
    const locked = new Map(lock.map((entry) => [packageKey(entry), entry]));
    const byName = Map.groupBy(lock, ({ name }) => name);
    const packages = new Map<string, Package | undefined>();
    const edges = new Map<string, readonly Edge[]>();
    const load = (id: PackageId): Package | undefined => {
        const key = packageKey(id);
        if (!packages.has(key)) packages.set(key, locals.get(key) ?? readCrate(request, id, problems));
        return packages.get(key);
    };
    const edgesOf = (id: PackageId): readonly Edge[] => {
        const key = packageKey(id);
        const known = edges.get(key);
        if (known !== undefined) return known;
        const owner = load(id);
        const entry = locked.get(key);
        if (owner !== undefined && entry === undefined) problems.push(notLocked(owner));
        const found =
            owner === undefined || entry === undefined ? [] : edgesFrom(owner, candidatesOf(entry, byName), problems);
        edges.set(key, found);
        return found;
    };
    return { package: load, edges: edgesOf, problems };
}

function notLocked({ id, root }: Package): CargoProblem {
    return {
        code: 'cargo/lock-mismatch',
        message: 'the lock file does not have this package',
        package: `${id.name} ${id.version}`,
        file: `${root}/Cargo.toml`,
        help: outdated,
    };
}

/** Lock entries that a package's dependency lines name. */
function candidatesOf(
    { dependencies }: LockedPackage,
    byName: ReadonlyMap<string, readonly LockedPackage[]>,
): readonly LockedPackage[] {
    return dependencies.flatMap((line) => {
        const [name = '', version, source] = line.split(' ');
        const named = (byName.get(name) ?? []).filter((entry) => version === undefined || entry.version === version);
        const exact =
            source === undefined ? named : named.filter((entry) => sameSource(entry.source, source.slice(1, -1)));
        return exact.length > 0 ? exact : named;
    });
}

/** A dependency line may leave away the commit of a repository. */
function sameSource(source: string | undefined, wanted: string): boolean {
    return source === wanted || source?.split('#')[0] === wanted.split('#')[0];
}

function edgesFrom(owner: Package, candidates: readonly LockedPackage[], problems: CargoProblem[]): readonly Edge[] {
    const found = new Map<string, { readonly to: PackageId; readonly declarations: Dependency[] }>();
    for (const declaration of owner.dependencies) {
        if (declaration.kind === 'dev' && owner.origin !== 'member') continue;
        const chosen = chosenFor(declaration, candidates);
        if (chosen === undefined) {
            if (!declaration.optional && owner.origin === 'member') problems.push(unsatisfied(owner, declaration));
            continue;
        }
        const key = packageKey(chosen);
        const { name, version, source } = chosen;
        const edge = found.get(key) ?? { to: { name, version, source }, declarations: [] };
        edge.declarations.push(declaration);
        found.set(key, edge);
    }
    return [...found.values()].sort((a, b) => compareIds(a.to, b.to));
}

function unsatisfied({ id, root }: Package, { packageName, requirement }: Dependency): CargoProblem {
    return {
        code: 'cargo/lock-mismatch',
        message: `the lock file has no \`${packageName}\` that satisfies \`${requirement}\``,
        package: `${id.name} ${id.version}`,
        file: `${root}/Cargo.toml`,
        help: outdated,
    };
}

/** The newest candidate that fits. A registry's crate may have been patched to lie in a folder or a repository. */
function chosenFor(declaration: Dependency, candidates: readonly LockedPackage[]): LockedPackage | undefined {
    // Nothing said of a folder's or a repository's version takes any, versions before a release too.
    const takesAny = declaration.from.type !== 'registry' && declaration.requirement === '*';
    const requirement = takesAny ? undefined : requirementOf(declaration.requirement);
    const fitting = candidates.filter(
        (candidate) =>
            candidate.name === declaration.packageName &&
            isPossibleSource(declaration, candidate) &&
            (requirement === undefined || matchesVersion(requirement, candidate.version)),
    );
    const preferred = fitting.filter((candidate) => isOwnSource(declaration, candidate));
    const from = preferred.length > 0 ? preferred : fitting;
    return from.reduce<LockedPackage | undefined>(
        (best, next) => (best === undefined || compareIds(best, next) < 0 ? next : best),
        undefined,
    );
}

function isPossibleSource({ from }: Dependency, { source }: LockedPackage): boolean {
    if (from.type === 'path') return source === undefined;
    return from.type === 'registry' || source === undefined || source.startsWith('git+');
}

function isOwnSource({ from }: Dependency, { source }: LockedPackage): boolean {
    if (from.type === 'path') return source === undefined;
    if (from.type === 'registry') return source !== undefined && !source.startsWith('git+');
    return source?.startsWith(`git+${from.url}`) === true;
}

const requirements = new Map<string, Requirement | undefined>();

function requirementOf(text: string): Requirement | undefined {
    if (!requirements.has(text)) requirements.set(text, parseRequirement(text));
    return requirements.get(text);
}

const versions = new Map<string, Version | undefined>();

function versionOf(text: string): Version | undefined {
    if (!versions.has(text)) versions.set(text, parseVersion(text));
    return versions.get(text);
}

function matchesVersion(requirement: Requirement, text: string): boolean {
    const version = versionOf(text);
    return version !== undefined && matches(requirement, version);
}

/** Cargo's order of packages: name, version, and local folders before everything else. */
function compareIds(a: PackageId, b: PackageId): number {
    const [left, right] = [versionOf(a.version), versionOf(b.version)];
    return (
        compareBytes(a.name, b.name) ||
        (left === undefined || right === undefined ? 0 : compareVersions(left, right)) ||
        compareBytes(a.source ?? '', b.source ?? '')
    );
}

function readCrate(
    { view, crateFolder }: LockedGraphRequest,
    id: PackageId,
    problems: CargoProblem[],
): Package | undefined {
    const root = crateFolder(id);
    const title = `${id.name} ${id.version}`;
    if (root === undefined && id.source === undefined) {
        problems.push({
            code: 'cargo/lock-mismatch',
            message: 'the lock file has this as a package of the workspace, which has no such package or version',
            package: title,
            help: outdated,
        });
        return undefined;
    }
    if (root === undefined) {
        problems.push({
            code: 'cargo/missing-crate',
            message: 'the sources of this crate are not there',
            package: title,
            help: 'add the crate to the folder of crates, or let `vendor.from = crates` fetch it',
        });
        return undefined;
    }
    const read = readManifest(view, root);
    if (!read.ok) {
        problems.push({ ...read.problem, package: title });
        return undefined;
    }
    const origin = id.source?.startsWith('git+') === true ? 'git' : 'registry';
    const made = packageOf({ view, root, manifest: read.table, origin, source: id.source, inherited: undefined });
    problems.push(...made.problems.map((problem) => ({ ...problem, package: title })));
    if (made.package.id.name === id.name && made.package.id.version === id.version) return made.package;
    problems.push({
        code: 'cargo/lock-mismatch',
        message: `its manifest says \`${made.package.id.name} ${made.package.id.version}\``,
        package: title,
        file: `${root}/Cargo.toml`,
        help: 'put the crate that the lock file names into this folder',
    });
    return undefined;
}
