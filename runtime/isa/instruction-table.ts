// What a table of instruction sets consists of. The tables are data: `x86.ts` and `aarch64.ts`.

export interface InstructionRow {
    /** Names of the sets that such an instruction needs. */
    readonly sets: readonly string[];
    readonly mnemonic: RegExp;
    /** On the shape of the operands: which kinds of registers they have. Any when absent. */
    readonly operands?: RegExp;
}

export interface InstructionTable {
    /** Kinds of operands, one letter each; a shape is the letters that occur, in this order. */
    readonly shapes: readonly (readonly [letter: string, pattern: RegExp])[];
    /** Words in front of the mnemonic. */
    readonly prefix: RegExp;
    /** Where a remark begins. */
    readonly remark: string;
    /** The first row that matches decides. */
    readonly rows: readonly InstructionRow[];
    /** What every processor of the family has. When given, everything that is neither here nor in a row is told. */
    readonly base?: RegExp;
    /** Mnemonics that the registers of other sets never go with: operands need no look. */
    readonly plain?: RegExp;
    /** Sets whose instructions do no harm where a processor does not know them, with the reason. */
    readonly harmless: Readonly<Record<string, string>>;
}

/** Names in rows, for words of the command line. */
export function setsOf({ rows }: InstructionTable): readonly string[] {
    return [...new Set(rows.flatMap(({ sets }) => sets))];
}
