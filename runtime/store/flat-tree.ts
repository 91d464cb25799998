// Trees that are one folder of regular files, as compilers leave them. What is known of their files is enough to name the
// union of many such trees, and to show it to an action, without reading a file or keeping one more object.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { type TreeDigest, treeDigest } from '../../compiler/plan/digest.ts';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import { type ContentDigest, fileField } from './directory-message.ts';
import { hasCode } from './guard.ts';
import { Pace } from './pace.ts';
import { directoryMode, executableMode, fileMode } from './stage.ts';
import type { Tree } from './tree.ts';

export interface FlatFile {
    readonly digest: ContentDigest;
    readonly executable: boolean;
    /** The object that has the file at its top. */
    readonly object: TreeDigest;
    /** The file's field in the message of its folder: a file is often in many unions, and each needs it. */
    readonly field: Buffer;
    /** The field with what stands for the content in keys, where that is something else. */
    readonly identity?: Buffer;
}

/** By name. */
export type FlatTree = ReadonlyMap<string, FlatFile>;

export function flatFile(name: string, digest: ContentDigest, executable: boolean, object: TreeDigest): FlatFile {
    return { digest, executable, object, field: fileField(name, digest, executable) };
}

/** The same file; `hex` is the hash of what stands for its content in keys. */
export function withIdentity(name: string, file: FlatFile, hex: string): FlatFile {
    return { ...file, identity: fileField(name, { hex, size: file.digest.size }, file.executable) };
}

/** The files of an object's tree; undefined when it has anything else. */
export function flatTree(tree: Tree, object: TreeDigest): FlatTree | undefined {
    const files = new Map<string, FlatFile>();
    for (const [name, node] of tree.entries) {
        if (node.kind !== 'file') return undefined;
        files.set(name, flatFile(name, node.digest, node.executable, object));
    }
    return files;
}

/** The digest of the tree; no file is looked at. */
export function digestOfFlat(files: FlatTree): TreeDigest {
    return digestOfFields(files, ({ field }) => field);
}

/** The digest of the folder that has what stands for its files; undefined when nothing stands for any. */
export function identityOfFlat(files: FlatTree): TreeDigest | undefined {
    if (![...files.values()].some(({ identity }) => identity !== undefined)) return undefined;
    return digestOfFields(files, ({ field, identity }) => identity ?? field);
}

function digestOfFields(files: FlatTree, fieldOf: (file: FlatFile) => Buffer): TreeDigest {
    const hash = createHash('sha256');
    let size = 0;
    for (const [, file] of [...files].sort(([a], [b]) => compareBytes(a, b))) {
        const field = fieldOf(file);
        hash.update(field);
        size += field.length;
    }
    return treeDigest(hash.digest('hex'), size);
}

/** A folder for one action to look at: it looks like an object, and its files are further names of files of objects. */
export async function linkFlat(files: FlatTree, to: string, objectPath: (digest: TreeDigest) => string): Promise<void> {
    const pace = new Pace();
    fs.mkdirSync(to, 0o700);
    for (const [name, { object, executable }] of files) {
        linkOrCopy(`${objectPath(object)}/${name}`, `${to}/${name}`, executable);
        if (pace.due()) await pace.rest();
    }
    fs.utimesSync(to, fixedMtimeSeconds, fixedMtimeSeconds);
    fs.chmodSync(to, directoryMode);
}

function linkOrCopy(from: string, to: string, executable: boolean): void {
    try {
        fs.linkSync(from, to);
    } catch (error) {
        if (!hasCode(error, 'EMLINK', 'EXDEV')) throw error;
        fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
        fs.chmodSync(to, executable ? executableMode : fileMode);
        fs.utimesSync(to, fixedMtimeSeconds, fixedMtimeSeconds);
    }
}
