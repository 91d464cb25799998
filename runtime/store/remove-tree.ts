// Removes what an action left behind: directories nobody may enter, trees deeper than any path can be. Works as an
// ordinary user, follows no link, and does not mind when another process removes the same tree.
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import type { Failure } from '../failure.ts';
import type { Result } from '../result.ts';
import { guarded, hasCode } from './guard.ts';
import { Pace } from './pace.ts';

/** Directories with longer paths are first moved up, so that no path grows beyond what the kernel takes. */
const comfortablePathBytes = 2000;

/** Removes a file, a link or a whole tree; nothing there is fine. */
export function removeTree(path: string): Promise<Result<void, Failure>> {
    return guarded(() => deleteTree(path));
}

/** As `removeTree`, throwing. */
export async function deleteTree(top: string): Promise<void> {
    const found = fs.lstatSync(top, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isDirectory()) {
        ignoreMissing(() => fs.unlinkSync(top));
        return;
    }
    const pace = new Pace();
    const pending: AnyPath[] = [top];
    for (let path = pending.at(-1); path !== undefined; path = pending.at(-1)) {
        if (pace.due()) await pace.rest();
        const directories = removeFiles(path);
        if (directories.length === 0) {
            ignoreMissing(() => fs.rmdirSync(path));
            pending.pop();
        }
        for (const name of directories) {
            const inside = joined(path, name);
            if (inside.length <= comfortablePathBytes) {
                pending.push(inside);
            } else {
                const higher = joined(top, Buffer.from(randomUUID()));
                ignoreMissing(() => moveDirectory(inside, higher));
                pending.push(higher);
            }
        }
    }
}

type AnyPath = string | Buffer;

function joined(path: AnyPath, name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(path), Buffer.from('/'), name]);
}

/** Unlinks all that is no directory; gives the names of those that are. */
function removeFiles(path: AnyPath): Buffer[] {
    const directories: Buffer[] = [];
    for (const entry of openList(path)) {
        if (entry.isDirectory()) directories.push(entry.name);
        else ignoreMissing(() => fs.unlinkSync(joined(path, entry.name)));
    }
    return directories;
}

function openList(path: AnyPath): fs.Dirent<Buffer>[] {
    try {
        fs.chmodSync(path, 0o700);
        return fs.readdirSync(path, { encoding: 'buffer', withFileTypes: true });
    } catch (error) {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
    }
}

/** Moving a directory changes its `..`, for which it must be writable. */
function moveDirectory(from: Buffer, to: Buffer): void {
    fs.chmodSync(from, 0o700);
    fs.renameSync(from, to);
}

function ignoreMissing(work: () => void): void {
    try {
        work();
    } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
    }
}
