// One tree out of trees that the store has. Its digest follows from the digests of its parts alone; its folder is made
// of new directories and of further names for the files of the parts, so it costs no disk space.
import * as fs from 'node:fs';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { FlatTree } from './flat-tree.ts';
import { hasCode } from './guard.ts';
import { objectEntries } from './object-entries.ts';
import { type Stage, stageDirectory, stageHardLink, stageOwnFile } from './stage.ts';
import { type Directory, digestOfTree, emptyDirectory, type ObjectNode } from './tree.ts';
import { place } from './write-tree.ts';

export type ComposedTree = Directory<ObjectNode>;

/** The tree that has the parts at the given relative paths. */
export function composedTree(what: string, parts: Readonly<Record<string, TreeDigest>>): ComposedTree {
    const tree: ComposedTree = emptyDirectory();
    for (const [path, digest] of Object.entries(parts)) place(what, tree, path, { kind: 'object', digest });
    return tree;
}

/** Digest of a composed tree; no file is looked at. A single part at `.` is the whole tree. */
export function composedDigest(what: string, parts: Readonly<Record<string, TreeDigest>>): TreeDigest {
    const whole = wholePart(parts);
    return whole ?? digestOfTree(composedTree(what, parts));
}

function wholePart(parts: Readonly<Record<string, TreeDigest>>): TreeDigest | undefined {
    const entries = Object.entries(parts);
    return entries.length === 1 && entries[0]?.[0] === '.' ? entries[0][1] : undefined;
}

export interface Folders {
    /** Folder of a part. */
    readonly objectPath: (digest: TreeDigest) => string;
    /** A new name in the temporary folder. */
    readonly newPath: () => string;
}

/** Writes the composed tree into the stage. */
export async function linkIntoStage(stage: Stage, tree: ComposedTree, folders: Folders): Promise<void> {
    const pending: { readonly prefix: string; readonly directory: ComposedTree }[] = [{ prefix: '', directory: tree }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        for (const [name, node] of next.directory.entries) {
            const path = next.prefix + name;
            stageDirectory(stage, path);
            if (node.kind === 'directory') pending.push({ prefix: `${path}/`, directory: node });
            else await linkObject(stage, path, folders.objectPath(node.digest), folders);
        }
    }
}

async function linkObject(stage: Stage, at: string, object: string, folders: Folders): Promise<void> {
    for (const entry of objectEntries(object)) {
        const path = `${at}/${entry.path}`;
        if (entry.kind === 'directory') stageDirectory(stage, path);
        else linkOrCopy(stage, path, `${object}/${entry.path}`, folders);
        if (stage.pace.due()) await stage.pace.rest();
    }
}

/** Writes a folder that has files of objects. */
export async function linkFilesIntoStage(stage: Stage, files: FlatTree, folders: Folders): Promise<void> {
    for (const [name, { object }] of files) {
        linkOrCopy(stage, name, `${folders.objectPath(object)}/${name}`, folders);
        if (stage.pace.due()) await stage.pace.rest();
    }
}

/** An inode takes about 65 000 names; an empty file or a licence may reach that in a big store. */
export function linkOrCopy(stage: Stage, path: string, existing: string, folders: Folders): void {
    try {
        stageHardLink(stage, path, existing);
    } catch (error) {
        if (!hasCode(error, 'EMLINK')) throw error;
        const copy = folders.newPath();
        fs.copyFileSync(existing, copy, fs.constants.COPYFILE_EXCL);
        stageOwnFile(stage, path, copy, (fs.statSync(existing).mode & 0o100) !== 0);
    }
}
