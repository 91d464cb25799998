// How `rpkg verify-flags` tells its answer: for people, and as JSON.
import type { JudgedTrace } from '../compiler/flags/expected-facts.ts';
import { deliveredFlags } from '../compiler/flags/expected-facts.ts';
import { type ForbiddenUse, usedText } from '../compiler/flags/judge-instructions.ts';
import type { Requested } from '../compiler/flags/requested.ts';
import type { RefusedObject } from '../runtime/elf/built-files.ts';
import type { ElfFacts } from '../runtime/elf/elf-facts.ts';
import type { Producers } from '../runtime/elf/producers.ts';
import type { Disassembler } from '../runtime/isa/disassembler.ts';
import type { Inspected } from '../runtime/isa/inspect.ts';
import type { SetUsage, Usage } from '../runtime/isa/usage.ts';
import { factWords, flagOf, resultOf, traceRow } from './built-file-text.ts';
import { counted } from './counted.ts';
import { section, table } from './table.ts';

interface VerifiedObject {
    readonly path: string;
    readonly facts: ElfFacts;
    readonly producers: Producers;
    readonly instructions?: Inspected;
}

export interface VerifiedFlags {
    readonly name: string;
    readonly requested: readonly Requested[];
    readonly forbid: readonly string[];
    readonly objects: readonly VerifiedObject[];
    readonly refused: readonly RefusedObject[];
    readonly traces: readonly JudgedTrace[];
    readonly forbidden: readonly ForbiddenUse[];
    readonly disassemblers: readonly Disassembler[];
    readonly ok: boolean;
}

export function verifiedText(answer: VerifiedFlags): string {
    const { name, requested, forbid, objects, refused, traces, forbidden, ok } = answer;
    const asks = requested.length > 0 || forbid.length > 0;
    const isEmpty = objects.length + refused.length === 0;
    return [
        `${name}: ${isEmpty ? 'no ELF file and no archive' : counted(objects.length, 'object')}`,
        ...section('Files', [...objects.flatMap(objectLines), ...refused.map(refusedLine)]),
        ...section('Flags', table(traces.map(traceRow))),
        ...section(
            'Flags that leave nothing to see',
            [...untraced(answer)].map((flag) => `  ${flag}`),
        ),
        ...section(`Forbidden: ${forbid.join(', ')}`, forbidden.map(forbiddenLine)),
        ...(asks ? ['', ok ? 'everything asked for is there' : 'not everything asked for is there'] : []),
        '',
    ].join('\n');
}

function refusedLine({ path, refused }: RefusedObject): string {
    return `  ${path}  cannot be read: ${refused}`;
}

function objectLines({ path, facts, producers, instructions }: VerifiedObject): readonly string[] {
    const { comments, units, commandLine, unread } = producers;
    return [
        `  ${path}  ${factWords(facts).join(', ')}`,
        ...comments.map((text) => `      made by ${text}`),
        ...units.map((text) => `      unit by ${text}`),
        ...(commandLine.length === 0 ? [] : [`      command line ${commandLine.join(' ')}`]),
        ...unread.map((text) => `      not read: ${text}`),
        ...instructionLines(instructions),
    ];
}

function instructionLines(instructions: Inspected | undefined): readonly string[] {
    if (instructions === undefined) return [];
    if (instructions.kind === 'unknown') return [`      instructions not known: ${instructions.reason}`];
    const { sets, unknown }: Usage = instructions.usage;
    const { count, first } = unknown;
    const place = first === undefined ? '' : `, first in ${first.function} at ${first.address}: ${first.instruction}`;
    return [
        ...sets.flatMap(setLines),
        ...(count === 0 ? [] : [`      ${counted(count, 'word')} of no known instruction set, or data${place}`]),
    ];
}

function setLines(used: SetUsage): readonly string[] {
    const { set, first, harmless, allowed } = used;
    const note = harmless === undefined ? '' : ` (harmless: ${harmless})`;
    return [
        ...(first === undefined ? [] : [`      ${usedText(used)}${note}`]),
        ...allowed.map((place) => `      ${set} allowed in ${place.function} at ${place.address}`),
    ];
}

function forbiddenLine({ path, used, reason }: ForbiddenUse): string {
    return `  ${path}  ${used === undefined ? `cannot be judged: ${reason ?? ''}` : usedText(used)}`;
}

/** Flags for which no file shows anything, each once. */
function untraced({ requested, traces }: VerifiedFlags): ReadonlySet<string> {
    const traced = new Set(traces.map(({ requested: flag }) => flagOf(flag)));
    return new Set(
        deliveredFlags(requested)
            .map(flagOf)
            .filter((flag) => !traced.has(flag)),
    );
}

/** Everything, with flags as words. */
export function verifiedJson(answer: VerifiedFlags): object {
    const { name, objects, refused, traces, forbid, forbidden, disassemblers, ok } = answer;
    return {
        subject: name,
        ok,
        files: [...objects, ...refused],
        flags: traces.map((trace) => {
            const { requested, ...rest } = trace;
            const { field, words, side } = requested;
            return { field, words, side, result: resultOf(trace), ...rest };
        }),
        untraced: [...untraced(answer)],
        forbid,
        forbidden,
        disassemblers,
    };
}
