// The tree that an archive's members describe. Links are looked up in this tree and never on a disk, so no member can
// write through one; each name is decided once, and a second claim to it is refused.
import type { LinkNode } from '../store/tree.ts';
import { emptyDirectory } from '../store/tree.ts';
import { foldedName, pathProblem, type TreeLimits, targetProblem } from '../store/tree-rules.ts';
import type { PendingFile, PendingTree } from '../store/write-tree.ts';
import type { Fail } from './archive-problem.ts';

type Node = PendingFile | LinkNode | PendingTree;

export interface ArchiveTreeRules {
    readonly limits: TreeLimits;
    /** Leading names that are dropped from every path; they must be the same in the whole archive. */
    readonly strip: number;
    /** The one leading name that is dropped, when it is known. */
    readonly root?: string;
    readonly portable?: boolean;
}

export interface ArchiveTree {
    readonly root: PendingTree;
    readonly rules: ArchiveTreeRules;
    readonly fail: Fail;
    /** Directories with a member of their own. */
    readonly declared: Set<PendingTree>;
    stripped: string | undefined;
    entries: number;
    bytes: number;
}

export function newArchiveTree(rules: ArchiveTreeRules, fail: Fail): ArchiveTree {
    return { root: emptyDirectory(), rules, fail, declared: new Set(), stripped: rules.root, entries: 0, bytes: 0 };
}

/** A directory's member; one that is only a stripped name, or the archive's own `./`, is the root. */
export function addDirectory(tree: ArchiveTree, written: string): void {
    const names = placedNames(tree, written.endsWith('/') ? written.slice(0, -1) : written, 'directory');
    const directory = directoryAt(tree, names, written);
    if (tree.declared.has(directory)) tree.fail(twice, written);
    tree.declared.add(directory);
}

/** A symbolic link. Where it leads is checked when the whole tree is known. */
export function addLink(tree: ArchiveTree, written: string, target: string): void {
    const problem = targetProblem(target);
    if (problem !== undefined) tree.fail(problem, written);
    addNode(tree, written, { kind: 'link', target });
}

/** Checks a file's place and size before its content is read. */
export function reserveFile(tree: ArchiveTree, written: string, size: number): (file: PendingFile) => void {
    countBytes(tree, written, size);
    const { directory, name } = freePlace(tree, written);
    return (file) => directory.entries.set(name, file);
}

/** A further name for an earlier file; it becomes a file of its own with the same content. */
export function addHardLink(tree: ArchiveTree, written: string, target: string): void {
    const names = placedNames(tree, target, 'other');
    const found = nodeAt(tree, names);
    if (found?.kind !== 'file') {
        return tree.fail({ rule: 'link', detail: 'a hard link to something that is no earlier file' }, written);
    }
    countBytes(tree, written, found.digest.size);
    addNode(tree, written, found);
}

function addNode(tree: ArchiveTree, written: string, node: Node): void {
    const { directory, name } = freePlace(tree, written);
    directory.entries.set(name, node);
}

function freePlace(tree: ArchiveTree, written: string): { readonly directory: PendingTree; readonly name: string } {
    const names = placedNames(tree, written, 'other');
    const name = names.at(-1) ?? '';
    const directory = directoryAt(tree, names.slice(0, -1), written);
    if (directory.entries.has(name)) tree.fail(twice, written);
    countEntry(tree, directory, name, written);
    return { directory, name };
}

const twice = { rule: 'duplicate', detail: 'the same path twice' } as const;

/** The names of a member's path in the tree: after `./` at its begin, and without what is stripped. */
function placedNames(tree: ArchiveTree, written: string, kind: 'directory' | 'other'): string[] {
    const { rules, fail } = tree;
    // Longer than any accepted path: not even split into names.
    if (written.length > 2 * rules.limits.pathBytes)
        fail({ rule: 'limit', detail: 'a path that is too long' }, written);
    const names = written.split('/');
    if (names[0] === '.' && (names.length > 1 || kind === 'directory')) names.shift();
    const problem = pathProblem(names, { ...rules.limits, depth: rules.limits.depth + rules.strip });
    if (problem !== undefined) fail(problem, written);
    if (names.length > 0) checkStripped(tree, names.slice(0, rules.strip), kind, written);
    const placed = names.slice(rules.strip);
    if (placed.length === 0 && kind === 'other') fail({ rule: 'path', detail: 'nothing is left of its path' }, written);
    return placed;
}

function checkStripped(
    tree: ArchiveTree,
    dropped: readonly string[],
    kind: 'directory' | 'other',
    written: string,
): void {
    if (dropped.length < tree.rules.strip) {
        if (kind === 'other') tree.fail({ rule: 'path', detail: 'nothing is left of its path' }, written);
        return;
    }
    const prefix = dropped.join('/');
    tree.stripped ??= prefix;
    if (tree.stripped !== prefix) {
        tree.fail({ rule: 'path', detail: `it is not in ${tree.stripped}/ like the rest` }, written);
    }
}

function directoryAt(tree: ArchiveTree, names: readonly string[], written: string): PendingTree {
    let directory = tree.root;
    for (const name of names) {
        let next = directory.entries.get(name);
        if (next === undefined) {
            countEntry(tree, directory, name, written);
            next = emptyDirectory();
            directory.entries.set(name, next);
        }
        if (next.kind === 'link') return tree.fail({ rule: 'link', detail: 'a path through a link' }, written);
        if (next.kind === 'file') return tree.fail({ rule: 'duplicate', detail: 'a path through a file' }, written);
        directory = next;
    }
    return directory;
}

function nodeAt(tree: ArchiveTree, names: readonly string[]): Node | undefined {
    let node: Node | undefined = tree.root;
    for (const name of names) node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
    return node;
}

function countEntry(tree: ArchiveTree, directory: PendingTree, name: string, written: string): void {
    tree.entries += 1;
    const { entries } = tree.rules.limits;
    if (tree.entries > entries) tree.fail({ rule: 'limit', detail: `more than ${entries} entries` }, written);
    if (tree.rules.portable !== true) return;
    const folded = foldedName(name);
    for (const other of directory.entries.keys()) {
        if (foldedName(other) === folded) {
            tree.fail({ rule: 'portable', detail: `only case or normal form tell it from ${other}` }, written);
        }
    }
}

function countBytes(tree: ArchiveTree, written: string, size: number): void {
    tree.bytes += size;
    const { totalBytes } = tree.rules.limits;
    if (tree.bytes > totalBytes) tree.fail({ rule: 'limit', detail: `more than ${totalBytes} bytes` }, written);
}
