// Root file systems out of tar archives, one above the other as in container images. A root is looser than a source: device
// files are left out, links may be absolute or climb above the root, a later member replaces an earlier one. As with other
// archives no name ever becomes a path: all of it is a tree in memory until the store writes it.
import * as fs from 'node:fs';
import { createHash } from 'node:crypto';
import { archiveLimits } from '../archive/archive-limits.ts';
import { failing, type Fail } from '../archive/archive-problem.ts';
import { ByteReader } from '../archive/byte-reader.ts';
import { decompressed } from '../archive/decompress.ts';
import type { TarHeader } from '../archive/tar-header.ts';
import { type MemberBody, readMembers } from '../archive/tar-members.ts';
import { writeAllSync } from '../store/content.ts';
import { contentDigest, emptyDirectory, type LinkNode } from '../store/tree.ts';
import { rootTarget } from '../store/tree-links.ts';
import { pathProblem, targetProblem, type TreeLimits } from '../store/tree-rules.ts';
import type { PendingFile, PendingTree } from '../store/write-tree.ts';

type Node = PendingFile | LinkNode | PendingTree;

/** Contents of files go into `scratch`; `root` is what lies below this layer. */
interface Layer {
    readonly tree: PendingTree;
    readonly root: PendingTree;
    readonly scratch: string;
    readonly limits: TreeLimits;
    readonly fail: Fail;
    entries: number;
}

/** Device files and pipes, which the sandbox has of its own where a build needs them. */
const leftOut = ['3', '4', '6'];

/** Puts the members of an archive on top of `root`. Throws refusals. */
export async function addLayer(root: PendingTree, archive: string, scratch: string, what: string): Promise<void> {
    const { size } = fs.statSync(archive);
    const fail = failing(what);
    const limits = archiveLimits(size);
    const reader = new ByteReader(decompressed({ path: archive, size, what }, limits.totalBytes, fail));
    const layer: Layer = { tree: emptyDirectory(), root, scratch, limits, fail, entries: 0 };
    try {
        await readMembers(reader, fail, (header, body) => addMember(layer, header, body), leftOut);
    } finally {
        await reader.stop();
    }
    putOnTop(root, layer.tree);
}

async function addMember(
    layer: Layer,
    { type, name, link, size, executable }: TarHeader,
    body: MemberBody,
): Promise<void> {
    const names = namesOf(layer, name);
    layer.entries += 1;
    if (layer.entries > layer.limits.entries) layer.fail({ rule: 'limit', detail: 'too many entries' }, name);
    if (type === '5') {
        directoryAt(layer, names, name);
        return;
    }
    const last = names.at(-1);
    if (last === undefined) return layer.fail({ rule: 'path', detail: 'the root is no directory' }, name);
    const parents = names.slice(0, -1);
    const directory = directoryAt(layer, parents, name);
    if (type === '0') directory.entries.set(last, await readContent(layer, { size, executable }, body));
    else if (type === '2') directory.entries.set(last, linkNode(layer, parents, link, name));
    else directory.entries.set(last, hardLinked(layer, link, name));
}

function namesOf({ fail, limits }: Layer, written: string): string[] {
    if (written.length > 2 * limits.pathBytes) fail({ rule: 'limit', detail: 'a path that is too long' }, written);
    const names = written.split('/').filter((name) => name !== '' && name !== '.');
    const problem = pathProblem(names, limits);
    if (problem !== undefined) fail(problem, written);
    return names;
}

/** What an archive says twice, it means the second time; a directory is only ever added to. */
function directoryAt({ tree, fail }: Layer, names: readonly string[], written: string): PendingTree {
    let directory = tree;
    for (const name of names) {
        let next = directory.entries.get(name);
        if (next === undefined) {
            next = emptyDirectory();
            directory.entries.set(name, next);
        }
        if (next.kind !== 'directory')
            return fail({ rule: 'link', detail: 'a path through something else than a directory' }, written);
        directory = next;
    }
    return directory;
}

function linkNode({ fail }: Layer, parents: readonly string[], target: string, written: string): LinkNode {
    const problem = targetProblem(target);
    if (problem !== undefined) fail(problem, written);
    return { kind: 'link', target: rootTarget(target, parents) };
}

/** To a file of this layer or of one below. */
function hardLinked(layer: Layer, target: string, written: string): PendingFile | LinkNode {
    const names = namesOf(layer, target);
    const found = nodeAt(layer.tree, names) ?? nodeAt(layer.root, names);
    if (found === undefined || found.kind === 'directory') {
        return layer.fail({ rule: 'link', detail: 'a hard link to something that is no earlier file' }, written);
    }
    return found;
}

export function nodeAt(tree: PendingTree, names: readonly string[]): Node | undefined {
    let node: Node | undefined = tree;
    for (const name of names) node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
    return node;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** A name with a whiteout's prefix removes what lies below; an opaque directory hides all of it. */
function putOnTop(below: PendingTree, above: PendingTree): void {
    if (above.entries.has(opaque)) below.entries.clear();
    for (const name of above.entries.keys()) {
        if (name.startsWith(whiteout)) below.entries.delete(name.slice(whiteout.length));
    }
    for (const [name, node] of above.entries) {
        if (name.startsWith(whiteout)) continue;
        const before = below.entries.get(name);
        if (node.kind !== 'directory') {
            below.entries.set(name, node);
            continue;
        }
        const directory: PendingTree = before?.kind === 'directory' ? before : emptyDirectory();
        below.entries.set(name, directory);
        putOnTop(directory, node);
    }
}

let files = 0;

async function readContent(
    { scratch }: Layer,
    { size, executable }: Pick<TarHeader, 'size' | 'executable'>,
    body: MemberBody,
): Promise<PendingFile> {
    if (size === 0) {
        const bytes = Buffer.alloc(0);
        return { kind: 'file', digest: contentDigest(bytes), executable, source: { kind: 'bytes', bytes } };
    }
    files += 1;
    const path = `${scratch}/${files}`;
    const descriptor = fs.openSync(path, 'wx', 0o600);
    try {
        const hash = createHash('sha256');
        for (let piece = await body.next(); piece !== undefined; piece = await body.next()) {
            hash.update(piece);
            writeAllSync({ descriptor, path }, piece);
        }
        return {
            kind: 'file',
            digest: { hex: hash.digest('hex'), size },
            executable,
            source: { kind: 'own-file', path },
        };
    } finally {
        fs.closeSync(descriptor);
    }
}
