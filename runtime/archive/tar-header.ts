// One 512-byte header of a tar archive, read strictly: whatever two readers could understand differently is refused.
// A second reader, npm's tar, decodes the same block and must agree.
import * as buffer from 'node:buffer';
import { Header } from 'tar/header';
import type { Fail } from './archive-problem.ts';
import type { Extension } from './pax-records.ts';

export const blockBytes = 512;

/** A file, a hard link, a symbolic link, a directory. */
const acceptedTypes = ['0', '1', '2', '5'] as const;

export interface TarHeader {
    /** The type flag; old archives' NUL is `0`. */
    readonly type: (typeof acceptedTypes)[number];
    readonly name: string;
    readonly link: string;
    readonly size: number;
    readonly executable: boolean;
}

interface Field {
    readonly at: number;
    readonly length: number;
}

const fields = {
    name: { at: 0, length: 100 },
    mode: { at: 100, length: 8 },
    size: { at: 124, length: 12 },
    checksum: { at: 148, length: 8 },
    type: { at: 156, length: 1 },
    link: { at: 157, length: 100 },
    magic: { at: 257, length: 8 },
    prefix: { at: 345, length: 155 },
} as const satisfies Record<string, Field>;

const posixMagic = 'ustar\u000000';
const gnuMagic = 'ustar  \0';
const oldMagic = '\0\0\0\0\0\0\0\0';

/** The largest size that twelve octal digits with their terminator hold, and one more. */
const octalSizeEnd = 8 ** 11;

/** Type and body length of a header block that may announce an extension. */
export function headerFrame(block: Buffer, fail: Fail): { readonly type: string; readonly size: number } {
    checkSum(block, fail);
    const magic = rawText(block, fields.magic);
    if (magic !== posixMagic && magic !== gnuMagic && magic !== oldMagic) {
        fail({ rule: 'tar', detail: 'an unknown header format' });
    }
    const flag = rawText(block, fields.type);
    return { type: flag === '\0' ? '0' : flag, size: sizeOf(block, fail) };
}

/** The whole header of a member, with what extensions before it said. */
export function memberHeader(block: Buffer, extension: Extension, fail: Fail): TarHeader {
    const { type: flag, size } = headerFrame(block, fail);
    const name = extension.path ?? headerName(block, fail);
    const type = acceptedTypes.find((accepted) => accepted === flag) ?? refuseType(flag, name, fail);
    const link = extension.linkpath ?? fieldText(block, fields.link, fail);
    const mode = octal(block, fields.mode);
    if (mode === undefined) fail({ rule: 'tar', detail: 'a malformed mode' }, name);
    const header = {
        type,
        name,
        link,
        size: bodySize(size, extension.size, fail),
        executable: (mode & 0o100) !== 0,
    };
    agree(block, extension, header, fail);
    return header;
}

const otherTypes: Readonly<Record<string, string>> = {
    '3': 'a character device',
    '4': 'a block device',
    '6': 'a named pipe',
    '7': 'a contiguous file',
    D: 'a GNU directory dump',
    M: 'a part of an archive in several volumes',
    S: 'a sparse file',
    V: 'a volume label',
};

function refuseType(flag: string, name: string, fail: Fail): never {
    return fail(
        { rule: 'type', detail: otherTypes[flag] ?? `an unknown type of member, ${JSON.stringify(flag)}` },
        name,
    );
}

/** A pax size only repeats the header's, or says what the header cannot. */
function bodySize(size: number, extended: number | undefined, fail: Fail): number {
    if (extended === undefined || extended === size) return size;
    if (size === 0 && extended >= octalSizeEnd) return extended;
    return fail({ rule: 'tar', detail: 'two different sizes for one member' });
}

function headerName(block: Buffer, fail: Fail): string {
    const name = fieldText(block, fields.name, fail);
    if (rawText(block, fields.magic) !== posixMagic) return name;
    const prefix = fieldText(block, fields.prefix, fail);
    return prefix === '' ? name : `${prefix}/${name}`;
}

function checkSum(block: Buffer, fail: Fail): void {
    const { at, length } = fields.checksum;
    let sum = 0;
    // The checksum itself counts as spaces. This is the hottest loop of all: an index is many times faster here.
    for (let index = 0; index < blockBytes; index += 1) {
        sum += index >= at && index < at + length ? 0x20 : (block[index] ?? 0);
    }
    if (octal(block, fields.checksum) !== sum) fail({ rule: 'tar', detail: 'no tar header, or a damaged one' });
}

function sizeOf(block: Buffer, fail: Fail): number {
    const { at, length } = fields.size;
    if (((block[at] ?? 0) & 0x80) === 0) {
        return octal(block, fields.size) ?? fail({ rule: 'tar', detail: 'a malformed size' });
    }
    // Base 256, for what octal digits cannot hold. The sign is the second highest bit; nothing here is that big.
    let size = block[at] === 0x80 ? 0 : Number.NaN;
    for (const byte of block.subarray(at + 1, at + length)) size = size * 256 + byte;
    if (!Number.isSafeInteger(size) || size < octalSizeEnd) fail({ rule: 'tar', detail: 'a malformed size' });
    return size;
}

function octal(block: Buffer, field: Field): number | undefined {
    const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(rawText(block, field)) ?? [];
    return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function rawText(block: Buffer, { at, length }: Field): string {
    return block.toString('latin1', at, at + length);
}

const zeros = Buffer.alloc(blockBytes);

/** Text up to the first NUL, after which nothing may follow. */
function fieldText(block: Buffer, { at, length }: Field, fail: Fail): string {
    const bytes = block.subarray(at, at + length);
    const end = bytes.indexOf(0);
    const text = end < 0 ? bytes : bytes.subarray(0, end);
    if (end >= 0 && !bytes.subarray(end).equals(zeros.subarray(end, length))) {
        fail({ rule: 'path', detail: 'a name with NUL' }, text.toString('latin1'));
    }
    if (!buffer.isUtf8(text)) fail({ rule: 'name', detail: 'a name that is not UTF-8' }, text.toString('latin1'));
    return text.toString();
}

function agree(block: Buffer, extension: Extension, ours: TarHeader, fail: Fail): void {
    const theirs = secondOpinion(block, extension);
    const same =
        theirs?.cksumValid === true &&
        theirs.path === ours.name &&
        // It puts an extension's link target in only after it has made the header.
        (extension.linkpath !== undefined || (theirs.linkpath ?? '') === ours.link) &&
        theirs.size === ours.size &&
        theirs.typeKey === ours.type;
    if (!same) fail({ rule: 'tar', detail: 'a header that can be read in two ways' }, ours.name);
}

function secondOpinion(block: Buffer, extension: Extension): Header | undefined {
    try {
        return new Header(block, 0, { ...extension });
    } catch {
        // It throws on numbers it cannot represent.
        return undefined;
    }
}
