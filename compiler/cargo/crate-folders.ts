// A folder of crates (what `cargo vendor` makes, or Debian's packages install) → where each crate lies.
import type { FolderView } from './folder-view.ts';
import type { PackageId } from './package.ts';
import { parseToml, tableAt, textAt } from './toml-table.ts';

/** Tries the usual names first; only a crate that is under neither makes all manifests be read. */
export function crateFolders(
    view: FolderView,
    folder: string,
): (id: Pick<PackageId, 'name' | 'version'>) => string | undefined {
    let scanned: ReadonlyMap<string, string> | undefined;
    const memo = new Map<string, string | undefined>();
    const find = ({ name, version }: Pick<PackageId, 'name' | 'version'>): string | undefined => {
        const key = `${name} ${version}`;
        const usual = [`${name}-${version}`, name, `${name}-${version.split('+')[0] ?? ''}`].map(
            (each) => `${folder}/${each}`,
        );
        const found = usual.find((path) => crateIn(view, path) === key);
        if (found !== undefined) return found;
        scanned ??= scan(view, folder);
        return scanned.get(key);
    };
    return (id) => {
        const key = `${id.name} ${id.version}`;
        if (!memo.has(key)) memo.set(key, find(id));
        return memo.get(key);
    };
}

function scan(view: FolderView, folder: string): ReadonlyMap<string, string> {
    const crates = new Map<string, string>();
    for (const entry of view.list(folder)) {
        const key = crateIn(view, `${folder}/${entry}`);
        if (key !== undefined) crates.set(key, `${folder}/${entry}`);
    }
    return crates;
}

function crateIn(view: FolderView, folder: string): string | undefined {
    const text = view.read(`${folder}/Cargo.toml`);
    if (text === undefined) return undefined;
    const [head = text] = /^\[package\][^]*?(?=^\[|(?![^]))/m.exec(text) ?? [];
    const parsed = parseToml(head);
    if (!parsed.ok) return undefined;
    const about = tableAt(parsed.table, 'package');
    return `${textAt(about, 'name') ?? ''} ${textAt(about, 'version') ?? ''}`;
}
