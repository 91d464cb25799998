// The files that make up a tool, and one digest over them. Names are roles (`cc1`) or paths relative to the tool's root,
// so the same tool has the same digest wherever it is installed.
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { type Hash, hashOf } from '../../compiler/plan/digest.ts';
import { hashFile } from '../store/blobs.ts';
import { hasCode } from '../store/guard.ts';
import { inParallel } from './in-parallel.ts';
import type { Watch } from './remembered.ts';

export interface Part {
    readonly name: string;
    /** What stands for it in the digest, after its name. */
    readonly content: string;
}

/** The digest does not depend on the order of the parts. */
export function digestOfParts(parts: readonly Part[]): Hash {
    const hash = createHash('sha256').update('rpkg tool 1\n');
    const sorted = parts.toSorted((a, b) => compareBytes(a.name, b.name));
    // JSON, so that no name can imitate a line of another part.
    for (const { name, content } of sorted) hash.update(`${JSON.stringify([name, content])}\n`);
    return hashOf(hash.digest('hex'));
}

/** A file by its content, links followed. */
export async function filePart(name: string, path: string, watch: Watch): Promise<Part> {
    watch.path(path);
    return await contentPart(name, path);
}

async function contentPart(name: string, path: string): Promise<Part> {
    const { mode } = await stat(path);
    return { name, content: `${(mode & 0o111) === 0 ? 'file' : 'program'} ${await hashFile(await realpath(path))}` };
}

/**
 * The standard library's sources, thousands of files that no ordinary build reads. They count for the digest, but are not
 * looked at one by one each time: whoever installs or updates them also writes the manifests beside them, which are.
 */
const unwatched = 'lib/rustlib/src/';

/** Everything below some folders of `root`; folders that do not exist count as empty. */
export async function partsBelow(root: string, folders: readonly string[], watch: Watch): Promise<readonly Part[]> {
    const found: (() => Promise<Part>)[] = [];
    const pending = [...folders];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
        const path = join(root, folder);
        watchOf(folder, watch).entry(path);
        const seen = watchOf(`${folder}/`, watch);
        for (const entry of await entriesOf(path)) {
            const name = `${folder}/${entry.name}`;
            if (entry.isDirectory()) pending.push(name);
            else if (entry.isSymbolicLink()) found.push(() => linkPart(name, join(root, name), seen));
            else if (entry.isFile()) found.push(() => entryPart(name, join(root, name), seen));
        }
    }
    // Enough readers to keep the hasher busy.
    return await inParallel(found, 4, (take) => take());
}

/** The folder of unwatched files is itself looked at. */
function watchOf(name: string, watch: Watch): Watch {
    return name.startsWith(unwatched) ? blind : watch;
}

const blind: Watch = { path: () => undefined, entry: () => undefined, all: () => undefined };

async function entryPart(name: string, path: string, watch: Watch): Promise<Part> {
    watch.entry(path);
    return await contentPart(name, path);
}

/** The text alone says nothing when the link leaves the tool, so what it leads to counts as well. */
async function linkPart(name: string, path: string, watch: Watch): Promise<Part> {
    watch.entry(path);
    watch.path(path);
    const target = await readlink(path);
    const leads = await stat(path).catch(() => undefined);
    return { name, content: `link ${target} ${leads?.isFile() === true ? await hashFile(await realpath(path)) : ''}` };
}

async function entriesOf(path: string): Promise<Dirent[]> {
    try {
        return await readdir(path, { withFileTypes: true });
    } catch (error) {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
    }
}
