// Where fetched crates lie on this machine: a folder that was named, one that stands in for the registry in Cargo's
// settings, or what cargo itself has unpacked.
import * as path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { crateFolders, cratesIn } from '../compiler/cargo/crate-folders.ts';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import type { PackageId } from '../compiler/cargo/package.ts';
import { isTable } from '../compiler/cargo/toml-table.ts';

export interface CrateSources {
    readonly folderOf: (id: PackageId) => string | undefined;
    /** Everything that is there, repositories aside. */
    readonly all: () => readonly { readonly name: string; readonly version: string }[];
}

export function crateSources(
    view: FolderView,
    {
        workspace,
        named,
        home,
    }: { readonly workspace: string; readonly named: string | undefined; readonly home: string },
): CrateSources {
    const folder = named ?? replacementFolder(view, workspace);
    if (folder !== undefined) return { folderOf: crateFolders(view, folder), all: () => cratesIn(view, folder) };
    const registries = path.join(home, 'registry/src');
    const folders = view.list(registries).map((name) => path.join(registries, name));
    const finders = folders.map((each) => crateFolders(view, each));
    const checkouts = path.join(home, 'git/checkouts');
    const folderOf: CrateSources['folderOf'] = (id) =>
        id.source?.startsWith('git+') === true
            ? checkout(view, checkouts, id.source)
            : finders.map((find) => find(id)).find((found) => found !== undefined);
    return { folderOf, all: () => folders.flatMap((each) => cratesIn(view, each)) };
}

/** Cargo keeps each commit in a folder named after its beginning. */
function checkout(view: FolderView, folder: string, source: string): string | undefined {
    const commit = source.split('#')[1] ?? '';
    return view
        .list(folder)
        .flatMap((name) => view.list(path.join(folder, name)).map((short) => ({ name, short })))
        .filter(({ short }) => short.length >= 7 && commit.startsWith(short))
        .map(({ name, short }) => path.join(folder, name, short))[0];
}

/** `[source.crates-io] replace-with`, when it leads to a folder of crates. */
function replacementFolder(view: FolderView, workspace: string): string | undefined {
    for (let folder = workspace; ; folder = path.dirname(folder)) {
        for (const name of ['.cargo/config.toml', '.cargo/config']) {
            const found = directoryIn(view.read(path.join(folder, name)));
            if (found !== undefined) return path.resolve(folder, found);
        }
        if (folder === path.dirname(folder)) return undefined;
    }
}

function directoryIn(text: string | undefined): string | undefined {
    const sources = tableIn(text === undefined ? {} : settings(text), 'source');
    let name: unknown = tableIn(sources, 'crates-io')['replace-with'];
    for (let steps = 0; typeof name === 'string' && steps < 10; steps++) {
        const { directory, 'replace-with': next } = tableIn(sources, name);
        if (typeof directory === 'string') return directory;
        name = next;
    }
    return undefined;
}

function settings(text: string): Readonly<Record<string, unknown>> {
    try {
        return parse(text);
    } catch (error) {
        if (error instanceof TomlError) return {};
        throw error;
    }
}

function tableIn(table: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
    const value = table[key];
    return isTable(value) ? value : {};
}
