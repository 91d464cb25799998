// Walks a folder that somebody else wrote and gives it as a tree, or refuses it. Nothing in it is followed or waited
// for; what is done with the content of files is up to the sink.
import * as buffer from 'node:buffer';
import * as fs from 'node:fs';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import { hashContent, type OpenFile } from './content.ts';
import { hasCode, refuse } from './guard.ts';
import { Pace } from './pace.ts';
import { digestOfTree, emptyDirectory, type FileNode, type LinkNode, type Tree } from './tree.ts';
import { findBadLink, relativeTarget } from './tree-links.ts';
import {
    defaultTreeLimits,
    foldedName,
    pathProblem,
    printable,
    type TreeLimits,
    type TreeProblem,
    targetProblem,
} from './tree-rules.ts';

export interface ReadRules {
    /** What is read, as a user knows it: it names the tree in failures. */
    readonly what: string;
    readonly limits?: TreeLimits;
    /**
     * Where the folder lay for the action that wrote it. Absolute links below it become relative, and what the action
     * made unreadable is opened: the folder is rpkg's own and about to be thrown away.
     */
    readonly rewriteRoot?: string;
    /** Relative paths that are left out, with everything below them. */
    readonly skip?: (path: string) => boolean;
    /** Refuse names that a file system without case or with normalised names takes for the same. */
    readonly portable?: boolean;
}

/** What happens to each entry beside entering the tree. Paths are relative. */
export interface TreeSink {
    readonly directory: (path: string) => void;
    readonly link: (path: string, target: string) => void;
    /** Where the content goes; undefined when it is only hashed. */
    readonly open: (path: string, executable: boolean) => TreeOutput | undefined;
    /** What the folder's own files must be like; a text is the problem with one. */
    readonly inspect?: (path: string, status: fs.Stats) => string | undefined;
}

/** For a tree whose digest is wanted and nothing else. */
export const hashOnly: TreeSink = { directory: () => undefined, link: () => undefined, open: () => undefined };

interface TreeOutput {
    readonly file: OpenFile;
    /** Called once, also after a failure. */
    readonly close: () => void;
}

interface Walk {
    readonly root: string;
    readonly sink: TreeSink;
    readonly rules: ReadRules;
    readonly limits: TreeLimits;
    entries: number;
    bytes: number;
}

/** One directory of the walk: where it is and what of it is still to do. */
interface Level {
    readonly names: readonly string[];
    readonly directory: Tree;
    readonly pending: Entry[];
}

interface Entry {
    readonly name: string;
    readonly kind: 'file' | 'directory' | 'link' | 'other';
}

/** The digest of a real directory. Throws as `readTree` does. */
export async function digestOfFolder(folder: string, rules: ReadRules): Promise<TreeDigest> {
    return digestOfTree(await readTree(folder, hashOnly, rules));
}

/** The tree of a real directory. Throws refusals and errors of the system. */
export async function readTree(root: string, sink: TreeSink, rules: ReadRules): Promise<Tree> {
    const walk: Walk = { root, sink, rules, limits: rules.limits ?? defaultTreeLimits, entries: 0, bytes: 0 };
    if (!fs.lstatSync(root).isDirectory()) refuseEntry(walk, '.', { rule: 'type', detail: 'not a directory' });
    const tree: Tree = emptyDirectory();
    const pace = new Pace();
    const levels = [enter(walk, [], tree)];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
        if (pace.due()) await pace.rest();
        const entry = level.pending.pop();
        if (entry === undefined) {
            levels.pop();
            continue;
        }
        const names = [...level.names, entry.name];
        const path = names.join('/');
        if (rules.skip?.(path) === true) continue;
        const problem = pathProblem(names, walk.limits);
        if (problem !== undefined) refuseEntry(walk, path, problem);
        if (entry.kind === 'directory') {
            const directory: Tree = emptyDirectory();
            level.directory.entries.set(entry.name, directory);
            sink.directory(path);
            levels.push(enter(walk, names, directory));
        } else if (entry.kind === 'link') {
            level.directory.entries.set(entry.name, readLink(walk, level.names, path));
        } else if (entry.kind === 'file') {
            level.directory.entries.set(entry.name, await readFile(walk, path));
        } else {
            refuseEntry(walk, path, { rule: 'type', detail: 'neither file, directory nor symbolic link' });
        }
    }
    refuseBadLinks(walk, tree);
    return tree;
}

function enter(walk: Walk, names: readonly string[], directory: Tree): Level {
    const path = names.join('/');
    const absolute = names.length === 0 ? walk.root : `${walk.root}/${path}`;
    if (walk.sink.inspect !== undefined) inspect(walk, path, fs.lstatSync(absolute));
    const found = opened(walk, absolute, 0o700, () =>
        fs.readdirSync(absolute, { encoding: 'buffer', withFileTypes: true }),
    );
    walk.entries += found.length;
    if (walk.entries > walk.limits.entries) {
        refuseEntry(walk, path, { rule: 'limit', detail: `more than ${walk.limits.entries} entries` });
    }
    const pending = found.map((entry) => namedEntry(walk, path, entry));
    if (walk.rules.portable === true) refuseSameNames(walk, path, pending);
    // Taken from the end: the first problem in byte order is the one that is told.
    pending.sort((a, b) => compareBytes(b.name, a.name));
    return { names, directory, pending };
}

function namedEntry(walk: Walk, directory: string, entry: fs.Dirent<Buffer>): Entry {
    if (!buffer.isUtf8(entry.name)) {
        const shown = directory === '' ? '' : `${directory}/`;
        refuseEntry(walk, shown + entry.name.toString('latin1'), { rule: 'name', detail: 'a name that is not UTF-8' });
    }
    return { name: entry.name.toString(), kind: kindOf(entry) };
}

function kindOf(entry: fs.Dirent<Buffer>): Entry['kind'] {
    if (entry.isFile()) return 'file';
    if (entry.isDirectory()) return 'directory';
    return entry.isSymbolicLink() ? 'link' : 'other';
}

function refuseSameNames(walk: Walk, directory: string, entries: readonly Entry[]): void {
    const seen = new Map<string, string>();
    for (const { name } of entries) {
        const other = seen.get(foldedName(name));
        if (other !== undefined) {
            const detail = `only case or normal form tell it from ${printable(other)}`;
            refuseEntry(walk, directory === '' ? name : `${directory}/${name}`, { rule: 'portable', detail });
        }
        seen.set(foldedName(name), name);
    }
}

function readLink(walk: Walk, directory: readonly string[], path: string): LinkNode {
    const raw = fs.readlinkSync(`${walk.root}/${path}`, 'buffer');
    if (!buffer.isUtf8(raw)) refuseEntry(walk, path, { rule: 'name', detail: 'a link target that is not UTF-8' });
    const written = raw.toString();
    const { rewriteRoot } = walk.rules;
    const target =
        written.startsWith('/') && rewriteRoot !== undefined
            ? (relativeTarget(written, rewriteRoot, directory) ?? written)
            : written;
    if (target.startsWith('/')) {
        refuseEntry(walk, path, { rule: 'link', detail: `an absolute link: ${printable(target)}` });
    }
    const problem = targetProblem(target);
    if (problem !== undefined) refuseEntry(walk, path, problem);
    walk.sink.link(path, target);
    return { kind: 'link', target };
}

async function readFile(walk: Walk, path: string): Promise<FileNode> {
    const absolute = `${walk.root}/${path}`;
    // Without waiting: should the entry have become a pipe meanwhile, opening it returns and the check below refuses it.
    const flags = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
    const descriptor = opened(walk, absolute, 0o600, () => fs.openSync(absolute, flags));
    try {
        const status = fs.fstatSync(descriptor);
        if (!status.isFile()) refuseEntry(walk, path, { rule: 'type', detail: 'no file any more' });
        inspect(walk, path, status);
        const tooLong = (): never =>
            refuseEntry(walk, path, { rule: 'limit', detail: `more than ${walk.limits.totalBytes} bytes` });
        const limit = walk.limits.totalBytes - walk.bytes;
        if (status.size > limit) tooLong();
        const executable = (status.mode & 0o100) !== 0;
        const output = walk.sink.open(path, executable);
        const digest = await hashContent({ descriptor, path: absolute }, output?.file, { limit, tooLong }).finally(() =>
            output?.close(),
        );
        walk.bytes += digest.size;
        return { kind: 'file', digest, executable };
    } finally {
        fs.closeSync(descriptor);
    }
}

function inspect(walk: Walk, path: string, status: fs.Stats): void {
    const detail = walk.sink.inspect?.(path, status);
    if (detail !== undefined) refuseEntry(walk, path, { rule: 'type', detail });
}

/** An action may have taken away its own right to read; the owner can give it back. */
function opened<Value>(walk: Walk, path: string, mode: number, work: () => Value): Value {
    try {
        return work();
    } catch (error) {
        if (walk.rules.rewriteRoot === undefined || !hasCode(error, 'EACCES')) throw error;
        fs.chmodSync(path, (fs.lstatSync(path).mode & 0o777) | mode);
        return work();
    }
}

function refuseBadLinks(walk: Walk, tree: Tree): void {
    const bad = findBadLink(tree);
    if (bad !== undefined) refuseEntry(walk, bad.path, { ...bad.problem, detail: printable(bad.problem.detail) });
}

function refuseEntry(walk: Walk, path: string, problem: TreeProblem): never {
    return refuse({
        kind: 'bad-tree',
        what: walk.rules.what,
        rule: problem.rule,
        entry: printable(path),
        detail: problem.detail,
    });
}
