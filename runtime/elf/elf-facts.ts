// What the loader and the linker left in an ELF file about its hardening. What the file does not say is not guessed.
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { type ElfFile, numbers, type Section, textAt } from './elf-file.ts';

export interface ElfFacts {
    readonly machine: string;
    readonly bits: 32 | 64;
    readonly kind: 'program' | 'library' | 'object' | 'core';
    /** For programs: whether it may be loaded anywhere. */
    readonly pie: boolean;
    readonly relro: 'none' | 'partial' | 'full';
    readonly bindNow: boolean;
    /** The stack cannot be executed. */
    readonly nx: boolean;
    readonly stackProtector: boolean;
    /** Functions of the C library that check sizes. */
    readonly fortified: readonly string[];
    /** `ibt`, `shstk`, `bti`, `pac`: what all code in the file is said to support. */
    readonly controlFlow: readonly string[];
    readonly interpreter?: string;
    readonly soname?: string;
    readonly runpath?: string;
    readonly needed: readonly string[];
    readonly debugInfo: boolean;
    /** It has a table of all symbols, which loading does not need. */
    readonly symbols: boolean;
    /** There is something in it that can be executed. */
    readonly code: boolean;
}

const machines: Readonly<Record<number, string>> = {
    3: 'i386',
    40: 'arm',
    62: 'x86-64',
    183: 'aarch64',
    243: 'riscv',
    258: 'loongarch',
};

const segmentTypes = { dynamic: 2, load: 1, interpreter: 3, stack: 0x6474e551, relro: 0x6474e552 } as const;
const tags = {
    needed: 1,
    strings: 5,
    stringsSize: 10,
    soname: 14,
    rpath: 15,
    bindNow: 24,
    runpath: 29,
    flags: 30,
    flags1: 0x6ffffffb,
} as const;
const sectionTypes = { symbols: 2, empty: 8 } as const;
const codeFlag = 0x4;
const bindNowFlag = 0x8;
const nowFlag = 0x1;
const pieFlag = 0x0800_0000;

export function factsOf(file: ElfFile): ElfFacts {
    const { bits, machine, type, segments, sections } = file;
    const dynamic = dynamicOf(file);
    const find = (wanted: number): (typeof segments)[number] | undefined =>
        segments.find((segment) => segment.type === wanted);
    const interpreter = find(segmentTypes.interpreter);
    const flags1 = dynamic.number(tags.flags1) ?? 0;
    const isPie =
        type === 3 &&
        ((flags1 & pieFlag) !== 0 || (interpreter !== undefined && dynamic.text(tags.soname) === undefined));
    const bindNow =
        dynamic.number(tags.bindNow) !== undefined ||
        ((dynamic.number(tags.flags) ?? 0) & bindNowFlag) !== 0 ||
        (flags1 & nowFlag) !== 0;
    const hasRelro = find(segmentTypes.relro) !== undefined;
    const stack = find(segmentTypes.stack);
    const symbols = symbolsOf(file);
    const soname = dynamic.text(tags.soname);
    const runpath = dynamic.text(tags.runpath) ?? dynamic.text(tags.rpath);
    return {
        machine: machines[machine] ?? `machine ${machine}`,
        bits,
        kind: type === 1 ? 'object' : type === 4 ? 'core' : type === 2 || isPie ? 'program' : 'library',
        pie: isPie,
        relro: hasRelro ? (bindNow ? 'full' : 'partial') : 'none',
        bindNow,
        nx: stack !== undefined && (stack.flags & 1) === 0,
        stackProtector: symbols.some((name) => name === '__stack_chk_fail' || name === '__stack_chk_fail_local'),
        fortified: symbols.filter((name) => /^__\w+_chk$/.test(name)),
        controlFlow: controlFlowOf(file),
        ...(interpreter === undefined
            ? {}
            : { interpreter: textAt(file.read(interpreter.offset, interpreter.size), 0) }),
        ...(soname === undefined ? {} : { soname }),
        ...(runpath === undefined ? {} : { runpath }),
        needed: dynamic.texts(tags.needed),
        debugInfo: sections.some(({ name }) => name === '.debug_info' || name === '.zdebug_info'),
        symbols: sections.some(({ type: kind }) => kind === sectionTypes.symbols),
        code: sections.some(
            ({ flags, size, type: kind }) => (flags & codeFlag) !== 0 && size > 0 && kind !== sectionTypes.empty,
        ),
    };
}

interface Dynamic {
    readonly number: (tag: number) => number | undefined;
    readonly text: (tag: number) => string | undefined;
    readonly texts: (tag: number) => readonly string[];
}

/** The dynamic section: pairs of a tag and a number, some of which say where a text begins. */
function dynamicOf(file: ElfFile): Dynamic {
    const { read, bits, segments } = file;
    const segment = segments.find(({ type }) => type === segmentTypes.dynamic);
    const bytes = segment === undefined ? new Uint8Array() : read(segment.offset, segment.size);
    const size = bits / 8;
    const fields = numbers(bytes);
    const pairs: (readonly [tag: number, value: number])[] = [];
    for (let at = 0; at + 2 * size <= bytes.length; at += 2 * size) {
        const tag = fields.word(at, bits);
        if (tag === 0) break;
        pairs.push([tag, fields.word(at + size, bits)]);
    }
    const number = (wanted: number): number | undefined => pairs.find(([tag]) => tag === wanted)?.[1];
    const strings = read(offsetOf(file, number(tags.strings) ?? 0), number(tags.stringsSize) ?? 0);
    const texts = (wanted: number): readonly string[] =>
        pairs.filter(([tag]) => tag === wanted).map(([, at]) => textAt(strings, at));
    return { number, text: (wanted) => texts(wanted)[0], texts };
}

/** Where in the file an address lies. */
function offsetOf({ segments }: ElfFile, address: number): number {
    const home = segments.find(
        (segment) =>
            segment.type === segmentTypes.load &&
            address >= segment.address &&
            address < segment.address + segment.size,
    );
    return home === undefined ? address : address - home.address + home.offset;
}

const symbolSections = new Set([2, 11]);
const underscore = 0x5f;

/** Names with two underscores in the tables of symbols, each once, in byte order. */
function symbolsOf(file: ElfFile): readonly string[] {
    const { read, bits, sections } = file;
    const size = bits === 64 ? 24 : 16;
    const names = new Set<string>();
    for (const { type, offset, size: length, link } of sections) {
        const strings: Section | undefined = sections[link];
        if (!symbolSections.has(type) || strings === undefined) continue;
        const text = read(strings.offset, strings.size);
        const table = read(offset, length);
        const fields = numbers(table);
        for (let at = 0; at + size <= table.length; at += size) {
            const start = fields.long(at);
            // All that is looked for begins like this, and there are many others.
            if (text[start] === underscore && text[start + 1] === underscore) names.add(textAt(text, start));
        }
    }
    return [...names].sort(compareBytes);
}

/** Properties of processors, as bits: x86's and AArch64's. */
const properties: readonly (readonly [property: number, bit: number, word: string])[] = [
    [0xc000_0002, 1, 'ibt'],
    [0xc000_0002, 2, 'shstk'],
    [0xc000_0000, 1, 'bti'],
    [0xc000_0000, 2, 'pac'],
];

/** The GNU property note: its header has three numbers and the name, then come properties, each padded to the file's class. */
function controlFlowOf({ read, bits, sections }: ElfFile): readonly string[] {
    const section = sections.find(({ name }) => name === '.note.gnu.property');
    if (section === undefined) return [];
    const bytes = read(section.offset, section.size);
    const fields = numbers(bytes);
    const found: string[] = [];
    const align = bits / 8;
    for (let at = 16; at + 12 <= bytes.length; ) {
        const [property, length] = [fields.long(at), fields.long(at + 4)];
        if (length >= 4)
            for (const [wanted, bit, word] of properties) {
                if (property === wanted && (fields.long(at + 8) & bit) !== 0) found.push(word);
            }
        at += 8 + Math.ceil(length / align) * align;
    }
    return found;
}
