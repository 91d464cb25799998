// The members of a tar archive, one after the other. Knows blocks and extensions; where a member may go is decided in
// archive-tree.ts.
import * as buffer from 'node:buffer';
import type { Fail } from './archive-problem.ts';
import type { ByteReader } from './byte-reader.ts';
import { checkGlobal, type Extension, localExtension } from './pax-records.ts';
import { blockBytes, headerFrame, memberHeader, type TarHeader } from './tar-header.ts';

/** Far more than any name or attribute that is accepted. */
const maxExtensionBytes = 1024 * 1024;

/** The content of a member, in pieces. It must be read to its end. */
export class MemberBody {
    readonly #reader: ByteReader;
    readonly #fail: Fail;
    #left: number;

    constructor(reader: ByteReader, size: number, fail: Fail) {
        this.#reader = reader;
        this.#left = size;
        this.#fail = fail;
    }

    /** The next piece; undefined after the last one. */
    async next(): Promise<Buffer | undefined> {
        if (this.#left === 0) return undefined;
        const piece = await this.#reader.atMost(this.#left);
        if (piece.length === 0) this.#fail(truncated);
        this.#left -= piece.length;
        return piece;
    }
}

const truncated = { rule: 'tar', detail: 'it ends in the middle' } as const;

/** What stood before a member and belongs to it. */
interface Pending {
    readonly from: 'pax' | 'gnu';
    readonly extension: Extension;
}

/**
 * Calls `use` for each member in order; what it leaves of the body is skipped. Members of the types in `leftOut` are passed
 * over. Returns at the proper end only.
 */
export async function readMembers(
    reader: ByteReader,
    fail: Fail,
    use: (header: TarHeader, body: MemberBody) => Promise<void>,
    leftOut: readonly string[] = [],
): Promise<void> {
    let pending: Pending | undefined;
    for (;;) {
        const block = await reader.exactly(blockBytes);
        if (block.length < blockBytes) fail(truncated);
        if (isZero(block)) {
            if (pending !== undefined) fail(withoutMember);
            await checkEnd(reader, fail);
            return;
        }
        const { type, size } = headerFrame(block, fail);
        if (type === 'x' || type === 'L' || type === 'K') {
            pending = extended(pending, type, await extensionBody(reader, size, fail), fail);
        } else if (type === 'g') {
            if (pending !== undefined) fail(withoutMember);
            checkGlobal(await extensionBody(reader, size, fail), fail);
        } else if (leftOut.includes(type)) {
            if (size > 0) fail({ rule: 'tar', detail: 'content in a member that has none' });
            pending = undefined;
        } else {
            const header = memberHeader(block, pending?.extension ?? {}, fail);
            pending = undefined;
            const body = new MemberBody(reader, header.size, fail);
            await use(header, body);
            while ((await body.next()) !== undefined);
            await checkPadding(reader, header.size, fail);
        }
    }
}

const withoutMember = { rule: 'tar', detail: 'an extended header without its member' } as const;

/** Two sources for the same fact are refused, equal or not. */
function extended(before: Pending | undefined, type: 'x' | 'L' | 'K', body: Buffer, fail: Fail): Pending {
    if (type === 'x') {
        if (before !== undefined) fail(twice);
        return { from: 'pax', extension: localExtension(body, fail) };
    }
    const key = type === 'L' ? 'path' : 'linkpath';
    if (before?.from === 'pax' || before?.extension[key] !== undefined) fail(twice);
    return { from: 'gnu', extension: { ...before?.extension, [key]: longName(body, fail) } };
}

const twice = { rule: 'tar', detail: 'two extended headers for one member' } as const;

/** GNU ends the name with a NUL, which it counts. */
function longName(body: Buffer, fail: Fail): string {
    const end = body.indexOf(0);
    const name = end < 0 ? body : body.subarray(0, end);
    if (name.length === 0) fail({ rule: 'path', detail: 'an empty name' });
    if (end >= 0 && !isZero(body.subarray(end))) fail({ rule: 'path', detail: 'a name with NUL' });
    if (!buffer.isUtf8(name)) fail({ rule: 'name', detail: 'a name that is not UTF-8' }, name.toString('latin1'));
    return name.toString();
}

async function extensionBody(reader: ByteReader, size: number, fail: Fail): Promise<Buffer> {
    if (size > maxExtensionBytes) fail({ rule: 'limit', detail: `an extended header of ${size} bytes` });
    const body = await reader.exactly(size);
    if (body.length < size) fail(truncated);
    await checkPadding(reader, size, fail);
    return body;
}

/** Bodies fill whole blocks. Bytes in the padding would be seen by a reader that takes another size for true. */
async function checkPadding(reader: ByteReader, size: number, fail: Fail): Promise<void> {
    const length = (blockBytes - (size % blockBytes)) % blockBytes;
    const padding = await reader.exactly(length);
    if (padding.length < length) fail(truncated);
    if (!isZero(padding)) fail({ rule: 'tar', detail: 'data between members' });
}

/** After the first of the two blocks that end an archive: nothing but zeros, in whole blocks. */
async function checkEnd(reader: ByteReader, fail: Fail): Promise<void> {
    let blocks = 0;
    for (;;) {
        const block = await reader.exactly(blockBytes);
        if (block.length === 0 && blocks > 0) return;
        if (block.length < blockBytes) fail(truncated);
        if (!isZero(block)) fail({ rule: 'tar', detail: 'data after the end' });
        blocks += 1;
    }
}

const zeros = Buffer.alloc(64 * 1024);

function isZero(bytes: Buffer): boolean {
    return bytes.length <= zeros.length
        ? bytes.equals(zeros.subarray(0, bytes.length))
        : bytes.every((byte) => byte === 0);
}
