// `rpkg.lock`, beside the recipe: what fetching found out and everybody must find again. One entry for each recipe of
// the folder, each with its pinned sources and the tree that each of them is.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseTreeDigest } from '../compiler/plan/digest.ts';
import { prettyJson } from '../compiler/plan/canonical.ts';
import { isRecord } from './is-record.ts';
import { areEnvironments, type LockedEnvironment } from './locked-environment.ts';

export interface LockFile {
    readonly schema: 'rpkg.lock/1';
    /** `FILE#NAME` → its sources. */
    readonly recipes: Readonly<Record<string, LockedRecipe>>;
    /** `NAME/ARCHITECTURE/PIN` → the root file system that the environment was when it was pinned. */
    readonly environments?: Readonly<Record<string, LockedEnvironment>>;
}

export interface LockedRecipe {
    /** Label of the source → what it was when it was pinned. Local folders are not pinned: they are the author's own. */
    readonly sources: Readonly<Record<string, LockedSource>>;
    /** Keys of the environments it builds in, one for each architecture that it was pinned on. */
    readonly environments?: readonly string[];
}

export interface LockedSource {
    /** Hash of the pinned identity (url-independent): another one means that the recipe has changed. */
    readonly pin: string;
    /** For people: `crate ripgrep 15.2.0`. */
    readonly what: string;
    readonly tree: string;
}

const emptyLock: LockFile = { schema: 'rpkg.lock/1', recipes: {} };

export type ReadLock =
    | { readonly ok: true; readonly lock: LockFile }
    | { readonly ok: false; readonly problem: string };

/** The lock at a path, an empty one when there is no file, or what is wrong with it. */
export function readLock(path: string): ReadLock {
    let text: string;
    try {
        text = readFileSync(path, 'utf8');
    } catch {
        return { ok: true, lock: emptyLock };
    }
    try {
        const value: unknown = JSON.parse(text);
        return isLock(value) ? { ok: true, lock: value } : { ok: false, problem: 'it is not of the form rpkg.lock/1' };
    } catch (error) {
        return { ok: false, problem: error instanceof Error ? error.message : String(error) };
    }
}

/** Writes the lock whole or not at all. Throws the system's error. */
export function writeLock(path: string, lock: LockFile): void {
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, prettyJson(lock));
    renameSync(temporary, path);
}

function isLock(value: unknown): value is LockFile {
    if (!isRecord(value) || value['schema'] !== 'rpkg.lock/1' || !isRecord(value['recipes'])) return false;
    const { environments = {} } = value;
    if (!areEnvironments(environments)) return false;
    return Object.values(value['recipes']).every(
        (recipe) =>
            isRecord(recipe) &&
            isRecord(recipe['sources']) &&
            Object.values(recipe['sources']).every(isLockedSource) &&
            areKeys(recipe['environments'] ?? [], environments),
    );
}

function areKeys(keys: unknown, of: unknown): boolean {
    return (
        Array.isArray(keys) && keys.every((key) => typeof key === 'string' && isRecord(of) && Object.hasOwn(of, key))
    );
}

function isLockedSource(value: unknown): boolean {
    if (!isRecord(value)) return false;
    const { pin, what, tree } = value;
    return (
        typeof pin === 'string' &&
        typeof what === 'string' &&
        typeof tree === 'string' &&
        parseTreeDigest(tree) !== undefined
    );
}
