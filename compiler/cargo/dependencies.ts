// Dependency tables of a manifest. (The Cargo Book, "Specifying Dependencies"; inheritance from `[workspace.dependencies]`.)
import { joinPath } from './folder-path.ts';
import type { Dependency, DependencyKind, DependencySource } from './package.ts';
import { boolAt, firstAt, isTable, type Table, tableAt, textAt, textsAt } from './toml-table.ts';

/** What a package may inherit, with the folder that paths in it start from. */
export interface Inherited {
    readonly root: string;
    /** `[workspace]` of the root manifest. */
    readonly table: Table;
}

/** `say` is told what is wrong, one line each. */
export interface DependencyContext {
    readonly root: string;
    readonly inherited: Inherited | undefined;
    readonly say: (message: string) => void;
}

const tables: readonly (readonly [DependencyKind, readonly string[]])[] = [
    ['normal', ['dependencies']],
    ['dev', ['dev-dependencies', 'dev_dependencies']],
    ['build', ['build-dependencies', 'build_dependencies']],
];

/** All declarations, in the order of the manifest. */
export function readDependencies(manifest: Table, context: DependencyContext): readonly Dependency[] {
    const platforms = Object.entries(tableAt(manifest, 'target'));
    return [
        ...tablesOf(manifest, undefined, context),
        ...platforms.flatMap(([platform, table]) => (isTable(table) ? tablesOf(table, platform, context) : [])),
    ];
}

function tablesOf(owner: Table, platform: string | undefined, context: DependencyContext): readonly Dependency[] {
    return tables.flatMap(([kind, keys]) => {
        const table = firstAt(owner, ...keys);
        if (!isTable(table)) return [];
        return Object.entries(table).flatMap(([name, value]) => {
            const dependency = readDependency({ name, kind, platform }, value, context);
            return dependency === undefined ? [] : [dependency];
        });
    });
}

function readDependency(
    which: Pick<Dependency, 'name' | 'kind' | 'platform'>,
    value: unknown,
    context: DependencyContext,
): Dependency | undefined {
    const own = asTable(value);
    if (own === undefined) {
        context.say(`dependency \`${which.name}\` is neither a version nor a table`);
        return undefined;
    }
    if (boolAt(own, 'workspace') !== true) return complete(which, own, context.root, context);
    const shared = asTable(tableAt(context.inherited?.table ?? {}, 'dependencies')[which.name]);
    if (context.inherited === undefined || shared === undefined) {
        context.say(`\`${which.name}.workspace = true\`, but the workspace has no dependency \`${which.name}\``);
        return undefined;
    }
    return complete(which, inherit(own, shared), context.inherited.root, context);
}

function asTable(value: unknown): Table | undefined {
    return typeof value === 'string' ? { version: value } : isTable(value) ? value : undefined;
}

/** Features add up, `optional` is the member's, and a member can only turn default features on. */
function inherit(own: Table, shared: Table): Table {
    const ownDefault = defaultsOf(own);
    const isOn = defaultsOf(shared) !== false || ownDefault === true;
    const features = [...(textsAt(shared, 'features') ?? []), ...(textsAt(own, 'features') ?? [])];
    return { ...shared, features, 'default-features': isOn, optional: boolAt(own, 'optional') ?? false };
}

function defaultsOf(table: Table): boolean | undefined {
    return boolAt(table, 'default-features') ?? boolAt(table, 'default_features');
}

function complete(
    { name, kind, platform }: Pick<Dependency, 'name' | 'kind' | 'platform'>,
    table: Table,
    root: string,
    { say }: DependencyContext,
): Dependency {
    if (firstAt(table, 'artifact') !== undefined) {
        say(`dependency \`${name}\` asks for an artifact, which is unstable and not supported`);
    }
    return {
        name,
        packageName: textAt(table, 'package') ?? name,
        isRenamed: textAt(table, 'package') !== undefined,
        kind,
        platform,
        optional: boolAt(table, 'optional') ?? false,
        features: textsAt(table, 'features') ?? [],
        defaultFeatures: defaultsOf(table) ?? true,
        requirement: textAt(table, 'version') ?? '*',
        from: sourceOf(table, root),
    };
}

function sourceOf(table: Table, root: string): DependencySource {
    const path = textAt(table, 'path');
    if (path !== undefined) return { type: 'path', folder: joinPath(root, path) };
    const url = textAt(table, 'git');
    if (url === undefined) {
        return { type: 'registry', registry: textAt(table, 'registry-index') ?? textAt(table, 'registry') };
    }
    const reference = ['branch', 'tag', 'rev'].flatMap((key) => {
        const value = textAt(table, key);
        return value === undefined ? [] : [`${key}=${value}`];
    });
    return { type: 'git', url, reference: reference[0] };
}
