// One pass over a file's bytes: hashed while they are copied, so that what was hashed is what was kept.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { ContentDigest } from './directory-message.ts';
import { onFile, withPath } from './guard.ts';

const readAsync = promisify(fs.read);
const writeAsync = promisify(fs.write);

/** Files up to this size are read and written without leaving the thread: waiting would cost more than the copy. */
const smallBytes = 128 * 1024;
const chunkBytes = 1024 * 1024;

/** Shared by all synchronous copies, which never overlap. */
const smallBuffer = Buffer.allocUnsafeSlow(smallBytes);

export interface OpenFile {
    readonly descriptor: number;
    readonly path: string;
}

/** Reads to the end, hashing; writes the same bytes when there is an output. `tooLong` is called beyond `limit` bytes. */
export async function hashContent(
    input: OpenFile,
    output: OpenFile | undefined,
    bound: { readonly limit: number; readonly tooLong: () => never },
): Promise<ContentDigest> {
    const hash = createHash('sha256');
    let size = 0;
    const count = (bytes: number): void => {
        size += bytes;
        if (size > bound.limit) bound.tooLong();
    };
    const first = onFile(input.path, () => fs.readSync(input.descriptor, smallBuffer, 0, smallBytes, null));
    count(first);
    hash.update(smallBuffer.subarray(0, first));
    if (output !== undefined) writeAllSync(output, smallBuffer.subarray(0, first));
    if (first === smallBytes) {
        const chunk = Buffer.allocUnsafe(chunkBytes);
        for (let got = await readSome(input, chunk); got > 0; got = await readSome(input, chunk)) {
            count(got);
            const bytes = chunk.subarray(0, got);
            hash.update(bytes);
            if (output !== undefined) await writeAll(output, bytes);
        }
    }
    return { hex: hash.digest('hex'), size };
}

async function readSome(file: OpenFile, chunk: Buffer): Promise<number> {
    try {
        return (await readAsync(file.descriptor, chunk, 0, chunk.length, null)).bytesRead;
    } catch (error) {
        throw withPath(error, file.path);
    }
}

/** Writes every byte; a disk that fills up takes a part first and fails on the next call. */
export async function writeAll(file: OpenFile, bytes: Uint8Array): Promise<void> {
    try {
        for (let at = 0; at < bytes.length; ) {
            at += (await writeAsync(file.descriptor, bytes, at, bytes.length - at, null)).bytesWritten;
        }
    } catch (error) {
        throw withPath(error, file.path);
    }
}

/** As `writeAll`, holding the thread: for small files. */
export function writeAllSync(file: OpenFile, bytes: Uint8Array): void {
    onFile(file.path, () => {
        for (let at = 0; at < bytes.length; ) at += fs.writeSync(file.descriptor, bytes, at, bytes.length - at, null);
    });
}
