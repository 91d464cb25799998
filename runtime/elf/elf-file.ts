// The parts of an ELF file: header, program headers, sections. 64 and 32 bits, least significant byte first; nothing else.
// (System V Application Binary Interface, "Object Files".)

/** Gives bytes of the file, fewer at its end. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

export interface ElfFile {
    readonly read: ReadBytes;
    readonly bits: 32 | 64;
    readonly machine: number;
    /** ET_REL 1, ET_EXEC 2, ET_DYN 3, ET_CORE 4. */
    readonly type: number;
    readonly segments: readonly Segment[];
    readonly sections: readonly Section[];
}

export interface Segment {
    readonly type: number;
    readonly flags: number;
    readonly offset: number;
    readonly address: number;
    readonly size: number;
}

export interface Section {
    readonly name: string;
    readonly type: number;
    readonly flags: number;
    readonly offset: number;
    readonly size: number;
    readonly link: number;
}

/** No ELF file at all, one that cannot be read here, or its parts. */
export type Opened =
    | { readonly kind: 'other' }
    | { readonly kind: 'refused'; readonly reason: string }
    | { readonly kind: 'elf'; readonly file: ElfFile };

const headerSize = { 32: 52, 64: 64 } as const;

export function openElf(read: ReadBytes): Opened {
    const head = read(0, headerSize[64]);
    if (head.length < headerSize[32] || !magic.every((byte, at) => head[at] === byte)) return { kind: 'other' };
    const bits = head[4] === 2 ? 64 : head[4] === 1 ? 32 : undefined;
    if (bits === undefined || head.length < headerSize[bits]) return refused('its class is neither 32 nor 64 bits');
    if (head[5] !== 1) return refused('its most significant byte comes first');
    const fields = numbers(head);
    const at = (narrow: number, wide: number): number => fields.word(bits === 32 ? narrow : wide, bits);
    const half = (narrow: number, wide: number): number => fields.half(bits === 32 ? narrow : wide);
    const segmentTable = { at: at(28, 32), size: half(42, 54), count: half(44, 56) };
    const sectionTable = { at: at(32, 40), size: half(46, 58), count: half(48, 60) };
    const segments = rows(read, segmentTable).map((row) => segmentFrom(numbers(row), bits));
    const sections = rows(read, sectionTable).map((row) => sectionFrom(numbers(row), bits));
    const isCut = segments.length < segmentTable.count || sections.length < sectionTable.count;
    if (isCut) return refused('it ends before its tables do');
    const names = sections[half(50, 62)];
    const text = names === undefined ? new Uint8Array() : read(names.offset, names.size);
    return {
        kind: 'elf',
        file: {
            read,
            bits,
            machine: fields.half(18),
            type: fields.half(16),
            segments,
            sections: sections.map(({ nameAt, ...section }) => ({ ...section, name: textAt(text, nameAt) })),
        },
    };
}

const magic = [0x7f, 0x45, 0x4c, 0x46];

function refused(reason: string): Opened {
    return { kind: 'refused', reason };
}

interface Table {
    readonly at: number;
    readonly size: number;
    readonly count: number;
}

/** Whole rows only. */
function rows(read: ReadBytes, { at, size, count }: Table): readonly Uint8Array[] {
    if (count === 0 || size < 32) return [];
    const bytes = read(at, size * count);
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, row) =>
        bytes.subarray(row * size, (row + 1) * size),
    );
}

type Numbers = ReturnType<typeof numbers>;

/** Numbers in a piece of the file. */
export function numbers(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return {
        half: (at: number) => view.getUint16(at, true),
        long: (at: number) => view.getUint32(at, true),
        /** An address, offset or size of the file's class. */
        word: (at: number, bits: 32 | 64) =>
            bits === 32 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true)),
    };
}

function segmentFrom(row: Numbers, bits: 32 | 64): Segment {
    if (bits === 32) {
        const [offset, address, size] = [row.long(4), row.long(8), row.long(16)];
        return { type: row.long(0), flags: row.long(24), offset, address, size };
    }
    const [offset, address, size] = [row.word(8, 64), row.word(16, 64), row.word(32, 64)];
    return { type: row.long(0), flags: row.long(4), offset, address, size };
}

function sectionFrom(row: Numbers, bits: 32 | 64): Omit<Section, 'name'> & { readonly nameAt: number } {
    const shared = { nameAt: row.long(0), type: row.long(4), flags: row.long(8) };
    return bits === 32
        ? { ...shared, offset: row.long(16), size: row.long(20), link: row.long(24) }
        : { ...shared, offset: row.word(24, 64), size: row.word(32, 64), link: row.long(40) };
}

/** The text that begins here and ends with a zero. */
export function textAt(bytes: Uint8Array, at: number): string {
    const end = bytes.indexOf(0, at);
    return new TextDecoder().decode(bytes.subarray(at, end < 0 ? bytes.length : end));
}
