// What most commands do first: open the store, make the plan, and say so clearly when either cannot be had.
import type { Plan } from '../compiler/plan/plan.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { openUserStore } from './open-store.ts';
import { type Basis, prepare, type SourceUse } from './prepare.ts';
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

/**
 * Calls `use` with the plan of the recipe that `word` names. `sources`: what may be done about those that are missing. The store
 * is closed afterwards, however it ends, so that nothing of this process is left in its temporary folder.
 */
export async function withPlan(
    context: Context,
    args: Arguments,
    word: string,
    sources: SourceUse,
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
    try {
        return await usePlan(context, args, { request, store: store.value, sources, json }, use);
    } finally {
        await store.value.close();
    }
}

interface PlanRequest {
    readonly request: RecipeRequest;
    readonly store: Store;
    readonly sources: SourceUse;
    readonly json: boolean;
}

async function usePlan(
    context: Context,
    args: Arguments,
    { request, store, sources, json }: PlanRequest,
    use: (planned: Planned) => Promise<ExitCode>,
): Promise<ExitCode> {
    const quiet = args.flag('quiet') || json;
    const prepared = await prepare(context, request, {
        store,
        sources: args.flag('offline') ? 'present' : sources,
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
    return await use({ plan, store, folder, json, request, basis });
}
