// Cargo's feature resolver, versions 1 to 3: which features of which packages are on, and who turned them on.
// Version 2 and later keep two worlds: what runs on the build machine (build scripts, procedural macros and all they
// need) may have other features than the product.
import { compareBytes } from '../plan/bytes.ts';
import { type Dependency, libraryOf } from './package.ts';
import type { PackageNode } from './package-node.ts';
import type { Platforms } from './platforms.ts';

export type World = 'normal' | 'host';

/** Why a feature is on. Following `package` leads to what was asked for. */
export type FeatureReason =
    | { readonly by: 'request' }
    /** Another feature, of the same package or of one that depends on it. */
    | { readonly by: 'feature'; readonly package: PackageNode; readonly world: World; readonly feature: string }
    /** The entry of a dependency table. */
    | { readonly by: 'dependency'; readonly package: PackageNode; readonly world: World; readonly name: string };

export interface ResolvedFeatures {
    /** Byte order. The same list for the same question. */
    readonly of: (node: PackageNode, world: World) => readonly string[];
    readonly reasons: (node: PackageNode, world: World) => ReadonlyMap<string, FeatureReason>;
    /** Whether an optional dependency, by its key in the tables, is on. */
    readonly uses: (node: PackageNode, world: World, name: string) => boolean;
    /** Everything that was visited, in the order of visiting. */
    readonly entries: () => readonly FeatureEntry[];
}

export interface FeatureEntry {
    readonly package: PackageNode;
    readonly world: World;
    readonly features: ReadonlyMap<string, FeatureReason>;
    readonly optionalDependencies: readonly string[];
}

export interface FeatureRequest {
    readonly package: PackageNode;
    /** `feature` and `dependency/feature`. */
    readonly features: readonly string[];
    readonly all: boolean;
    readonly defaults: boolean;
}

export interface FeatureRules {
    /** One world for all, dependencies of all platforms and kinds unified: resolver 1. */
    readonly unified: boolean;
    /** Tests, benchmarks or examples are among what is built, so that their dependencies count. */
    readonly development: boolean;
    readonly platforms: Platforms;
}

interface Cell {
    readonly node: PackageNode;
    readonly world: World;
    readonly features: Map<string, FeatureReason>;
    readonly optional: Set<string>;
    /** Features of `dependency?/feature` that wait for the dependency. */
    readonly deferred: Map<string, Map<string, FeatureReason>>;
    /** What is asked of dependencies, by key in the tables. */
    links: readonly Link[] | undefined;
    dependenciesDone: boolean;
    sorted: readonly string[] | undefined;
}

interface Link {
    readonly declaration: Dependency;
    readonly to: () => Cell;
}

const none: ReadonlyMap<string, FeatureReason> = new Map();

export function resolveFeatures(requests: readonly FeatureRequest[], rules: FeatureRules): ResolvedFeatures {
    const cells = { normal: new Map<PackageNode, Cell>(), host: new Map<PackageNode, Cell>() };
    const all: Cell[] = [];

    const cellOf = (node: PackageNode, world: World): Cell => {
        const known = cells[world].get(node);
        if (known !== undefined) return known;
        const cell: Cell = {
            node,
            world,
            features: new Map(),
            optional: new Set(),
            deferred: new Map(),
            links: undefined,
            dependenciesDone: false,
            sorted: undefined,
        };
        cells[world].set(node, cell);
        all.push(cell);
        return cell;
    };

    const counts = (declaration: Dependency, world: World): boolean => {
        if (rules.unified) return true;
        if (declaration.kind === 'dev' && !rules.development) return false;
        const kind = declaration.kind === 'build' || world === 'host' ? 'host' : 'target';
        return rules.platforms.counts(declaration, kind);
    };

    const linksOf = (cell: Cell): readonly Link[] =>
        (cell.links ??= cell.node.edges().flatMap(({ to, declarations }) =>
            declarations
                .filter((declaration) => counts(declaration, cell.world))
                .map((declaration) => ({
                    declaration,
                    to: () => cellOf(to(), worldBelow(cell, declaration, to)),
                })),
        ));

    const worldBelow = ({ world }: Cell, { kind }: Dependency, to: () => PackageNode): World => {
        if (rules.unified || world === 'host') return world;
        return kind === 'build' || libraryOf(to().package)?.kind === 'proc-macro' ? 'host' : world;
    };

    const activate = (cell: Cell, values: readonly string[], reason: FeatureReason): void => {
        for (const value of values) activateValue(cell, value, reason);
        if (cell.dependenciesDone) return;
        cell.dependenciesDone = true;
        for (const link of linksOf(cell)) if (!link.declaration.optional) activateLink(cell, link);
    };

    const activateLink = (cell: Cell, { declaration, to }: Link): void => {
        const below = to();
        const reason: FeatureReason = { by: 'dependency', ...whereOf(cell), name: declaration.name };
        const values = [...declaration.features];
        if (declaration.defaultFeatures && below.node.package.features.has('default')) values.push('default');
        activate(below, values, reason);
    };

    const activateValue = (cell: Cell, value: string, reason: FeatureReason): void => {
        const slash = value.indexOf('/');
        if (slash !== -1) {
            const weak = value[slash - 1] === '?';
            const name = value.slice(0, weak ? slash - 1 : slash);
            activateBelow(cell, { name, feature: value.slice(slash + 1), weak }, reason);
        } else if (value.startsWith('dep:')) activateOptional(cell, value.slice('dep:'.length));
        else activateFeature(cell, value, reason);
    };

    const activateFeature = (cell: Cell, feature: string, reason: FeatureReason): void => {
        if (cell.features.has(feature)) return;
        cell.features.set(feature, reason);
        const values = cell.node.package.features.get(feature);
        if (values === undefined) return;
        const because: FeatureReason = { by: 'feature', ...whereOf(cell), feature };
        for (const value of values) activateValue(cell, value, because);
    };

    const activateOptional = (cell: Cell, name: string): void => {
        cell.optional.add(name);
        const waiting = cell.deferred.get(name);
        cell.deferred.delete(name);
        for (const link of linksOf(cell)) {
            if (link.declaration.name !== name) continue;
            for (const [feature, reason] of waiting ?? []) activateValue(link.to(), feature, reason);
            activateLink(cell, link);
        }
    };

    /** `name/feature` and `name?/feature`. */
    const activateBelow = (
        cell: Cell,
        { name, feature, weak }: { readonly name: string; readonly feature: string; readonly weak: boolean },
        reason: FeatureReason,
    ): void => {
        for (const { declaration, to } of linksOf(cell)) {
            if (declaration.name !== name) continue;
            if (declaration.optional) {
                if (weak && !cell.optional.has(name)) {
                    const waiting = cell.deferred.get(name) ?? new Map<string, FeatureReason>();
                    if (!waiting.has(feature)) waiting.set(feature, reason);
                    cell.deferred.set(name, waiting);
                    continue;
                }
                activateOptional(cell, name);
                // As before there was `dep:`; a dependency that `dep:` hides has no such feature.
                if (!weak && cell.node.package.features.has(name)) activateFeature(cell, name, reason);
            }
            activateValue(to(), feature, reason);
        }
    };

    for (const request of requests) {
        const node = request.package;
        const { features, targets } = node.package;
        const values = [...request.features];
        if (request.defaults && features.has('default')) values.push('default');
        if (request.all) values.push(...features.keys());
        activate(cellOf(node, 'normal'), values, { by: 'request' });
        // A procedural macro that was selected is needed by the machine too.
        if (!rules.unified && targets.some(({ crateTypes }) => crateTypes.includes('proc-macro')))
            activate(cellOf(node, 'host'), values, { by: 'request' });
    }

    const find = (node: PackageNode, world: World): Cell | undefined =>
        cells[rules.unified ? 'normal' : world].get(node);
    return {
        of: (node, world) => {
            const cell = find(node, world);
            return cell === undefined ? [] : (cell.sorted ??= [...cell.features.keys()].sort(compareBytes));
        },
        reasons: (node, world) => find(node, world)?.features ?? none,
        uses: (node, world, name) => find(node, world)?.optional.has(name) ?? false,
        entries: () =>
            all.map(({ node, world, features, optional }) => ({
                package: node,
                world,
                features,
                optionalDependencies: [...optional].sort(compareBytes),
            })),
    };
}

function whereOf({ node, world }: Cell): { readonly package: PackageNode; readonly world: World } {
    return { package: node, world };
}
