// The content of a section as text in pieces that end between strings, unpacked where it is compressed.
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { type ElfFile, numbers, type Section } from './elf-file.ts';

const compressedFlag = 0x800;
const step = 0x10_0000;
/** More than that is not held in memory. */
const unpackedLimit = 0x400_0000;

/** Gives pieces; a text in `unread` says why there are none. */
export function* sectionText(file: ElfFile, section: Section, unread: (reason: string) => void): Generator<string> {
    const unpacked = unpackedSection(file, section);
    if (typeof unpacked === 'string') {
        unread(`${section.name}: ${unpacked}`);
        return;
    }
    if (unpacked !== undefined) {
        yield unpacked.toString('latin1');
        return;
    }
    let rest = '';
    for (let done = 0; done < section.size; done += step) {
        const bytes = file.read(section.offset + done, Math.min(step, section.size - done));
        if (bytes.length === 0) break;
        const text = rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
        const end = text.lastIndexOf('\0');
        rest = text.slice(end + 1);
        yield text.slice(0, end + 1);
    }
    yield rest;
}

/** Undefined when it is not compressed, a text when it cannot be unpacked. */
function unpackedSection({ read, bits }: ElfFile, { flags, offset, size, name }: Section): Buffer | string | undefined {
    if (name.startsWith('.zdebug')) return unpackedOld(read(offset, Math.min(size, unpackedLimit)));
    if ((flags & compressedFlag) === 0) return undefined;
    const head = read(offset, bits === 64 ? 24 : 12);
    if (head.length < (bits === 64 ? 24 : 12)) return 'it is cut off';
    const fields = numbers(head);
    const [type, length] = [fields.long(0), fields.word(bits === 64 ? 8 : 4, bits)];
    const unpack = type === 1 ? inflateSync : type === 2 ? zstdDecompressSync : undefined;
    if (unpack === undefined) return `it is compressed in a way that is not known (${type})`;
    if (length > unpackedLimit || size > unpackedLimit)
        return `it has ${length} bytes when unpacked, which is too much`;
    return unpacking(() => unpack(read(offset + head.length, size - head.length), { maxOutputLength: unpackedLimit }));
}

/** The older form: `ZLIB`, the length, the content. */
function unpackedOld(bytes: Uint8Array): Buffer | string {
    return unpacking(() => inflateSync(bytes.subarray(12), { maxOutputLength: unpackedLimit }));
}

function unpacking(work: () => Buffer): Buffer | string {
    try {
        return work();
    } catch {
        return 'it is compressed, and damaged or too large';
    }
}
