// Writes a tree that exists in memory: files of a plan, or an archive whose contents wait in a temporary folder. The
// tree has been checked by whoever built it; here only names that are in the tree are ever used as paths.
import * as fs from 'node:fs';
import { hasCode, refuse } from './guard.ts';
import { type Stage, stageBytes, stageDirectory, stageHardLink, stageLink, stageOwnFile } from './stage.ts';
import { contentDigest, type Directory, emptyDirectory, type FileNode, type LinkNode } from './tree.ts';
import { defaultTreeLimits, pathProblem, printable } from './tree-rules.ts';

/** Where the bytes of a file are until it is written. */
export type FileSource =
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    /** A file that rpkg wrote in the store's temporary folder; it is moved away from there. Several may name the same. */
    | { readonly kind: 'own-file'; readonly path: string };

export interface PendingFile extends FileNode {
    readonly source: FileSource;
}

export type PendingTree = Directory<PendingFile | LinkNode>;

/** What has become of the own files: where each is now. */
type Moved = Map<string, { readonly path: string; readonly executable: boolean }>;

/** Writes the whole tree into the stage. */
export async function writeIntoStage(stage: Stage, what: string, tree: PendingTree): Promise<void> {
    const moved: Moved = new Map();
    const pending: { readonly prefix: string; readonly directory: PendingTree }[] = [{ prefix: '', directory: tree }];
    try {
        for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
            for (const [name, node] of next.directory.entries) {
                const path = next.prefix + name;
                if (stage.pace.due()) await stage.pace.rest();
                if (node.kind === 'directory') {
                    stageDirectory(stage, path);
                    pending.push({ prefix: `${path}/`, directory: node });
                } else if (node.kind === 'link') {
                    stageLink(stage, path, node.target);
                } else {
                    writeFile(stage, moved, path, node);
                }
            }
        }
    } catch (error) {
        if (!hasCode(error, 'ENAMETOOLONG')) throw error;
        const detail = 'a path that is too long for this machine';
        refuse({ kind: 'bad-tree', what, rule: 'limit', entry: '', detail });
    }
}

function writeFile(stage: Stage, moved: Moved, path: string, file: PendingFile): void {
    const { source, executable } = file;
    if (source.kind === 'bytes') {
        stageBytes(stage, path, source.bytes, executable);
        return;
    }
    const before = moved.get(source.path);
    if (before?.executable === executable) {
        stageHardLink(stage, path, `${stage.root}/${before.path}`);
        return;
    }
    // The mode belongs to the inode, so this one needs its own: a copy at the place that the move left free.
    if (before !== undefined) {
        fs.copyFileSync(`${stage.root}/${before.path}`, source.path, fs.constants.COPYFILE_EXCL);
    }
    moved.set(source.path, { path, executable });
    stageOwnFile(stage, path, source.path, executable);
}

export interface TextFile {
    readonly text: string;
    readonly executable?: boolean;
}

/** The tree of files whose text is at hand; keys are relative paths. */
export function treeOfTexts(what: string, files: Readonly<Record<string, TextFile>>): PendingTree {
    const tree: PendingTree = emptyDirectory();
    for (const [path, { text, executable }] of Object.entries(files)) {
        const bytes = Buffer.from(text);
        place(what, tree, path, {
            kind: 'file',
            digest: contentDigest(bytes),
            executable: executable === true,
            source: { kind: 'bytes', bytes },
        });
    }
    return tree;
}

/** Puts a leaf at a relative path, making the directories on the way; what is there already is not replaced. */
export function place<Leaf extends { readonly kind: string }>(
    what: string,
    tree: Directory<Leaf>,
    path: string,
    leaf: Leaf,
): void {
    const refuseIt = (rule: string, detail: string): never =>
        refuse({ kind: 'bad-tree', what, rule, entry: printable(path), detail });
    const names = path.split('/');
    const problem = pathProblem(names, defaultTreeLimits);
    if (problem !== undefined) refuseIt(problem.rule, problem.detail);
    let directory = tree;
    for (const name of names.slice(0, -1)) {
        let next = directory.entries.get(name);
        if (next === undefined) {
            next = emptyDirectory();
            directory.entries.set(name, next);
        }
        if (!isDirectory(next)) return refuseIt('duplicate', `${printable(name)} is not a directory`);
        directory = next;
    }
    const last = names.at(-1) ?? '';
    if (directory.entries.has(last)) refuseIt('duplicate', 'the same path twice');
    directory.entries.set(last, leaf);
}

function isDirectory<Leaf extends { readonly kind: string }>(node: Leaf | Directory<Leaf>): node is Directory<Leaf> {
    return node.kind === 'directory';
}
