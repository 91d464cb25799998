// Built files that nobody built: the same bytes lie in the environment, and somebody copied them.
import { closeSync, type Dirent, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';

/**
 * For absolute paths of files, one below these folders that has the same bytes, the first in the order of folders and of bytes in names; absent
 * where there is none. What cannot be read is passed over: a machine has folders that are not for everybody, and files that go away.
 */
export function copiedFrom(folders: readonly string[], files: readonly string[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    if (files.length === 0) return found;
    const wanted = new Map<number, string[]>();
    for (const file of files) {
        const { size } = lstatSync(file);
        wanted.set(size, [...(wanted.get(size) ?? []), file]);
    }
    for (const folder of folders)
        for (const path of filesBelow(folder)) {
            for (const file of wanted.get(sizeOf(path)) ?? []) {
                if (!found.has(file) && path !== file && haveSameBytes(path, file)) found.set(file, path);
            }
            if (found.size === files.length) return found;
        }
    return found;
}

function* filesBelow(folder: string): Generator<string> {
    for (const entry of entriesOf(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) yield* filesBelow(path);
        else if (entry.isFile()) yield path;
    }
}

function entriesOf(folder: string): readonly Dirent[] {
    try {
        return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytes(a.name, b.name));
    } catch {
        return [];
    }
}

function sizeOf(path: string): number {
    try {
        return lstatSync(path).size;
    } catch {
        return -1;
    }
}

function haveSameBytes(path: string, file: string): boolean {
    const opened: number[] = [];
    try {
        opened.push(openSync(path, 'r'), openSync(file, 'r'));
        for (;;) {
            const [a, b] = opened.map(nextPart);
            if (a === undefined || b === undefined || !a.equals(b)) return false;
            if (a.length === 0) return true;
        }
    } catch {
        return false;
    } finally {
        opened.forEach(closeSync);
    }
}

function nextPart(descriptor: number): Buffer {
    const part = Buffer.alloc(0x4_0000);
    return part.subarray(0, readSync(descriptor, part));
}
