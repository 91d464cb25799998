import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { diffPlans } from '../../compiler/diff/diff.ts';
import { sharedActions } from '../../compiler/diff/shared.ts';
import { decodePlan } from '../../compiler/plan/decode.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import type { Arguments, CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { diffText } from '../diff-text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { paintFor } from '../paint.ts';
import { endWithDiagnostics } from '../report.ts';
import { sharedText } from '../shared-text.ts';
import { withPlan } from '../with-plan.ts';

const defaultLimit = 50;

/** `rpkg diff BEFORE AFTER`: exit 1 when the execution differs. */
export const diff: CommandRun = async (context, args) => {
    const [first = '', second = ''] = args.operands;
    return await withSide(context, args, first, (before) =>
        withSide(context, args, second, (after) => {
            if (args.flag('shared')) return Promise.resolve(tellShared(context, args, before, after));
            const result = diffPlans(before, after);
            if (args.flag('json')) context.out.write(`${JSON.stringify(result, undefined, 2)}\n`);
            else {
                const limit = args.flag('full') ? Number.MAX_SAFE_INTEGER : defaultLimit;
                const folders = { before: folderOf(first), after: folderOf(second) };
                context.out.write(
                    diffText(before, after, result, { paint: paintFor(context.out.color), limit, folders }),
                );
            }
            return Promise.resolve(result.sameExecution ? exitCodes.ok : exitCodes.finding);
        }),
    );
};

/** `--shared`: what two applications have in common is no finding. */
function tellShared(context: Context, args: Arguments, before: Plan, after: Plan): ExitCode {
    const shared = sharedActions(before, after);
    if (args.flag('json')) context.out.write(`${JSON.stringify(shared, undefined, 2)}\n`);
    else context.out.write(sharedText(before, after, shared, paintFor(context.out.color)));
    return exitCodes.ok;
}

/** A plan file does not say where its recipe lay: its files are shown as the plan names them. */
function folderOf(word: string): string {
    return word.endsWith('.json') ? '' : dirname(word.replace(/#[^#]*$/, ''));
}

/** One side: a plan file when the word ends in `.json`, else a recipe. */
async function withSide(
    context: Context,
    args: Arguments,
    word: string,
    use: (plan: Plan) => Promise<ExitCode>,
): Promise<ExitCode> {
    if (!word.endsWith('.json')) return await withPlan(context, args, word, 'present', ({ plan }) => use(plan));
    const read = readPlan(resolve(context.cwd, word));
    if (typeof read !== 'string') return await use(read);
    const diagnostic = {
        code: 'plan/unreadable',
        severity: 'error',
        message: `${word} is not a plan: ${read}`,
        labels: [],
        help: 'make one with `rpkg plan RECIPE -o FILE`',
    } as const;
    return endWithDiagnostics(context, [diagnostic], { json: args.flag('json') });
}

/** The plan, or why the file is none. */
function readPlan(path: string): Plan | string {
    try {
        const decoded = decodePlan(JSON.parse(readFileSync(path, 'utf8')));
        return decoded.ok ? decoded.plan : decoded.problems.map(({ at, message }) => `${at}: ${message}`).join('; ');
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}
