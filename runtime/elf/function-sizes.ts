// How long functions are, as symbols say it. Code behind the end of one belongs to no function that is known.
import { type ElfFile, numbers, textAt } from './elf-file.ts';

const symbolSections = new Set([2, 11]);
const functionTypes = new Set([2, 10]);

/** Where sections all begin at 0, as in object files, names tell functions apart; else addresses do. */
export function functionSizes(file: ElfFile): (name: string, address: number) => number | undefined {
    const { read, bits, sections, type } = file;
    const isObject = type === 1;
    const sizes = new Map<string | number, number>();
    const rowSize = bits === 64 ? 24 : 16;
    for (const { type: kind, offset, size, link } of sections) {
        if (!symbolSections.has(kind)) continue;
        const strings = sections[link];
        const text = isObject && strings !== undefined ? read(strings.offset, strings.size) : new Uint8Array();
        const table = read(offset, size);
        const fields = numbers(table);
        for (let at = 0; at + rowSize <= table.length; at += rowSize) {
            const info = table[at + (bits === 64 ? 4 : 12)] ?? 0;
            if (!functionTypes.has(info & 0xf)) continue;
            const address = fields.word(at + (bits === 64 ? 8 : 4), bits);
            const length = fields.word(at + (bits === 64 ? 16 : 8), bits);
            const key = isObject ? textAt(text, fields.long(at)) : address;
            sizes.set(key, Math.max(length, sizes.get(key) ?? 0));
        }
    }
    return (name, address) => sizes.get(isObject ? name : address);
}
