// Words of the command line about instruction sets.
import { nearest } from '../lang/suggest.ts';
import { allTables } from '../runtime/isa/classify.ts';
import { setsOf } from '../runtime/isa/instruction-table.ts';
import type { Arguments } from './command.ts';

export interface InstructionWords {
    readonly forbidden: readonly string[];
    /** Whether a function may use any set. */
    readonly isAllowed: (place: string) => boolean;
    readonly disassembles: boolean;
}

/** The words, or what is wrong with them. */
export function instructionWords(args: Arguments): InstructionWords | { readonly problem: string } {
    const forbidden = args.values('forbid').flatMap((list) => list.split(','));
    const known = allTables.flatMap(setsOf);
    const unknown = forbidden.find((set) => !known.includes(set));
    if (unknown !== undefined) {
        const near = nearest(unknown, known);
        const help = near === undefined ? `known are ${[...new Set(known)].join(', ')}` : `did you mean \`${near}\`?`;
        return { problem: `there is no instruction set \`${unknown}\` for \`--forbid\`; ${help}` };
    }
    const disassembles = !args.flag('no-disassembly');
    if (!disassembles && forbidden.length > 0)
        return { problem: '`--forbid` needs the disassembly that `--no-disassembly` leaves out' };
    const patterns = args.values('allow-in').map((glob) => ({ glob, pattern: patternFor(glob) }));
    const isAllowed = (place: string): boolean =>
        patterns.some(({ glob, pattern }) => isNamed(place) === isNamed(glob) && pattern.test(place));
    return { forbidden, isAllowed, disassembles };
}

/** Code that no symbol claims is excused only by a pattern that says so. */
function isNamed(place: string): boolean {
    return !/^(?:after|before) /.test(place);
}

function patternFor(glob: string): RegExp {
    const parts = glob.split('*').map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's');
}
