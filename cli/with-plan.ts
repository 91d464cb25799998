// What most commands do first: open the store, make the plan, and say so clearly when either cannot be had.
import type { Plan } from '../compiler/plan/plan.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { openUserStore } from './open-store.ts';
import { type Basis, prepare } from './prepare.ts';
import { endWithDiagnostics, endWithFailures, tellDiagnostics } from './report.ts';
import { type RecipeRequest, recipeRequest, tellUsage } from './request.ts';

export interface Planned {
    readonly plan: Plan;
    readonly store: Store;
    /** The recipe's folder, absolute: paths of local sources start there. */
    readonly folder: string;
    readonly json: boolean;
    readonly request: RecipeRequest;
    readonly basis: Basis;
}

/** Calls `use` with the plan of the recipe that `word` names. `mayFetch`: sources that are missing may be fetched. */
export async function withPlan(
    context: Context,
    args: Arguments,
    word: string,
    mayFetch: boolean,
    use: (planned: Planned) => Promise<ExitCode>,
): Promise<ExitCode> {
    const json = args.flag('json');
    const request = recipeRequest(word, args);
    if ('problem' in request) {
        tellUsage(context, request.problem);
        return exitCodes.usage;
    }
    const store = await openUserStore(context, args);
    if (!store.ok) return endWithFailures(context, [store.failure], { json });
    const quiet = args.flag('quiet') || json;
    const prepared = await prepare(context, request, {
        store: store.value,
        mayFetch: mayFetch && !args.flag('offline'),
        locked: args.flag('locked'),
        note: (text) => {
            if (!quiet) context.err.write(`${text}\n`);
        },
    });
    if (!prepared.ok) {
        return 'failures' in prepared
            ? endWithFailures(context, prepared.failures, { json })
            : endWithDiagnostics(context, prepared.diagnostics, { json });
    }
    if (!json) tellDiagnostics(context, prepared.warnings, { json });
    const { plan, folder, basis } = prepared;
    return await use({ plan, store: store.value, folder, json, request, basis });
}
