// What members take over from `[workspace.package]`, `[workspace.dependencies]` and `[workspace.lints]`.
import { normalPath } from '../module-path.ts';
import type { FolderView } from './folder-view.ts';
import type { ManifestFile } from './manifest-file.ts';
import { badManifest, isTable, isTexts, type Reading, type Table } from './toml-table.ts';

/** The manifest of the workspace's root, looked for only by those that inherit. */
export type FindWorkspace = () => ManifestFile | undefined;

const inheritable = new Set([
    'authors',
    'categories',
    'description',
    'documentation',
    'edition',
    'exclude',
    'homepage',
    'include',
    'keywords',
    'license',
    'license-file',
    'publish',
    'readme',
    'repository',
    'rust-version',
    'version',
]);

function inherits(value: unknown): value is Table {
    return isTable(value) && value['workspace'] === true;
}

/** The root's `[workspace]` table; its absence is a problem of who wants to inherit. */
function workspaceTable(reading: Reading, what: string, find: FindWorkspace): Table | undefined {
    const table = find()?.document['workspace'];
    if (isTable(table)) return table;
    badManifest(reading, `\`${what}\` is inherited, and there is no workspace to inherit from`);
    return undefined;
}

/** `[package]` with every `KEY.workspace = true` replaced. */
export function inheritPackage(
    reading: Reading,
    { view, folder, table, find }: { view: FolderView; folder: string; table: Table; find: FindWorkspace },
): Table {
    if (!Object.values(table).some(inherits)) return table;
    const merged: Record<string, unknown> = { ...table };
    for (const [key, value] of Object.entries(table)) {
        if (!inherits(value) || !inheritable.has(key)) continue;
        const workspace = workspaceTable(reading, key, find);
        const shared = workspace?.['package'];
        const root = find()?.folder ?? folder;
        const inherited = isTable(shared) ? shared[key] : undefined;
        const found = rebased(key, key === 'readme' ? readmeOf(view, root, inherited) : inherited, root, folder);
        if (found === undefined && workspace !== undefined) {
            badManifest(reading, `\`workspace.package.${key}\` is inherited, and the workspace does not define it`);
        }
        if (found === undefined) Reflect.deleteProperty(merged, key);
        else merged[key] = found;
    }
    return merged;
}

function rebased(key: string, value: unknown, root: string, folder: string): unknown {
    const isPath = (key === 'readme' || key === 'license-file') && typeof value === 'string';
    return isPath ? relativePath(folder, normalPath(`${root}/${value}`)) : value;
}

const usualReadmes = ['README.md', 'README.txt', 'README'];

/** The name of the readme: written, switched off, or one of the usual names that exists. */
export function readmeOf(view: FolderView, folder: string, value: unknown): string | undefined {
    if (typeof value === 'string') return value;
    if (value === true) return usualReadmes[0];
    return value === undefined ? usualReadmes.find((name) => view.isFile(`${folder}/${name}`)) : undefined;
}

/** How `to` is written when seen from the folder `from`; both absolute and normal. */
function relativePath(from: string, to: string): string {
    const [start, end] = [from.split('/'), to.split('/')];
    let shared = 0;
    while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared += 1;
    return [...start.slice(shared).map(() => '..'), ...end.slice(shared)].join('/');
}

/** One entry of a dependency table with what the workspace says of it, and the folder that its `path` is relative to. */
export function inheritDependency(
    reading: Reading,
    {
        name,
        entry,
        edition,
        folder,
        find,
    }: { name: string; entry: Table; edition: string; folder: string; find: FindWorkspace },
): { readonly entry: Table; readonly folder: string } | undefined {
    if (!inherits(entry)) return { entry, folder };
    const workspace = workspaceTable(reading, name, find);
    if (workspace === undefined) return undefined;
    const { dependencies } = workspace;
    const written = isTable(dependencies) ? dependencies[name] : undefined;
    const shared = typeof written === 'string' ? { version: written } : written;
    if (!isTable(shared)) {
        badManifest(reading, `\`${name}\` is inherited, and \`[workspace.dependencies]\` does not have it`);
        return undefined;
    }
    const own = entry['default-features'] ?? entry['default_features'];
    const theirs = shared['default-features'] ?? shared['default_features'];
    const merged: Record<string, unknown> = {
        ...shared,
        features: [...(isTexts(shared['features']) ? shared['features'] : []), ...features(reading, name, entry)],
        optional: entry['optional'],
        'default-features': edition < '2024' ? (own === true && theirs === false ? true : theirs) : (own ?? theirs),
    };
    delete merged['default_features'];
    return { entry: merged, folder: find()?.folder ?? folder };
}

function features(reading: Reading, name: string, entry: Table): readonly string[] {
    const own = entry['features'];
    if (own === undefined || isTexts(own)) return own ?? [];
    badManifest(reading, `\`features\` of \`${name}\` is not a list of texts`);
    return [];
}

/** `[lints]`, or all of the workspace's. */
export function inheritLints(reading: Reading, lints: Table, find: FindWorkspace): Table {
    if (!inherits(lints)) return lints;
    if (Object.keys(lints).length > 1) {
        badManifest(reading, '`[lints]` both inherits and sets lints; only one is possible');
    }
    const shared = workspaceTable(reading, 'lints', find)?.['lints'];
    if (isTable(shared)) return shared;
    badManifest(reading, '`lints` are inherited, and there is no `[workspace.lints]`');
    return {};
}
