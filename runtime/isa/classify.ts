// One disassembled instruction → the instruction sets that it needs. What was seen once is remembered: there are millions of lines.
import { aarch64 } from './aarch64.ts';
import type { InstructionTable } from './instruction-table.ts';
import { i386, x86 } from './x86.ts';

/** Undefined for a word that is no instruction of the table and no basic one, either. */
export type Classified = readonly string[] | undefined;

/** By the name that objdump has for the format of a file. */
export function tableFor(format: string): InstructionTable | undefined {
    if (format === 'elf32-i386') return i386;
    if (format === 'elf64-x86-64' || format === 'elf32-x86-64') return x86;
    return format === 'elf64-littleaarch64' ? aarch64 : undefined;
}

/** Every name that `--forbid` and the like may use. */
export const allTables: readonly InstructionTable[] = [x86, aarch64];

/** Takes the text of an instruction: mnemonic with prefixes, operands, perhaps a remark. */
export function classifier(table: InstructionTable): (text: string) => Classified {
    const plain = new Map<string, Classified>();
    const shaped = new Map<string, Classified>();
    return (text) => {
        const { mnemonic, at } = mnemonicOf(text, table.prefix);
        const known = plain.get(mnemonic);
        if (known !== undefined) return known;
        if (isPlain(table, mnemonic)) {
            plain.set(mnemonic, none);
            return none;
        }
        const key = `${mnemonic} ${shapeOf(table, text, at)}`;
        if (!shaped.has(key)) shaped.set(key, lookUp(table, mnemonic, key.slice(mnemonic.length + 1)));
        return shaped.get(key);
    };
}

const none: readonly string[] = [];

function isPlain({ base, plain, rows }: InstructionTable, mnemonic: string): boolean {
    return (
        base?.test(mnemonic) === true &&
        plain?.test(mnemonic) === true &&
        !rows.some(({ mnemonic: pattern, operands }) => operands === undefined && pattern.test(mnemonic))
    );
}

function mnemonicOf(text: string, prefix: RegExp): { readonly mnemonic: string; readonly at: number } {
    for (let at = 0; ; ) {
        let end = at;
        while (end < text.length && !isBlank(text.charCodeAt(end))) end++;
        const word = text.slice(at, end);
        while (end < text.length && isBlank(text.charCodeAt(end))) end++;
        if (end >= text.length || !prefix.test(word)) return { mnemonic: word, at: end };
        at = end;
    }
}

function isBlank(code: number): boolean {
    return code === 0x20 || code === 0x09;
}

function shapeOf({ shapes, remark }: InstructionTable, text: string, at: number): string {
    const end = text.indexOf(remark, at);
    const operands = text.slice(at, end < 0 ? undefined : end);
    // A prefix in braces stands at the beginning of the whole.
    return shapes.map(([letter, pattern]) => (pattern.test(letter === 'v' ? text : operands) ? letter : '')).join('');
}

function lookUp({ rows, base }: InstructionTable, mnemonic: string, shape: string): Classified {
    const found = rows.find(
        ({ mnemonic: pattern, operands }) => pattern.test(mnemonic) && operands?.test(shape) !== false,
    );
    if (found !== undefined) return found.sets;
    return base?.test(mnemonic) === false ? undefined : none;
}
