// Runs of bytes named by their hash: downloaded archives, logs of actions.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { type Hash, hashOf } from '../../compiler/plan/digest.ts';
import { hashContent, type OpenFile, writeAll } from './content.ts';
import { FileSyncs } from './durable.ts';
import { onFile } from './guard.ts';
import { fileMode } from './stage.ts';

/** Bytes at hand, or in pieces as they arrive. */
export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a new synced read-only file and gives the hash of what was written. Removes the file when that fails. */
export async function writeBlobFile(path: string, source: BlobSource): Promise<Hash> {
    const syncs = new FileSyncs();
    try {
        const file = { descriptor: fs.openSync(path, 'wx', 0o600), path };
        const hash = await fill(file, source).finally(() => syncs.add(file));
        await syncs.run();
        return hash;
    } catch (error) {
        syncs.discard();
        fs.rmSync(path, { force: true });
        throw error;
    }
}

async function fill(file: OpenFile, source: BlobSource): Promise<Hash> {
    const hash = createHash('sha256');
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
        hash.update(chunk);
        await writeAll(file, chunk);
    }
    onFile(file.path, () => fs.fchmodSync(file.descriptor, fileMode));
    return hashOf(hash.digest('hex'));
}

/** Hash of a regular file's content; a link is an error of the system. */
export async function hashFile(path: string): Promise<Hash> {
    const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
        const endless = (): never => {
            throw new Error('a file beyond all numbers');
        };
        const { hex } = await hashContent({ descriptor, path }, undefined, { limit: Infinity, tooLong: endless });
        return hashOf(hex);
    } finally {
        fs.closeSync(descriptor);
    }
}
