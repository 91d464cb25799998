// Which features each package has, and why. (The Cargo Book, "Feature resolver version 2"; Cargo 1.95, `resolver/features.rs`.)
import { type Platform, platformMatches } from './cfg.ts';
import type { LockedGraph } from './locked-graph.ts';
import { type Dependency, libraryOf, type Package, type PackageId, packageKey } from './package.ts';

/** Code for the build machine may have other features than the same package for the target. */
export type Side = 'normal' | 'host';

export interface FeatureOptions {
    /** Build dependencies and proc macros have features of their own. */
    readonly splitsHost: boolean;
    /** Features that only dev-dependencies ask for do not count. */
    readonly ignoresDev: boolean;
    /** Tables of other platforms do not count. */
    readonly ignoresInactive: boolean;
    readonly host: Platform;
    readonly target: Platform;
    /** Features that the recipe turns on in addition. */
    readonly extra: (id: PackageId) => readonly string[];
}

export interface FeatureRoot {
    readonly package: Package;
    readonly side: Side;
    /** As in the manifest: `feature`, `dep:name`, `name/feature`. */
    readonly values: readonly string[];
}

export interface Features {
    /** In byte order. */
    readonly of: (which: Package, side: Side) => readonly string[];
    /** Whether an optional dependency, by its name in the manifest, is turned on. */
    readonly hasDependency: (which: Package, side: Side, name: string) => boolean;
    /** Whether a dependency, by its name in the manifest, has a feature. */
    readonly hasFeatureOfDependency: (which: Package, name: string, feature: string) => boolean;
    /** Package, side and feature → who turned it on first. */
    readonly reasons: ReadonlyMap<string, string>;
}

interface State {
    readonly graph: LockedGraph;
    readonly options: FeatureOptions;
    /** Only what is asked for itself brings its dev-dependencies along. */
    readonly roots: ReadonlySet<string>;
    readonly features: Map<string, Set<string>>;
    readonly dependencies: Map<string, Set<string>>;
    readonly processed: Set<string>;
    /** Weak features that wait for their dependency. */
    readonly deferred: Map<string, Set<string>>;
    readonly reasons: Map<string, string>;
}

/** Works outwards from the roots until nothing new is turned on. */
export function resolveFeatures(graph: LockedGraph, roots: readonly FeatureRoot[], options: FeatureOptions): Features {
    const state: State = {
        graph,
        options,
        roots: new Set(roots.map((root) => packageKey(root.package.id))),
        features: new Map(),
        dependencies: new Map(),
        processed: new Set(),
        deferred: new Map(),
        reasons: new Map(),
    };
    for (const { package: root, side, values } of roots) activatePackage(state, root, side, values, 'asked for');
    const key = (which: Package, side: Side): string => keyOf(which, options.splitsHost ? side : 'normal');
    const sorted = new Map<string, readonly string[]>();
    return {
        of: (which, side) => {
            const at = key(which, side);
            const known = sorted.get(at);
            if (known !== undefined) return known;
            const list = [...(state.features.get(at) ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
            sorted.set(at, list);
            return list;
        },
        hasDependency: (which, side, name) => state.dependencies.get(key(which, side))?.has(name) === true,
        hasFeatureOfDependency: (which, name, feature) =>
            followed(state, which, 'normal').some(
                (next) =>
                    next.declaration.name === name &&
                    state.features.get(key(next.package, next.side))?.has(feature) === true,
            ),
        reasons: state.reasons,
    };
}

function keyOf({ id }: Package, side: Side): string {
    return `${packageKey(id)} ${side}`;
}

/** Where features of a package are kept: without the split there is one place for both sides. */
function placeOf({ options }: State, which: Package, side: Side): string {
    return keyOf(which, options.splitsHost ? side : 'normal');
}

interface Followed {
    readonly package: Package;
    readonly declaration: Dependency;
    readonly side: Side;
}

/** Declarations that count on this side, each with the package that it leads to. */
function followed({ graph, options, roots }: State, which: Package, side: Side): readonly Followed[] {
    const found: Followed[] = [];
    for (const { to, declarations } of graph.edges(which.id)) {
        for (const declaration of declarations) {
            const { kind, platform } = declaration;
            if (options.ignoresInactive && platform !== undefined) {
                const runsOn = kind === 'build' || side === 'host' ? options.host : options.target;
                if (!platformMatches(platform, runsOn)) continue;
            }
            if (kind === 'dev' && (options.ignoresDev || !roots.has(packageKey(which.id)))) continue;
            const dependency = graph.package(to);
            if (dependency === undefined) continue;
            const isHost =
                side === 'host' ||
                (options.splitsHost && (kind === 'build' || libraryOf(dependency)?.kind === 'proc-macro'));
            found.push({ package: dependency, declaration, side: isHost ? 'host' : 'normal' });
        }
    }
    return found;
}

function activatePackage(state: State, which: Package, side: Side, values: readonly string[], reason: string): void {
    const place = placeOf(state, which, side);
    if (!state.features.has(place)) state.features.set(place, new Set());
    for (const value of values) activateValue(state, which, side, value, reason);
    const visit = keyOf(which, side);
    if (state.processed.has(visit)) return;
    state.processed.add(visit);
    for (const value of state.options.extra(which.id)) activateValue(state, which, side, value, 'the recipe');
    for (const next of followed(state, which, side)) {
        if (!next.declaration.optional) activateDependency(state, which, next);
    }
}

function activateDependency(state: State, from: Package, next: Followed): void {
    const { features, defaultFeatures } = next.declaration;
    const hasDefault = defaultFeatures && next.package.features.has('default');
    const values = hasDefault ? [...features, 'default'] : features;
    activatePackage(state, next.package, next.side, values, `dependency of ${from.id.name} ${from.id.version}`);
}

function activateValue(state: State, which: Package, side: Side, value: string, reason: string): void {
    if (value.startsWith('dep:')) {
        activateOptional(state, which, side, value.slice('dep:'.length));
        return;
    }
    const slash = value.indexOf('/');
    if (slash < 0) {
        activateFeature(state, which, side, value, reason);
        return;
    }
    const isWeak = value[slash - 1] === '?';
    const name = value.slice(0, isWeak ? slash - 1 : slash);
    activateDependencyFeature(state, { which, side, name, feature: value.slice(slash + 1), isWeak });
}

function activateFeature(state: State, which: Package, side: Side, feature: string, reason: string): void {
    const place = placeOf(state, which, side);
    const known = state.features.get(place) ?? new Set();
    state.features.set(place, known);
    if (known.has(feature)) return;
    known.add(feature);
    state.reasons.set(`${place} ${feature}`, reason);
    const because = `feature \`${feature}\` of ${which.id.name} ${which.id.version}`;
    for (const value of which.features.get(feature) ?? []) activateValue(state, which, side, value, because);
}

function activateOptional(state: State, which: Package, side: Side, name: string): void {
    const place = placeOf(state, which, side);
    const known = state.dependencies.get(place) ?? new Set();
    state.dependencies.set(place, known);
    known.add(name);
    const waiting = `${keyOf(which, side)} ${name}`;
    const weak = state.deferred.get(waiting) ?? new Set();
    state.deferred.delete(waiting);
    const because = `optional dependency of ${which.id.name} ${which.id.version}`;
    for (const next of followed(state, which, side)) {
        if (next.declaration.name !== name) continue;
        for (const feature of weak) activateValue(state, next.package, next.side, feature, because);
        activateDependency(state, which, next);
    }
}

interface DependencyFeature {
    readonly which: Package;
    readonly side: Side;
    readonly name: string;
    readonly feature: string;
    readonly isWeak: boolean;
}

/** `name/feature` turns the dependency on, and the feature that has its name; `name?/feature` waits for somebody else to. */
function activateDependencyFeature(state: State, { which, side, name, feature, isWeak }: DependencyFeature): void {
    const because = `\`${name}${isWeak ? '?' : ''}/${feature}\` of ${which.id.name} ${which.id.version}`;
    for (const next of followed(state, which, side)) {
        if (next.declaration.name !== name) continue;
        if (next.declaration.optional) {
            const isOn = state.dependencies.get(placeOf(state, which, side))?.has(name) === true;
            if (isWeak && !isOn) {
                const waiting = `${keyOf(which, side)} ${name}`;
                state.deferred.set(waiting, (state.deferred.get(waiting) ?? new Set()).add(feature));
                continue;
            }
            activateOptional(state, which, side, name);
            if (!isWeak && which.features.has(name)) activateFeature(state, which, side, name, because);
        }
        activateValue(state, next.package, next.side, feature, because);
    }
}
