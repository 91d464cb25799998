// What takes the place of Cargo.lock when the crates that are there decide, for all packages or for some.
import type { PlatformFacts } from './cfg.ts';
import type { LoadPackage } from './load-package.ts';
import type { LockedPackage } from './lock-file.ts';
import { type Dependency, type Package, type PackageId } from './package.ts';
import { comparePackageIds } from './package-order.ts';
import { compatibleKey } from './compatible-key.ts';
import { platforms } from './platforms.ts';
import type { CargoProblem } from './problem.ts';
import type { MemberFeatures } from './requested-features.ts';
import { resolve } from './resolve.ts';
import { needsDevelopment } from './roots.ts';
import { sourceFit } from './source-fit.ts';
import { askedOf, type UnitRequest } from './unit-graph.ts';
import { versionFits } from './version-fits.ts';

/** One thing that is to be built. */
export type UnitAsk = Pick<UnitRequest, 'selection' | 'features'>;

export interface LockQuestion extends Pick<UnitRequest, 'workspace'> {
    readonly asks: readonly UnitAsk[];
    /** Packages to choose from that do not belong to local folders. */
    readonly available: readonly PackageId[];
    /** What cannot be read becomes one of `told`. */
    readonly load: LoadPackage;
    readonly told: readonly CargoProblem[];
    /** Features of a package that are on whoever depends on it. */
    readonly extraFeatures?: (id: PackageId) => readonly string[];
    readonly host: PlatformFacts;
    readonly target: PlatformFacts | undefined;
    /** Checksums, where known. */
    readonly checksum: (id: PackageId) => string | undefined;
}

export interface DecidedLock {
    /** Only what the build needs. */
    readonly packages: readonly LockedPackage[];
    readonly problems: readonly CargoProblem[];
}

export function decideLock(question: LockQuestion): DecidedLock {
    const { workspace, asks, load, host, target } = question;
    const nameable = [...workspace.locals, ...question.available.map((id) => ({ id, root: '' }))];
    const asked = asks.map((ask) => ({ ...ask, ...askedOf({ workspace, ...ask }, nameable) }));
    const wrong = asked.flatMap((one) => one.problems);
    if (wrong.length > 0) return { packages: [], problems: wrong };
    const found = platforms(host, target);
    const requests = asked.flatMap((one) => one.requests);
    const roots = new Set(requests.map((request) => request.package));
    const tested = new Set(
        asked.flatMap(({ selection, requests: own }) =>
            needsDevelopment(selection.intent, selection.targets) ? own.map((request) => request.package) : [],
        ),
    );
    const byName = Map.groupBy([...question.available].sort(comparePackageIds), ({ name }) => name);
    const candidates = candidateFinder(question, byName);
    const { packages, dependencies, isComplete, problems } = resolve({
        roots: requests.map((request) => ({ package: request.package, features: featuresOf(request) })),
        package: load,
        extraFeatures: question.extraFeatures ?? (() => []),
        candidates,
        counts: (dependent, declaration) =>
            (declaration.kind !== 'dev' || tested.has(dependent)) &&
            (found.counts(declaration, 'host') || found.counts(declaration, 'target')),
        // The first resolver lets what nobody builds turn features on.
        mayCount: (dependent, { kind }) => workspace.resolver === '1' && (kind !== 'dev' || roots.has(dependent)),
        versions: (name) => byName.get(name) ?? [],
    });
    return {
        problems: isComplete ? [] : [...question.told, ...problems],
        packages: packages
            .toSorted((a, b) => comparePackageIds(a.id, b.id))
            .map((one): LockedPackage => {
                const below = dependencies(one).map(({ id }) => id);
                const texts = below.toSorted(comparePackageIds).map(dependencyText);
                return { ...one.id, checksum: question.checksum(one.id), dependencies: [...new Set(texts)] };
            }),
    };
}

type NameAndVersion = Pick<PackageId, 'name' | 'version'>;

/**
 * What can be chosen from: `there` are crates of a registry or of a folder, `replaced` those that the recipe has a source
 * for, which stand in for all versions that count as the same.
 */
export function availablePackages(
    { policy, unlock }: { readonly policy: 'require' | 'patch' | 'resolve'; readonly unlock: readonly string[] },
    lock: readonly LockedPackage[],
    {
        there,
        replaced = [],
    }: { readonly there: readonly NameAndVersion[]; readonly replaced?: readonly NameAndVersion[] },
): readonly PackageId[] {
    const isOpen = ({ name, source }: Pick<PackageId, 'name' | 'source'>): boolean =>
        source?.startsWith('git+') !== true && (policy === 'resolve' || unlock.includes(name));
    const standsIn = (one: NameAndVersion): boolean =>
        replaced.some((other) => compatibleKey(other) === compatibleKey(one));
    const fetched = lock.filter(({ source }) => source !== undefined);
    const registry = fetched.find(({ source }) => source?.startsWith('git+') === false)?.source ?? usualRegistry;
    return [
        ...fetched
            .filter((one) => !isOpen(one) && !standsIn(one))
            .map(({ name, version, source }) => ({ name, version, source })),
        ...there
            .filter((one) => isOpen({ ...one, source: undefined }) && !standsIn(one))
            .map(({ name, version }) => ({ name, version, source: registry })),
        ...replaced.map(({ name, version }) => {
            const before = fetched.find((one) => compatibleKey(one) === compatibleKey({ name, version }));
            return { name, version, source: before?.source ?? registry };
        }),
    ];
}

/** How Cargo.lock calls the registry that everybody means who names none. */
const usualRegistry = 'registry+https://github.com/rust-lang/crates.io-index';

function featuresOf({ package: { features: known }, features, all, defaults }: MemberFeatures): readonly string[] {
    const byDefault = defaults && known.has('default') ? ['default'] : [];
    return [...features, ...byDefault, ...(all ? known.keys() : [])];
}

function dependencyText({ name, version, source }: PackageId): string {
    const bare = source?.startsWith('git+') === true ? source.split('#')[0] : source;
    return bare === undefined ? `${name} ${version}` : `${name} ${version} (${bare})`;
}

/** Newest first; of equal versions what `[patch]` puts in place of another comes first. */
function candidateFinder(
    { workspace }: LockQuestion,
    byName: ReadonlyMap<string, readonly PackageId[]>,
): (dependent: Package, declaration: Dependency) => readonly PackageId[] {
    const patchNames = new Set(workspace.patches.map(({ dependency }) => dependency.packageName));
    const patchFolders = new Set(
        workspace.patches.flatMap(({ dependency: { from } }) => (from.type === 'path' ? [from.folder] : [])),
    );
    const patches = workspace.locals.filter(({ root }) => patchFolders.has(root)).map(({ id }) => id);
    return (dependent, declaration) => {
        const { from, packageName } = declaration;
        const isLocal = dependent.origin === 'member' || dependent.origin === 'local';
        if (isLocal && from.type === 'path') {
            const local = workspace.locals.find(({ root }) => root === from.folder);
            return local?.id.name === packageName && versionFits(declaration, local.id) ? [local.id] : [];
        }
        const isPatched = patchNames.has(packageName);
        const fitting = [...(byName.get(packageName) ?? []), ...patches.filter(({ name }) => name === packageName)]
            .filter((id) => versionFits(declaration, id))
            .map((id) => ({
                id,
                fit: sourceFit({ from, parent: dependent.id.source, source: id.source, isPatched: false }),
                isPatch: isPatched && isStandIn(declaration, id),
            }))
            .filter(({ fit, isPatch }) => fit > 0 || isPatch);
        const best = Math.max(...fitting.map(({ fit }) => fit));
        return fitting
            .filter(({ fit, isPatch }) => isPatch || fit === best)
            .toSorted(
                (a, b) =>
                    -comparePackageIds({ ...a.id, source: undefined }, { ...b.id, source: undefined }) ||
                    Number(b.isPatch) - Number(a.isPatch),
            )
            .map(({ id }) => id);
    };
}

/** Whether the package comes from somewhere that only `[patch]` can mean. */
function isStandIn({ from }: Dependency, { source }: PackageId): boolean {
    if (source === undefined) return true;
    return (from.type === 'git') !== source.startsWith('git+');
}
