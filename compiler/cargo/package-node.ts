// The locked graph as objects with an identity, so that what is computed per package needs no text keys.
import type { LockedGraph } from './locked-graph.ts';
import { type Dependency, type Package, type PackageId, packageKey } from './package.ts';

export interface PackageNode {
    readonly package: Package;
    /** Its place among the packages seen so far. */
    readonly index: number;
    readonly edges: () => readonly NodeEdge[];
}

export interface NodeEdge {
    readonly to: () => PackageNode;
    readonly declarations: readonly Dependency[];
}

export type NodeOf = (id: PackageId) => PackageNode;

/**
 * The nodes of a graph, each made when it is asked for. Development dependencies count only for packages that were selected: those of another member are not part of what
 * Cargo resolves.
 */
export function packageNodes(graph: LockedGraph, selected: readonly PackageId[]): NodeOf {
    const withDevelopment = new Set(selected.map(packageKey));
    const nodes = new Map<string, PackageNode>();
    const nodeOf = (id: PackageId): PackageNode => {
        const key = packageKey(id);
        const known = nodes.get(key);
        if (known !== undefined) return known;
        const node: PackageNode = {
            package: graph.package(id) ?? nothing(id),
            index: nodes.size,
            edges: once(() => edgesOf(id, withDevelopment.has(key))),
        };
        nodes.set(key, node);
        return node;
    };
    const edgesOf = (id: PackageId, development: boolean): readonly NodeEdge[] =>
        graph.edges(id).flatMap(({ to, declarations }) => {
            const counted = development ? declarations : declarations.filter(({ kind }) => kind !== 'dev');
            return counted.length === 0 ? [] : [{ to: once(() => nodeOf(to)), declarations: counted }];
        });
    return nodeOf;
}

/** In place of a package that cannot be had, so that all of these are found, and told, at once. */
function nothing(id: PackageId): Package {
    return {
        id,
        root: '',
        origin: 'registry',
        edition: '',
        links: undefined,
        rustVersion: undefined,
        dependencies: [],
        features: new Map(),
        targets: [],
        about: {
            authors: [],
            description: '',
            homepage: '',
            repository: '',
            license: '',
            licenseFile: '',
            readme: '',
        },
        lints: [],
        checkCfg: [],
    };
}

function once<Value>(make: () => Value): () => Value {
    let made: { readonly value: Value } | undefined;
    return () => (made ??= { value: make() }).value;
}
