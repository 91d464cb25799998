// A plan difference as a person reads it: first what was edited, then what follows from it.
import { join } from 'node:path';
import type { Plan } from '../compiler/plan/plan.ts';
import type { CauseEffect, PlanDiff } from '../compiler/diff/diff.ts';
import type { Change } from '../compiler/diff/changes.ts';
import type { Paint } from './paint.ts';

export interface DiffTextOptions {
    readonly paint: Paint;
    /** How many changed values to show; the rest is counted. */
    readonly limit: number;
    /** Folder of each side's recipe as the user named it: the files of causes are relative to it. */
    readonly folders: { readonly before: string; readonly after: string };
}

/** The whole report, with a final newline. */
export function diffText(before: Plan, after: Plan, diff: PlanDiff, options: DiffTextOptions): string {
    const blocks = [
        header(before, after, diff),
        causesBlock(diff, options),
        othersBlock(diff, options.paint),
        actionsBlock(diff, options),
    ];
    return `${blocks
        .filter((block) => block.length > 0)
        .map((block) => block.join('\n'))
        .join('\n\n')}\n`;
}

function header(before: Plan, after: Plan, { sameExecution, sameDocument, counts }: PlanDiff): string[] {
    const title = (plan: Plan): string => `${plan.subject.name} ${plan.subject.version}`;
    const short = (digest: string): string => digest.slice('sha256:'.length, 'sha256:'.length + 12);
    const names = title(before) === title(after) ? title(after) : `${title(before)} → ${title(after)}`;
    if (sameExecution) {
        const document = sameDocument
            ? 'the plans are equal'
            : 'only places, names and reasons in the recipes differ: the same bytes will be built';
        return [
            `${names}    ${after.context.target}`,
            `execution ${short(after.digest.execution)} unchanged: ${document}`,
        ];
    }
    const same = counts.after - counts.added - counts.changed;
    return [
        `${names}    ${after.context.target}`,
        `execution ${short(before.digest.execution)} → ${short(after.digest.execution)}    ${counts.after} actions: ${same} same, ${counts.changed} changed, ${counts.added} added, ${counts.removed} removed`,
        `${counts.affected} ${counts.affected === 1 ? 'action has' : 'actions have'} to run again`,
    ];
}

function causesBlock({ causes, actions, others }: PlanDiff, { paint, folders }: DiffTextOptions): string[] {
    if (causes.length === 0) {
        const unexplained = actions.length + others.length;
        return unexplained === 0
            ? []
            : [paint.bold('Causes'), '  none in the recipes: the facts of the machine or the sources changed'];
    }
    const edits = causes.length === 1 ? '1 edit' : `${causes.length} edits`;
    return [
        paint.bold(`Causes (${edits})`),
        ...causes.flatMap((cause, index) => causeLines(letter(index), cause, folders, paint)),
    ];
}

function causeLines(name: string, cause: CauseEffect, folders: DiffTextOptions['folders'], paint: Paint): string[] {
    const folder = cause.kind === 'removed' ? folders.before : folders.after;
    const place = cause.kind === 'fact' ? 'command line' : `${join(folder, cause.file)}:${cause.line}`;
    const effect = cause.affected.length === 1 ? '1 action affected' : `${cause.affected.length} actions affected`;
    const lines = [
        `  ${paint.bold(name)}  ${place}    ${cause.field}${cause.layer === '' ? '' : ` (layer ${cause.layer})`}    ${effect}`,
    ];
    if (cause.before !== undefined) lines.push(paint.red(`       − ${oneLine(cause.before)}`));
    if (cause.after !== undefined) lines.push(paint.green(`       + ${oneLine(cause.after)}`));
    if (cause.because !== undefined) lines.push(`         because ${cause.because}`);
    return lines;
}

function othersBlock({ others }: PlanDiff, paint: Paint): string[] {
    if (others.length === 0) return [];
    return [paint.bold('Environment and outputs'), ...others.flatMap((change) => changeLines(change, '', paint))];
}

function actionsBlock({ actions }: PlanDiff, { paint, limit }: DiffTextOptions): string[] {
    if (actions.length === 0) return [];
    const lines = [paint.bold('Actions')];
    let left = limit;
    for (const action of actions) {
        const names = action.causes.map(letter).join(' ');
        const sign = { added: '+', removed: '−', changed: '~' }[action.kind];
        lines.push(`  ${sign} ${action.id}${names === '' ? '' : `    ${names}`}`);
        for (const change of action.changes.slice(0, Math.max(0, left))) {
            lines.push(...changeLines(change, `/actions/${action.id}`, paint));
        }
        left -= action.changes.length;
    }
    if (left < 0) lines.push(`  … ${-left} more changed values; \`--full\` shows them`);
    return lines;
}

function changeLines(change: Change, prefix: string, paint: Paint): string[] {
    const lines = [`      ${change.at.startsWith(prefix) ? change.at.slice(prefix.length + 1) : change.at}`];
    const edits =
        change.edits.length > 0
            ? change.edits
            : [
                  ...(change.before === undefined ? [] : [{ kind: 'removed' as const, text: spell(change.before) }]),
                  ...(change.after === undefined ? [] : [{ kind: 'added' as const, text: spell(change.after) }]),
              ];
    for (const { kind, text } of edits)
        lines.push(kind === 'removed' ? paint.red(`      - ${text}`) : paint.green(`      + ${text}`));
    return lines;
}

function spell(value: unknown): string {
    return typeof value === 'string' ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
    const [first = '', ...more] = text.split('\n');
    return more.length === 0 ? first : `${first} … (${more.length} more lines)`;
}

/** A, B, … Z, AA, AB, … */
function letter(index: number): string {
    const last = String.fromCharCode(65 + (index % 26));
    return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}
