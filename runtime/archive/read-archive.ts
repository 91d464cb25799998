// Unpacks a tar archive, or the one in a Debian package, without ever using a name from it as a path: names go into a tree
// in memory, contents into files that are called 1, 2, 3, and only a tree that is in order as a whole is written, by the
// store.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Hash, TreeDigest } from '../../compiler/plan/digest.ts';
import type { Failure } from '../failure.ts';
import { failure, type Result } from '../result.ts';
import { type BlobSource, hashFile, writeBlobFile } from '../store/blobs.ts';
import { writeAllSync } from '../store/content.ts';
import { guarded, refuse } from '../store/guard.ts';
import { deleteTree } from '../store/remove-tree.ts';
import type { Store } from '../store/store.ts';
import { contentDigest } from '../store/tree.ts';
import { findBadLink } from '../store/tree-links.ts';
import type { TreeLimits } from '../store/tree-rules.ts';
import type { PendingFile, PendingTree } from '../store/write-tree.ts';
import { archiveLimits } from './archive-limits.ts';
import { failing } from './archive-problem.ts';
import { addDirectory, addHardLink, addLink, type ArchiveTree, newArchiveTree, reserveFile } from './archive-tree.ts';
import { ByteReader } from './byte-reader.ts';
import { tarOf } from './debian-package.ts';
import { decompressed } from './decompress.ts';
import type { TarHeader } from './tar-header.ts';
import { type MemberBody, readMembers } from './tar-members.ts';

export interface ArchiveRules {
    /** What is unpacked, as a user knows it: it names the archive in failures. */
    readonly what: string;
    /** Leading names that are dropped from every path. */
    readonly strip: number;
    /** The leading name that must be there when one is stripped, such as `name-version` of a crate. */
    readonly root?: string;
    /** The archive's own hash; checked before anything else is done with it. */
    readonly hash?: Hash;
    /** Other bounds than the policy's. */
    readonly limits?: Partial<TreeLimits>;
    /** Refuse names that a file system without case or with normalised names takes for the same. */
    readonly portable?: boolean;
}

/** A file's path, or its bytes. */
export type ArchiveSource = string | BlobSource;

/** Unpacks an archive into the store. Nothing of it is left when it is refused. */
export async function importArchive(
    store: Store,
    source: ArchiveSource,
    rules: ArchiveRules,
): Promise<Result<TreeDigest, Failure>> {
    const scratch = await store.temporary('archive');
    if (!scratch.ok) return scratch;
    try {
        const tree = await readArchive(source, scratch.value, rules);
        return tree.ok ? await store.writeTree(tree.value, rules.what) : failure(tree.failure);
    } finally {
        // What cannot be removed now goes with the store's temporary folder.
        await deleteTree(scratch.value).catch(() => undefined);
    }
}

/** Reads an archive; contents of files are put into `scratch`, an empty directory of the caller's. */
export function readArchive(
    source: ArchiveSource,
    scratch: string,
    rules: ArchiveRules,
): Promise<Result<PendingTree, Failure>> {
    return guarded(async () => {
        const path = typeof source === 'string' ? source : `${scratch}/archive`;
        if (typeof source !== 'string') await writeBlobFile(path, source);
        if (rules.hash !== undefined) await checkHash(path, rules.what, rules.hash);
        const { size } = fs.statSync(path);
        const limits = { ...archiveLimits(size), ...rules.limits };
        const fail = failing(rules.what);
        const tree = newArchiveTree({ ...rules, limits }, fail);
        const packed = await tarOf(path, `${scratch}/data`, fail);
        const file = { path: packed, size: fs.statSync(packed).size, what: rules.what };
        const reader = new ByteReader(decompressed(file, limits.totalBytes, fail));
        const contents: Contents = { scratch, count: 0 };
        try {
            await readMembers(reader, fail, (header, body) => addMember(tree, contents, header, body));
        } finally {
            await reader.stop();
        }
        const bad = findBadLink(tree.root);
        if (bad !== undefined) fail(bad.problem, bad.path);
        return tree.root;
    });
}

async function checkHash(path: string, what: string, expected: Hash): Promise<void> {
    const actual = await hashFile(path);
    if (actual !== expected) refuse({ kind: 'hash-mismatch', what, expected, actual });
}

interface Contents {
    readonly scratch: string;
    count: number;
}

async function addMember(tree: ArchiveTree, contents: Contents, header: TarHeader, body: MemberBody): Promise<void> {
    const { type, name, link, size } = header;
    if (type !== '0' && size > 0) tree.fail({ rule: 'tar', detail: 'content in a member that has none' }, name);
    if (type !== '1' && type !== '2' && link !== '') {
        tree.fail({ rule: 'tar', detail: 'a link target in a member that is no link' }, name);
    }
    switch (type) {
        case '0': {
            const setFile = reserveFile(tree, name, size);
            setFile(await readContent(contents, header, body));
            return;
        }
        case '1':
            addHardLink(tree, name, link);
            return;
        case '2':
            addLink(tree, name, link);
            return;
        case '5':
            addDirectory(tree, name);
            return;
    }
}

const nothing = Buffer.alloc(0);
/** All empty files are the same two values: an archive may have a million of them. */
const emptyFile: PendingFile = {
    kind: 'file',
    digest: contentDigest(nothing),
    executable: false,
    source: { kind: 'bytes', bytes: nothing },
};
const emptyProgram: PendingFile = { ...emptyFile, executable: true };

async function readContent(
    contents: Contents,
    { size, executable }: TarHeader,
    body: MemberBody,
): Promise<PendingFile> {
    if (size === 0) return executable ? emptyProgram : emptyFile;
    contents.count += 1;
    const path = `${contents.scratch}/${contents.count}`;
    const descriptor = fs.openSync(path, 'wx', 0o600);
    try {
        const hash = createHash('sha256');
        for (let piece = await body.next(); piece !== undefined; piece = await body.next()) {
            hash.update(piece);
            writeAllSync({ descriptor, path }, piece);
        }
        const digest = { hex: hash.digest('hex'), size };
        return { kind: 'file', digest, executable, source: { kind: 'own-file', path } };
    } finally {
        fs.closeSync(descriptor);
    }
}
