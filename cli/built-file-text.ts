// What is told of a file that was built, and of the flags that it shows.
import { type JudgedTrace, lacking } from '../compiler/flags/expected-facts.ts';
import type { Requested } from '../compiler/flags/requested.ts';
import type { ElfFacts } from '../runtime/elf/elf-facts.ts';
import { counted } from './counted.ts';

export function factWords(facts: ElfFacts): readonly string[] {
    const { kind, machine, bits, pie, relro, nx, stackProtector, fortified, controlFlow, soname, runpath } = facts;
    // The linker decides about the rest of an object.
    const loading = [relro === 'none' ? 'no RELRO' : `${relro} RELRO`, nx ? 'NX stack' : 'executable stack'];
    return [
        `${kind} for ${machine} (${bits} bits)`,
        ...(kind === 'program' ? [pie ? 'PIE' : 'no PIE'] : []),
        ...(kind === 'object' ? [] : loading),
        stackProtector ? 'stack protector' : 'no stack protector',
        fortified.length === 0 ? 'nothing fortified' : counted(fortified.length, 'fortified function'),
        ...controlFlow,
        ...(soname === undefined ? [] : [`SONAME ${soname}`]),
        ...(runpath === undefined ? [] : [`RUNPATH ${runpath}`]),
        ...(facts.needed.length === 0 ? [] : [`needs ${facts.needed.join(' ')}`]),
        facts.debugInfo ? 'debug information' : 'no debug information',
    ];
}

export function flagOf({ words }: Requested): string {
    return words.join(' ');
}

/** `seen` in every file, `excused` where it is missing for a reason that is known, else `unseen`. */
export function resultOf(trace: JudgedTrace): 'seen' | 'unseen' | 'excused' {
    if (trace.unseen.length === 0) return 'seen';
    return lacking(trace).length > 0 ? 'unseen' : 'excused';
}

/** Columns: flag, what it leaves, in how many files, the result, and where it is not. */
export function traceRow(trace: JudgedTrace): readonly string[] {
    const { requested, name, seen, unseen, unless, details = {}, excuses = {} } = trace;
    const all = seen.length + unseen.length;
    const where = unseen.map((path) => {
        const notes = [details[path], excuses[path]].filter((note) => note !== undefined);
        return notes.length === 0 ? path : `${path} (${notes.join('; ')})`;
    });
    const passed = seen.flatMap((path) => (details[path] === undefined ? [] : [`${path} (${details[path]})`]));
    const reasons = [
        ...(where.length === 0 ? [] : [`not in ${where.join(', ')}${unless === undefined ? '' : `: ${unless}`}`]),
        ...passed,
    ];
    return [flagOf(requested), name, `${seen.length} of ${counted(all, 'file')}`, resultOf(trace), reasons.join('; ')];
}
