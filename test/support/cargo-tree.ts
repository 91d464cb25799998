// Trees of Cargo manifests for tests: in memory, and the same files on a disk.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FolderView } from '../../compiler/cargo/folder-view.ts';
import { compareBytes } from '../../compiler/plan/bytes.ts';

/** Absolute path → text. */
export type Files = Readonly<Record<string, string>>;

export function memoryView(files: Files): FolderView {
    const folders = new Map<string, Set<string>>();
    for (const file of Object.keys(files)) {
        for (let at = file; at !== '/'; at = path.dirname(at)) {
            const folder = path.dirname(at);
            folders.set(folder, (folders.get(folder) ?? new Set()).add(path.basename(at)));
        }
    }
    return {
        read: (file) => files[file],
        isFile: (file) => files[file] !== undefined,
        isFolder: (folder) => folders.has(folder),
        list: (folder) => [...(folders.get(folder) ?? [])].sort(compareBytes),
    };
}

export const diskView: FolderView = {
    read: (file) => (isFile(file) ? fs.readFileSync(file, 'utf8') : undefined),
    isFile,
    isFolder,
    list: (folder) => (isFolder(folder) ? fs.readdirSync(folder).sort(compareBytes) : []),
};

function isFile(file: string): boolean {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(folder: string): boolean {
    return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function writeFiles(below: string, files: Files): void {
    for (const [file, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(below + file), { recursive: true });
        fs.writeFileSync(below + file, text);
    }
}

/** A package with nothing but a library, and what `more` adds to its manifest. */
export function library(folder: string, name: string, more = ''): Files {
    return {
        [`${folder}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`,
        [`${folder}/src/lib.rs`]: '',
    };
}
