// The store: a folder in which finished things never change and unfinished things are never seen (spec/store.md).
// Correctness rests on names that follow from content and on renames, never on a lock.
import * as fs from 'node:fs';
import type { Json } from '../../compiler/plan/key-order.ts';
import type { Hash, TreeDigest } from '../../compiler/plan/digest.ts';
import type { Failure } from '../failure.ts';
import { type Result, success } from '../result.ts';
import { readOwnFolder } from './adopt-tree.ts';
import { type BlobSource, writeBlobFile } from './blobs.ts';
import { composedDigest, composedTree, type Folders, linkFilesIntoStage, linkIntoStage } from './compose-tree.ts';
import { SyncRounds } from './durable.ts';
import { digestOfFlat, type FlatTree, linkFlat } from './flat-tree.ts';
import { guarded, hasCode, refuse } from './guard.ts';
import { copyIntoStage } from './import-tree.ts';
import { blobName, type Layout, layoutOf, objectName } from './layout.ts';
import { copyObject } from './materialise.ts';
import { hashOnly, type ReadRules, readTree } from './read-tree.ts';
import { decodeRecord, encodeRecord, recordPath, type RecordName, writeRecordFile } from './records.ts';
import { deleteTree } from './remove-tree.ts';
import { linkPartIntoStage } from './select-tree.ts';
import { directoryMode, openStage, sealStage, type Stage } from './stage.ts';
import { checkVersion, makeFolder, makeFolders } from './store-folder.ts';
import { makeOwnerFolder, removeDeadOwners } from './temporary.ts';
import { digestOfTree, emptyDirectory, type Tree } from './tree.ts';
import { type StoreProblem, storeProblems } from './verify-store.ts';
import { type PendingTree, type TextFile, treeOfTexts, writeIntoStage } from './write-tree.ts';

/** Opens the store in a folder, which may be empty or missing; it is made when something is first written. */
export function openStore(root: string): Promise<Result<Store, Failure>> {
    return guarded(() => {
        const layout = layoutOf(root);
        checkVersion(layout);
        return new Store(layout);
    });
}

export interface ImportedTree {
    readonly digest: TreeDigest;
    readonly tree: Tree;
}

export class Store {
    readonly #layout: Layout;
    readonly #rounds = new SyncRounds();
    /** Kinds of records whose folder is there. */
    readonly #recordFolders = new Set<string>();
    /** This store's own part of the temporary folder. */
    #own: string | undefined;
    #cleaning: Promise<void> = Promise.resolve();
    #counter = 0;

    /** Use `openStore`, which checks the folder. */
    constructor(layout: Layout) {
        this.#layout = layout;
    }

    get root(): string {
        return this.#layout.root;
    }

    /** Where an object is, or would be. */
    objectPath(digest: TreeDigest): string {
        return `${this.#layout.objects}/${objectName(digest)}`;
    }

    hasObject(digest: TreeDigest): boolean {
        return isDirectory(this.objectPath(digest));
    }

    /** Copies a folder that somebody else wrote. */
    async importTree(folder: string, rules: ReadRules): Promise<Result<TreeDigest, Failure>> {
        const imported = await this.importFolder(folder, rules);
        return imported.ok ? success(imported.value.digest) : imported;
    }

    /** As `importTree`; tells what is in it too. */
    importFolder(folder: string, rules: ReadRules): Promise<Result<ImportedTree, Failure>> {
        return guarded(async () => {
            let tree: Tree = emptyDirectory();
            const digest = await this.#publish(async (stage) => {
                tree = await copyIntoStage(stage, folder, rules);
                return digestOfTree(tree);
            });
            return { digest, tree };
        });
    }

    /** Reads an object again, with the contents of its files. Throws. */
    readTree(digest: TreeDigest): Promise<Tree> {
        this.#requireObject(digest);
        return readTree(this.objectPath(digest), hashOnly, { what: digest });
    }

    /**
     * Makes a folder into an object as it is, when it can: it lies in a folder of `temporary`, nobody has anything in it
     * open, and no attribute but modes and times can have been set. Then it is gone from its place.
     */
    async adoptTree(folder: string, rules: ReadRules): Promise<Result<TreeDigest, Failure>> {
        const adopted = await this.adoptFolder(folder, rules);
        return adopted.ok ? success(adopted.value.digest) : adopted;
    }

    /** As `adoptTree`; tells what is in it too. */
    adoptFolder(folder: string, rules: ReadRules): Promise<Result<ImportedTree, Failure>> {
        return guarded(() => this.#rounds.publishing(() => this.#adopt(folder, rules)));
    }

    /** Writes a checked tree; contents in the temporary folder are moved into it. */
    writeTree(tree: PendingTree, what: string): Promise<Result<TreeDigest, Failure>> {
        return guarded(() => this.#writeTree(tree, what));
    }

    /** Writes files whose text is at hand; keys are relative paths. */
    writeFiles(files: Readonly<Record<string, TextFile>>, what: string): Promise<Result<TreeDigest, Failure>> {
        return guarded(() => this.#writeTree(treeOfTexts(what, files), what));
    }

    /** One tree that has objects at the given relative paths. */
    compose(parts: Readonly<Record<string, TreeDigest>>, what: string): Promise<Result<TreeDigest, Failure>> {
        return guarded(async () => {
            const digest = composedDigest(what, parts);
            for (const part of Object.values(parts)) this.#requireObject(part);
            if (this.hasObject(digest)) return digest;
            return this.#publish(async (stage) => {
                await linkIntoStage(stage, composedTree(what, parts), this.#folders());
                return digest;
            });
        });
    }

    /** As `compose`, for one folder that has files of objects. */
    uniteFiles(files: FlatTree): Promise<Result<TreeDigest, Failure>> {
        return guarded(async () => {
            const digest = digestOfFlat(files);
            this.#requireObjectsOf(files);
            if (this.hasObject(digest)) return digest;
            return this.#publish(async (stage) => {
                await linkFilesIntoStage(stage, files, this.#folders());
                return digest;
            });
        });
    }

    /** The same folder at a path where nothing is yet: to be looked at by one action. Nothing is synced. */
    linkFiles(files: FlatTree, to: string): Promise<Result<void, Failure>> {
        return guarded(async () => {
            this.#requireObjectsOf(files);
            await linkFlat(files, to, (digest) => this.objectPath(digest));
        });
    }

    /** A part of an object, as `treeWithout` gives it, as an object of its own. */
    selectPart(digest: TreeDigest, part: Tree): Promise<Result<TreeDigest, Failure>> {
        return guarded(async () => {
            const selected = digestOfTree(part);
            this.#requireObject(digest);
            if (this.hasObject(selected)) return selected;
            return this.#publish(async (stage) => {
                await linkPartIntoStage(stage, part, this.objectPath(digest), this.#folders());
                return selected;
            });
        });
    }

    /** A private writable copy of an object at a path where nothing is yet. Removed again when it fails. */
    materialise(digest: TreeDigest, to: string): Promise<Result<void, Failure>> {
        return guarded(async () => {
            this.#requireObject(digest);
            fs.mkdirSync(to, 0o700);
            try {
                await copyObject(this.objectPath(digest), to);
            } catch (error) {
                await deleteTree(to).catch(() => undefined);
                throw error;
            }
        });
    }

    /** Keeps bytes under their hash. */
    putBlob(source: BlobSource): Promise<Result<Hash, Failure>> {
        return guarded(async () => {
            const path = this.#newPath('blob');
            const hash = await writeBlobFile(path, source);
            // Replaces an older file of that name: if that one was damaged, it is whole again.
            fs.renameSync(path, this.blobPath(hash));
            return hash;
        });
    }

    /** Where a blob is, or would be. */
    blobPath(hash: Hash): string {
        return `${this.#layout.blobs}/${blobName(hash)}`;
    }

    /** The value under a name; undefined when there is none that can be trusted. */
    readRecord(kind: string, name: string): Json | undefined {
        const at = { kind, name };
        const path = `${this.#layout.records}/${recordPath(at)}`;
        // The usual reason, and an exception costs more than this question.
        if (!fs.existsSync(path)) return undefined;
        try {
            return decodeRecord(at, fs.readFileSync(path, 'utf8'));
        } catch (error) {
            if (hasCode(error, 'ENOENT', 'EACCES', 'EIO', 'EISDIR', 'ELOOP', 'ENOTDIR')) return undefined;
            throw error;
        }
    }

    /** Remembers a value. What it points to must be in the store. */
    writeRecord(at: RecordName, value: Json): Promise<Result<void, Failure>> {
        return guarded(() => this.#writeRecord(at, value));
    }

    #writeRecord(at: RecordName, value: Json): void {
        const { records } = this.#layout;
        const target = `${records}/${recordPath(at)}`;
        const path = this.#newPath('record');
        try {
            const kindFolder = `${records}/${at.kind}`;
            if (!this.#recordFolders.has(at.kind)) makeFolder(kindFolder, 0o755);
            this.#recordFolders.add(at.kind);
            // Not synced: after a power cut a record that is not whole, or names what is not there, counts as not there.
            writeRecordFile(path, encodeRecord(at, value));
            fs.renameSync(path, target);
        } catch (error) {
            fs.rmSync(path, { force: true });
            throw error;
        }
    }

    /** A new private directory on the store's file system. It lives until it is removed or this process is gone. */
    temporary(prefix: string): Promise<Result<string, Failure>> {
        return guarded(() => {
            const path = this.#newPath(prefix.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 80));
            fs.mkdirSync(path, 0o700);
            return path;
        });
    }

    /** Everything that is not as it should be. Reads the whole store. */
    verify(): AsyncGenerator<StoreProblem> {
        return storeProblems(this.#layout);
    }

    /** Takes a damaged object out of use and gives its new place. */
    quarantine(digest: TreeDigest): Promise<Result<string, Failure>> {
        return guarded(async () => {
            this.#prepare();
            const path = this.#moveAway(digest);
            await this.#rounds.sync([this.#layout.objects]);
            return path;
        });
    }

    /** Removes this store's temporary files. */
    async close(): Promise<void> {
        await this.#cleaning;
        if (this.#own !== undefined) await deleteTree(this.#own).catch(() => undefined);
        this.#own = undefined;
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.close();
    }

    #writeTree(tree: PendingTree, what: string): Promise<TreeDigest> {
        const digest = digestOfTree(tree);
        if (this.hasObject(digest)) return Promise.resolve(digest);
        return this.#publish(async (stage) => {
            await writeIntoStage(stage, what, tree);
            return digest;
        });
    }

    /** Has a tree written in the temporary folder, and shows it as an object when all of it is on the disk. */
    #publish(write: (stage: Stage) => Promise<TreeDigest>): Promise<TreeDigest> {
        return this.#rounds.publishing(() => this.#publishAlone(write));
    }

    async #publishAlone(write: (stage: Stage) => Promise<TreeDigest>): Promise<TreeDigest> {
        const root = this.#newPath('tree');
        fs.mkdirSync(root, 0o700);
        const stage = openStage(root);
        try {
            const digest = await write(stage);
            if (!this.hasObject(digest)) {
                await sealStage(stage, this.#rounds);
                this.#show(root, digest);
            }
            return digest;
        } finally {
            stage.syncs.discard();
            // What cannot be removed now goes when this store is closed, or with the next process.
            await deleteTree(root).catch(() => undefined);
        }
    }

    async #adopt(folder: string, rules: ReadRules): Promise<ImportedTree> {
        const { tree, settle } = await readOwnFolder(folder, rules);
        const digest = digestOfTree(tree);
        if (this.hasObject(digest)) return { digest, tree };
        const stage = await settle();
        if (stage === undefined) {
            await this.#publishAlone(async (copy) => digestOfTree(await copyIntoStage(copy, folder, rules)));
            return { digest, tree };
        }
        await sealStage(stage, this.#rounds);
        this.#show(folder, digest);
        return { digest, tree };
    }

    #show(root: string, digest: TreeDigest): void {
        const path = this.objectPath(digest);
        try {
            fs.renameSync(root, path);
        } catch (error) {
            if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
            if (!hasCode(error, 'ENOTDIR')) throw error;
            // Something that is no directory has taken the object's name.
            this.#moveAway(digest);
            fs.renameSync(root, path);
        }
        // A directory that may not be written to cannot be moved into another one, so this comes last.
        fs.chmodSync(path, directoryMode);
    }

    #moveAway(digest: TreeDigest): string {
        const from = this.objectPath(digest);
        makeFolder(this.#layout.quarantine, 0o700);
        const to = `${fs.mkdtempSync(`${this.#layout.quarantine}/`)}/${objectName(digest)}`;
        if (isDirectory(from)) fs.chmodSync(from, 0o700);
        fs.renameSync(from, to);
        return to;
    }

    #folders(): Folders {
        return { objectPath: (part) => this.objectPath(part), newPath: () => this.#newPath('copy') };
    }

    #requireObjectsOf(files: FlatTree): void {
        for (const object of new Set([...files.values()].map(({ object }) => object))) this.#requireObject(object);
    }

    #requireObject(digest: TreeDigest): void {
        if (this.hasObject(digest)) return;
        const path = this.objectPath(digest);
        refuse({ kind: 'corrupt-object', digest, path, detail: 'it is not in the store' });
    }

    /** A name of this store's own in the temporary folder. */
    #newPath(prefix: string): string {
        this.#counter += 1;
        return `${this.#prepare()}/${prefix}-${this.#counter}`;
    }

    /** Makes what writing needs, once. */
    #prepare(): string {
        if (this.#own === undefined) {
            makeFolders(this.#layout);
            this.#own = makeOwnerFolder(this.#layout.temporary);
            // Old leftovers are in nobody's way; what cannot be removed is told by `verify`.
            this.#cleaning = removeDeadOwners(this.#layout.temporary).catch(() => undefined);
        }
        return this.#own;
    }
}

function isDirectory(path: string): boolean {
    try {
        return fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    } catch {
        // What cannot be looked at cannot be used.
        return false;
    }
}
