// The bytes of a tar archive out of a plain or compressed file, known by its first bytes and never by its name.
import * as fs from 'node:fs';
import { isSystemError, onFile } from '../store/guard.ts';
import type { Fail } from './archive-problem.ts';
import { gunzipped } from './gzip.ts';
import { unxzipped } from './xz.ts';
import { unzstandarded } from './zstandard.ts';

/** An archive as a regular file that nobody changes meanwhile. */
export interface ArchiveFile {
    readonly path: string;
    readonly size: number;
    /** What is being unpacked, for messages. */
    readonly what: string;
}

type Decompress = (file: ArchiveFile, fail: Fail) => AsyncIterable<Uint8Array>;

const formats: readonly { readonly magic: Buffer; readonly decompress: Decompress }[] = [
    { magic: Buffer.from('1f8b', 'hex'), decompress: gunzipped },
    { magic: Buffer.from('fd377a585a00', 'hex'), decompress: unxzipped },
    { magic: Buffer.from('28b52ffd', 'hex'), decompress: unzstandarded },
];

/** Decompressed pieces. Ending the iteration early releases everything behind it. */
export async function* decompressed(file: ArchiveFile, limit: number, fail: Fail): AsyncGenerator<Uint8Array> {
    const first = firstBytes(file.path);
    const format = formats.find(({ magic }) => first.subarray(0, magic.length).equals(magic));
    const pieces = format === undefined ? fs.createReadStream(file.path) : format.decompress(file, fail);
    let bytes = 0;
    try {
        for await (const piece of pieces as AsyncIterable<Uint8Array>) {
            bytes += piece.length;
            if (bytes > limit) fail({ rule: 'limit', detail: `more than ${limit} bytes when unpacked` });
            yield piece;
        }
    } catch (error) {
        if (isCodecError(error)) fail({ rule: 'compression', detail: `damaged or not only ${error.message}` });
        throw error;
    }
}

/** zlib's and zstd's own errors have a code but belong to no system call. */
function isCodecError(error: unknown): error is Error {
    return (
        error instanceof Error &&
        !isSystemError(error) &&
        'code' in error &&
        /^(?:Z_|ZSTD_|ERR_ZSTD|ERR_TRAILING_JUNK)/.test(String(error.code))
    );
}

function firstBytes(path: string): Buffer {
    const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
        const bytes = Buffer.alloc(8);
        return bytes.subarray(
            0,
            onFile(path, () => fs.readSync(descriptor, bytes)),
        );
    } finally {
        fs.closeSync(descriptor);
    }
}
