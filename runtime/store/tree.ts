// A file tree in memory: names, kinds and content digests, as the Remote Execution API models them (spec/store.md).
// It knows no path on a disk; what a leaf carries beyond its digest is up to the stage that made it.
import { createHash } from 'node:crypto';
import { partsOf, type TreeDigest, treeDigest } from '../../compiler/plan/digest.ts';
import { type ContentDigest, encodeDirectory } from './directory-message.ts';

export interface FileNode {
    readonly kind: 'file';
    readonly digest: ContentDigest;
    readonly executable: boolean;
}

export interface LinkNode {
    readonly kind: 'link';
    readonly target: string;
}

/** A whole tree that the store has already. */
export interface ObjectNode {
    readonly kind: 'object';
    readonly digest: TreeDigest;
}

export interface Directory<Leaf> {
    readonly kind: 'directory';
    readonly entries: Map<string, Leaf | Directory<Leaf>>;
}

/** What most trees are made of. */
export type Tree = Directory<FileNode | LinkNode>;

export function emptyDirectory<Leaf>(): Directory<Leaf> {
    return { kind: 'directory', entries: new Map() };
}

export function contentDigest(bytes: Uint8Array): ContentDigest {
    return { hex: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

/** Digest of the tree's root `Directory` message. Depth is bounded by the rules of every producer. */
export function digestOfTree(root: Directory<FileNode | LinkNode | ObjectNode>): TreeDigest {
    const digest = directoryDigest(root);
    return treeDigest(digest.hex, digest.size);
}

function directoryDigest(directory: Directory<FileNode | LinkNode | ObjectNode>): ContentDigest {
    const files = [];
    const directories = [];
    const symlinks = [];
    for (const [name, node] of directory.entries) {
        switch (node.kind) {
            case 'file':
                files.push({ name, digest: node.digest, executable: node.executable });
                break;
            case 'link':
                symlinks.push({ name, target: node.target });
                break;
            case 'object':
                directories.push({ name, digest: partsOf(node.digest) });
                break;
            case 'directory':
                directories.push({ name, digest: directoryDigest(node) });
                break;
        }
    }
    return contentDigest(encodeDirectory({ files, directories, symlinks }));
}
