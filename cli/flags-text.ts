// How `rpkg flags` tells its answer: for people, and as JSON.
import type { JudgedTrace } from '../compiler/flags/expected-facts.ts';
import { exceptions } from '../compiler/flags/exceptions.ts';
import type { JudgedCall, JudgedFlag, Judgement } from '../compiler/flags/judge.ts';
import type { Requested } from '../compiler/flags/requested.ts';
import type { Subject } from '../compiler/plan/plan.ts';
import { shellCommand } from '../compiler/plan/quote.ts';
import type { FoundElf } from '../runtime/elf/read-elf.ts';
import { factWords, flagOf, traceRow } from './built-file-text.ts';
import { counted } from './counted.ts';
import { section, table } from './table.ts';

export interface FlagsAnswer {
    readonly subject: Subject;
    readonly judgement: Judgement;
    readonly files: readonly FoundElf[];
    readonly traces: readonly JudgedTrace[];
    readonly ok: boolean;
}

/** Text with one part for flags, exceptions, calls that lack something, and files; with `full` also every call. */
export function flagsText(answer: FlagsAnswer, full: boolean): string {
    const { subject, judgement, files, traces, ok } = answer;
    const { calls, flags } = judgement;
    const actions = new Set(calls.map(({ call }) => call.action));
    const lacking = calls.filter(isLacking);
    return [
        `${subject.name} ${subject.version}: ${counted(calls.length, 'call')} in ${counted(actions.size, 'action')}`,
        '',
        ...(full ? ['Calls', ...calls.flatMap(callLines), ''] : []),
        ...(flags.length === 0 ? ['The recipe asks for no flags.'] : ['Flags', ...table(flags.map(flagRow))]),
        ...section('Exceptions', table(exceptionRows(calls))),
        ...section('Files', files.flatMap(fileLines)),
        ...section('Traces in files', table(traces.map(traceRow))),
        ...section('Calls that lack flags', lacking.flatMap(callLines)),
        '',
        ok ? 'everything asked for is there' : 'not everything asked for is there',
        '',
    ].join('\n');
}

function isLacking({ missing, undone, exception }: JudgedCall): boolean {
    return exception === undefined && missing.length + undone.length > 0;
}

function flagRow({ requested, carried, excused, missing }: JudgedFlag): readonly string[] {
    const all = carried + missing;
    const reached = all === 0 ? 'nothing to reach' : `${carried} of ${counted(all, 'call')}`;
    const more = excused === 0 ? '' : `${excused} excused`;
    return [requested.side, requested.field, flagOf(requested), reached, more];
}

function exceptionRows(calls: readonly JudgedCall[]): readonly (readonly string[])[] {
    return exceptions.flatMap((exception) => {
        const number = calls.filter((call) => call.exception === exception).length;
        return number === 0 ? [] : [[exception.name, counted(number, 'call'), exception.reason]];
    });
}

function callLines({ call, carried, missing, undone, exception }: JudgedCall): readonly string[] {
    const { action, side, program, cwd } = call;
    return [
        `  ${action}  ${side}  in ${cwd}`,
        `      ${shellCommand([program, ...call.arguments])}`,
        ...(carried.length === 0 ? [] : [`      carries ${carried.map(flagOf).join(' ')}`]),
        ...(missing.length === 0 ? [] : [`      lacks ${missing.map(flagOf).join(' ')}`]),
        ...undone.map(({ requested, by }) => `      ${flagOf(requested)} is taken back by ${by}`),
        ...(exception === undefined ? [] : [`      need not: ${exception.reason}`]),
    ];
}

function fileLines(file: FoundElf): readonly string[] {
    if ('refused' in file) return [`  ${file.path}  cannot be read: ${file.refused}`];
    return [`  ${file.path}  ${factWords(file.facts).join(', ')}`];
}

/** Everything, with flags as words and calls as argument lists. */
export function flagsJson({ subject, judgement, files, traces, ok }: FlagsAnswer): object {
    const named = ({ field, words, side }: Requested): object => ({ field, words, side });
    return {
        subject,
        ok,
        flags: judgement.flags.map(({ requested, ...counts }) => ({ ...named(requested), ...counts })),
        calls: judgement.calls.map(({ call, carried, missing, undone, exception }) => ({
            action: call.action,
            side: call.side,
            tool: call.tool,
            program: call.program,
            cwd: call.cwd,
            arguments: call.arguments,
            carried: carried.map(flagOf),
            missing: missing.map(flagOf),
            undone: undone.map(({ requested, by }) => ({ flag: flagOf(requested), by })),
            ...(exception === undefined ? {} : { exception: exception.name, reason: exception.reason }),
        })),
        files,
        traces: traces.map(({ requested, ...trace }) => ({ ...named(requested), ...trace })),
    };
}
