// Disassembly, line by line → which instruction sets a file uses, and where. Only sums and first places are kept.
import { type Classified, classifier } from './classify.ts';
import type { InstructionTable } from './instruction-table.ts';

export interface Place {
    /** The symbol that the code belongs to; `after NAME` or `before NAME` when it is that of none. */
    readonly function: string;
    readonly address: string;
    readonly instruction: string;
}

export interface SetUsage {
    readonly set: string;
    /** Why it does no harm on processors without it. */
    readonly harmless?: string;
    readonly instructions: number;
    readonly functions: number;
    /** The first place outside of functions that may use it; absent when all are in such. */
    readonly first?: Place;
    /** The first place in each function that may use it. */
    readonly allowed: readonly Place[];
}

export interface Usage {
    readonly instructions: number;
    /** By name of the set, in the order in which they are met. */
    readonly sets: readonly SetUsage[];
    /** Words that are no instruction of the table: of newer processors, or data that lies between code. */
    readonly unknown: { readonly count: number; readonly first?: Place };
}

export interface UsageOptions {
    readonly table: InstructionTable;
    /** Whether a function may use whatever it likes. */
    readonly isAllowed: (name: string) => boolean;
    /** How long the function is that begins there; undefined when nothing says so. */
    readonly sizeOf: (name: string, address: number) => number | undefined;
}

interface Counting {
    instructions: number;
    functions: number;
    /** Number of the place that was counted last. */
    last: number;
    first?: Place;
    readonly allowed: Place[];
}

export interface UsageReader {
    /** A line of objdump that begins with an address and a tab. */
    readonly instruction: (line: string, tab: number) => void;
    /** A line that names what begins: `0000000000001139 <main>:`. */
    readonly label: (line: string) => void;
    readonly end: () => Usage;
}

interface Label {
    readonly name: string;
    readonly address: number;
    readonly end: number;
}

const nowhere: Label = { name: '', address: 0, end: Infinity };

export function usageReader({ table, isAllowed, sizeOf }: UsageOptions): UsageReader {
    const classify = classifier(table);
    const sets = new Map<string, Counting>();
    const unknown: { count: number; first?: Place } = { count: 0 };
    let labelLine = '';
    let current: Label | undefined = nowhere;
    let number = 0;
    let instructions = 0;

    /** Looked at only when something in it is of interest. */
    const here = (): Label => (current ??= labelOf(labelLine, sizeOf));
    const count = (line: string, tab: number, names: readonly string[]): void => {
        const { name, end } = here();
        const address = Number.parseInt(line, 16);
        const isBehind = address >= end;
        // The part behind a function is a place of its own.
        const place = number * 2 + (isBehind ? 1 : 0);
        for (const set of names) {
            let counting = sets.get(set);
            if (counting === undefined)
                sets.set(set, (counting = { instructions: 0, functions: 0, last: -1, allowed: [] }));
            counting.instructions++;
            if (counting.last === place) continue;
            counting.last = place;
            counting.functions++;
            const functionName = isBehind ? `after ${name}` : name;
            const isFree = isAllowed(functionName);
            if (!isFree && counting.first !== undefined) continue;
            const found = placeOf(functionName, line, tab, table.remark);
            if (isFree) counting.allowed.push(found);
            else counting.first = found;
        }
    };
    const notKnown = (line: string, tab: number): void => {
        unknown.count++;
        unknown.first ??= placeOf(here().name, line, tab, table.remark);
    };
    return {
        instruction: (line, tab) => {
            const text = line.slice(tab + 1);
            if (isData(text)) return;
            instructions++;
            const found: Classified = classify(text);
            if (found === undefined) notKnown(line, tab);
            else if (found.length > 0) count(line, tab, found);
        },
        label: (line) => {
            labelLine = line;
            current = undefined;
            number++;
        },
        end: () => ({
            instructions,
            sets: [...sets].map(([set, counting]) => setUsage(set, counting, table)),
            unknown,
        }),
    };
}

/** Symbols of data in code are shown as bytes. */
function isData(text: string): boolean {
    return /^[0-9a-f]{2}(?: |$)/.test(text);
}

function labelOf(line: string, sizeOf: UsageOptions['sizeOf']): Label {
    const address = Number.parseInt(line, 16);
    const shown = line.slice(line.indexOf('<') + 1, -2);
    // Nothing has a name before the first symbol of a section.
    const [, next] = /^(.*)-0x[0-9a-f]+$/.exec(shown) ?? [];
    if (next !== undefined) return { name: `before ${withoutVersion(next)}`, address, end: Infinity };
    const name = withoutVersion(shown);
    const size = sizeOf(name, address);
    return { name, address, end: size === undefined || size === 0 ? Infinity : address + size };
}

/** Versions of symbols are no part of the name; entries of tables for calls are marked in the same way. */
function withoutVersion(symbol: string): string {
    return symbol.endsWith('@plt') ? symbol : symbol.replace(/@.*$/, '');
}

function placeOf(name: string, line: string, tab: number, remark: string): Place {
    const text = line.slice(tab + 1);
    const end = text.indexOf(remark);
    const instruction = (end < 0 ? text : text.slice(0, end)).replaceAll(/\s+/g, ' ').trim();
    return { function: name, address: `0x${line.slice(0, tab - 1).trim()}`, instruction };
}

function setUsage(
    set: string,
    { instructions, functions, first, allowed }: Counting,
    table: InstructionTable,
): SetUsage {
    const harmless = Object.hasOwn(table.harmless, set) ? table.harmless[set] : undefined;
    return {
        set,
        ...(harmless === undefined ? {} : { harmless }),
        instructions,
        functions,
        ...(first === undefined ? {} : { first }),
        allowed,
    };
}
