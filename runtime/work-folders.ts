// The folders that actions work in. Making and deleting directories is a good part of what a small action costs, so what
// an action left as it was made is given to the next one; everything else is thrown away.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { fixedMtimeSeconds } from '../compiler/plan/sandbox.ts';
import type { Failure } from './failure.ts';
import type { Result } from './result.ts';
import { guarded, hasCode } from './store/guard.ts';
import { deleteTree } from './store/remove-tree.ts';
import type { Store } from './store/store.ts';

export interface WorkFolder {
    readonly path: string;
    /** What is there and untouched: path → the moment of its inode's last change. */
    readonly untouched: Map<string, bigint>;
}

export class WorkFolders {
    readonly #store: Store;
    readonly #free: WorkFolder[] = [];

    constructor(store: Store) {
        this.#store = store;
    }

    /** A private folder with these directories and empty files in it, and no others. */
    async take(directories: readonly string[], files: readonly string[]): Promise<Result<WorkFolder, Failure>> {
        const free = this.#free.pop();
        if (free === undefined) {
            const made = await this.#store.temporary('action');
            if (!made.ok) return made;
            return await guarded(() => fill({ path: made.value, untouched: new Map() }, directories, files));
        }
        return await guarded(() => fill(free, directories, files));
    }

    /**
     * To be called when nothing that was started in it is left. `more`: besides what was asked for, something else was put there.
     */
    async giveBack(folder: WorkFolder, more: boolean): Promise<void> {
        const kept = await guarded(() => tidy(folder, more));
        if (kept.ok && kept.value) this.#free.push(folder);
        // What cannot be removed now goes when the store is closed, or with the next process.
        else await guarded(() => deleteTree(folder.path));
    }

    async removeAll(): Promise<void> {
        for (const { path } of this.#free.splice(0)) await guarded(() => deleteTree(path));
    }
}

function fill(folder: WorkFolder, directories: readonly string[], files: readonly string[]): WorkFolder {
    const { path, untouched } = folder;
    const wanted = new Map<string, (path: string) => void>([
        ...directories.map((name) => [`${path}/${name}`, makeFolder] as const),
        ...files.map((name) => [`${path}/${name}`, makeFile] as const),
    ]);
    for (const [place] of untouched) {
        if (wanted.has(place)) continue;
        untouched.delete(place);
        fs.rmSync(place, { recursive: true });
    }
    for (const [place, make] of wanted) {
        if (untouched.has(place)) continue;
        try {
            make(place);
        } catch (error) {
            if (!hasCode(error, 'EEXIST', 'ENOENT')) throw error;
            // What is there now was only the parent of another action's folder, or there is no parent yet.
            fs.rmSync(place, { recursive: true, force: true });
            fs.mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
            make(place);
        }
        untouched.set(place, changed(fs.lstatSync(place, { bigint: true })));
    }
    return folder;
}

/** An empty folder that looks the same whenever, and with whatever umask, it was made. */
function makeFolder(path: string): void {
    fs.mkdirSync(path);
    fs.chmodSync(path, 0o755);
    fs.lutimesSync(path, fixedMtimeSeconds, fixedMtimeSeconds);
}

function makeFile(path: string): void {
    fs.closeSync(fs.openSync(path, 'ax', 0o600));
}

/** Removes what is not as it was made. False when the folder itself is gone. */
async function tidy({ path, untouched }: WorkFolder, more: boolean): Promise<boolean> {
    if (!fs.existsSync(path)) return false;
    const parents = new Set([path, ...[...untouched.keys()].map((place) => dirname(place))]);
    for (const [place, moment] of untouched) {
        const found = fs.lstatSync(place, { bigint: true, throwIfNoEntry: false });
        if (found !== undefined && changed(found) === moment) continue;
        untouched.delete(place);
        if (found !== undefined) await deleteTree(place);
    }
    if (!more) return true;
    for (const parent of parents) {
        for (const name of fs.readdirSync(parent, 'buffer')) {
            const place = Buffer.concat([Buffer.from(`${parent}/`), name]);
            if (!parents.has(place.toString()) && !untouched.has(place.toString())) await deleteTree(place.toString());
        }
    }
    return true;
}

/** Whatever happens to an inode changes this, and no program can set it. */
function changed({ ctimeNs }: fs.BigIntStats): bigint {
    return ctimeNs;
}
