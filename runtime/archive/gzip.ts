// gzip (RFC 1952) with exactly one member. Tools disagree on what follows the first member, so nothing may: zlib's raw
// decoder is given all between header and trailer, and both are read here.
import * as fs from 'node:fs';
import { pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import { onFile } from '../store/guard.ts';
import type { Fail } from './archive-problem.ts';

const trailerBytes = 8;
/** Room for a file name and a comment; more is nothing an archive needs. */
const maxHeaderBytes = 64 * 1024;

const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

export async function* gunzipped(
    file: { readonly path: string; readonly size: number },
    fail: Fail,
): AsyncGenerator<Uint8Array> {
    const start = headerLength(bytesAt(file.path, 0, maxHeaderBytes), fail);
    const end = file.size - trailerBytes;
    if (end <= start) fail({ rule: 'compression', detail: 'it ends in the middle' });
    const inflate = zlib.createInflateRaw({ chunkSize: 256 * 1024, rejectGarbageAfterEnd: true });
    // Errors of either stream come out of the iteration.
    pipeline(fs.createReadStream(file.path, { start, end: end - 1 }), inflate, () => undefined);
    let checksum = 0;
    let length = 0;
    for await (const piece of inflate as AsyncIterable<Buffer>) {
        checksum = zlib.crc32(piece, checksum);
        length += piece.length;
        yield piece;
    }
    const trailer = bytesAt(file.path, end, trailerBytes);
    const whole = inflate.bytesWritten === end - start && trailer.length === trailerBytes;
    if (!whole || trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== length % 2 ** 32) {
        fail({ rule: 'compression', detail: 'damaged, or more than one gzip member' });
    }
}

function headerLength(bytes: Buffer, fail: Fail): number {
    const flags = bytes[3] ?? 0;
    if (bytes[2] !== 8 || (flags & flag.reserved) !== 0)
        fail({ rule: 'compression', detail: 'an unknown kind of gzip' });
    let at = 10;
    if ((flags & flag.extra) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
    for (const text of [flag.name, flag.comment]) {
        if ((flags & text) === 0) continue;
        const end = bytes.indexOf(0, at);
        if (end < 0) fail({ rule: 'compression', detail: 'a gzip header without end' });
        at = end + 1;
    }
    return (flags & flag.headerChecksum) === 0 ? at : at + 2;
}

function bytesAt(path: string, position: number, length: number): Buffer {
    const descriptor = fs.openSync(path, fs.constants.O_RDONLY);
    try {
        const bytes = Buffer.alloc(length);
        const got = onFile(path, () => fs.readSync(descriptor, bytes, 0, length, position));
        return bytes.subarray(0, got);
    } finally {
        fs.closeSync(descriptor);
    }
}
