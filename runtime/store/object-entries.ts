// What an object is made of, read back from its folder. Only for folders of the store, whose names have been checked.
import * as fs from 'node:fs';
import { compareBytes } from '../../compiler/plan/bytes.ts';

export interface ObjectEntry {
    readonly kind: 'file' | 'directory' | 'link';
    /** Relative. */
    readonly path: string;
}

/** All entries below a folder, each directory before what is in it, in byte order of names. */
export function* objectEntries(root: string): Generator<ObjectEntry> {
    const pending = entriesOf(root, '').reverse();
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
        yield entry;
        if (entry.kind === 'directory') pending.push(...entriesOf(root, entry.path).reverse());
    }
}

function entriesOf(root: string, directory: string): ObjectEntry[] {
    const prefix = directory === '' ? '' : `${directory}/`;
    return fs
        .readdirSync(`${root}/${directory}`, { withFileTypes: true })
        .sort((a, b) => compareBytes(a.name, b.name))
        .map((entry) => ({ kind: kindOf(entry), path: prefix + entry.name }));
}

function kindOf(entry: fs.Dirent): ObjectEntry['kind'] {
    if (entry.isDirectory()) return 'directory';
    return entry.isSymbolicLink() ? 'link' : 'file';
}
