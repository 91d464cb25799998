// The store's folder itself: recognising one, refusing what is none, and making a new one.
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, onFile, refuse } from './guard.ts';
import { type Layout, storeVersion } from './layout.ts';

/** Refuses a folder that is neither a store of this version nor empty. Writes nothing. */
export function checkVersion(layout: Layout): void {
    const found = readVersion(layout) ?? versionAfterListing(layout);
    if (found === undefined || found === `${storeVersion}\n`) return;
    const shown = /^\d{1,9}\n$/.test(found) ? `version ${found.trim()}` : 'an unknown version';
    refuseFolder(layout, `a store of ${shown}; this rpkg reads and writes version ${storeVersion}`);
}

/** Another process may be making the store: whoever sees a part of it can read its version afterwards. */
function versionAfterListing(layout: Layout): string | undefined {
    const harmless = new Set([layout.runs, layout.failed, `${layout.root}/lost+found`]);
    const isOther = (name: string): boolean => !harmless.has(`${layout.root}/${name}`) && !isVersionDraft(name);
    const others = namesIn(layout.root).filter(isOther);
    const found = readVersion(layout);
    if (found === undefined && others.length > 0) {
        refuseFolder(layout, 'a folder with other files that is not a store');
    }
    return found;
}

/** Makes a new store's folders, its version first: a folder with anything else in it always says what it is. */
export function makeFolders(layout: Layout): void {
    makeWithParents(layout.root);
    if (readVersion(layout) === undefined) writeVersion(layout);
    checkVersion(layout);
    for (const folder of [layout.objects, layout.blobs, layout.records]) makeFolder(folder, 0o755);
    makeFolder(layout.temporary, 0o700);
    for (const name of namesIn(layout.root).filter(isVersionDraft))
        fs.rmSync(`${layout.root}/${name}`, { force: true });
    syncNow(layout.root, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
}

/** Makes a directory; one that is there already is fine. */
export function makeFolder(path: string, mode: number): void {
    try {
        fs.mkdirSync(path, mode);
    } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
    }
}

/** Node's own recursive call reports a full quota as a missing directory. */
function makeWithParents(path: string): void {
    try {
        makeFolder(path, 0o755);
    } catch (error) {
        const parent = dirname(path);
        if (!hasCode(error, 'ENOENT') || parent === path) throw error;
        makeWithParents(parent);
        makeFolder(path, 0o755);
    }
}

/** A version file before it got its name; one may be left by a process that was killed. */
export function isVersionDraft(name: string): boolean {
    return name.startsWith('version.');
}

function writeVersion(layout: Layout): void {
    checkVersion(layout);
    const draft = `${layout.version}.${randomUUID()}`;
    try {
        fs.writeFileSync(draft, `${storeVersion}\n`, { flag: 'wx' });
        syncNow(draft, fs.constants.O_RDONLY);
        fs.renameSync(draft, layout.version);
    } catch (error) {
        fs.rmSync(draft, { force: true });
        // Another process that was quicker takes drafts for leftovers.
        if (!hasCode(error, 'ENOENT') || readVersion(layout) === undefined) throw error;
    }
}

function syncNow(path: string, flags: number): void {
    const descriptor = fs.openSync(path, flags);
    try {
        onFile(path, () => fs.fsyncSync(descriptor));
    } finally {
        fs.closeSync(descriptor);
    }
}

function readVersion(layout: Layout): string | undefined {
    try {
        return fs.readFileSync(layout.version, 'utf8');
    } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
    }
}

function namesIn(folder: string): string[] {
    try {
        return fs.readdirSync(folder);
    } catch (error) {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
    }
}

function refuseFolder(layout: Layout, detail: string): never {
    return refuse({ kind: 'bad-tree', what: layout.root, rule: 'store-version', entry: 'version', detail });
}
