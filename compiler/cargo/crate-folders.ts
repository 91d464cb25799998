// A folder of crates: what `cargo vendor` writes (NAME, or NAME-VERSION for older versions of it), and what distributions
// keep for Cargo (NAME-VERSION).
import type { FolderView } from './folder-view.ts';
import { manifestPath, openManifest } from './manifest-file.ts';
import { packageTable } from './manifest.ts';
import type { PackageId } from './package.ts';

/** Where a crate lies in `folder`. Sources are not told apart: a folder holds one package of a name and version. */
export function crateFolders(view: FolderView, folder: string): (id: PackageId) => string | undefined {
    let scanned: ReadonlyMap<string, string> | undefined;
    return ({ name, version }) => {
        const usual = [`${name}-${version}`, `${name}-${version.replace(/\+.*$/, '')}`, name];
        for (const entry of new Set(usual)) {
            const candidate = `${folder}/${entry}`;
            if (crateAt(view, candidate) === `${name} ${version}`) return candidate;
        }
        scanned ??= scan(view, folder);
        return scanned.get(`${name} ${version}`);
    };
}

/** All crates of the folder. */
export function cratesIn(
    view: FolderView,
    folder: string,
): readonly { readonly name: string; readonly version: string }[] {
    return [...scan(view, folder).keys()].map((key) => {
        const [name = '', version = ''] = key.split(' ');
        return { name, version };
    });
}

function scan(view: FolderView, folder: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const entry of view.list(folder)) {
        const candidate = `${folder}/${entry}`;
        const crate = crateAt(view, candidate);
        if (crate !== undefined && !found.has(crate)) found.set(crate, candidate);
    }
    return found;
}

/** `NAME VERSION` of the crate in a folder. Published manifests are so regular that a look at their lines is enough. */
export function crateAt(view: FolderView, folder: string): string | undefined {
    const text = view.read(manifestPath(folder));
    if (text === undefined) return undefined;
    const table = /^\[package\]\n(?:[a-z-]+ = (?:"[^"\\\n]*"|true|false)\n)*/m.exec(text)?.[0] ?? '';
    const name = /^name = "(.*)"$/m.exec(table)?.[1];
    const version = /^version = "(.*)"$/m.exec(table)?.[1];
    if (name !== undefined && version !== undefined) return `${name} ${version}`;
    // A manifest that is broken is told where it is needed.
    const manifest = openManifest(view, folder, []);
    const about = manifest === undefined ? undefined : packageTable(manifest);
    return typeof about?.['name'] === 'string' && typeof about['version'] === 'string'
        ? `${about['name']} ${about['version'].trim()}`
        : undefined;
}
