// Who made the code in a file, as compilers and linkers write it down: `.comment`, the producer of each unit in debug information
// (with switches, where the compiler records them) and the words of `-frecord-gcc-switches`.
import { compareBytes } from '../../compiler/plan/bytes.ts';
import type { ElfFile } from './elf-file.ts';
import { sectionText } from './section-text.ts';

export interface Producers {
    /** `.comment`: compilers, and linkers that sign what they make. */
    readonly comments: readonly string[];
    /** Producers of units, with their switches. */
    readonly units: readonly string[];
    /** `.GCC.command.line` */
    readonly commandLine: readonly string[];
    /** Sections that could not be looked at, with the reason. */
    readonly unread: readonly string[];
}

const unit = /(?<![^\0])(?:GNU [A-Z][^\0]*\d+\.\d|(?:[\w.]+ )?clang (?:version|LLVM)\b|rustc version \d)[^\0]*/g;
const anyText = /[^\0]+/g;

const sources: readonly {
    readonly names: RegExp;
    readonly list: keyof Omit<Producers, 'unread'>;
    readonly text: RegExp;
}[] = [
    { names: /^\.comment$/, list: 'comments', text: anyText },
    { names: /^\.z?debug_(?:str|line_str)$/, list: 'units', text: unit },
    { names: /^\.GCC\.command\.line$/, list: 'commandLine', text: anyText },
];

/** Each text once, in byte order; the command line as it stands. */
export function producersOf(file: ElfFile): Producers {
    const found = { comments: new Set<string>(), units: new Set<string>(), commandLine: new Set<string>() };
    const unread: string[] = [];
    for (const section of file.sections) {
        const source = sources.find(({ names }) => names.test(section.name));
        if (source === undefined || section.type === noBits) continue;
        for (const piece of sectionText(file, section, (reason) => unread.push(reason)))
            for (const [text] of piece.matchAll(source.text)) found[source.list].add(text);
    }
    return {
        comments: [...found.comments].sort(compareBytes),
        units: [...found.units].sort(compareBytes),
        commandLine: [...found.commandLine],
        unread,
    };
}

const noBits = 8;
