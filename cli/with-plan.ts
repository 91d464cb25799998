// What most commands do first: open the store, make the plan, and say so clearly when either cannot be had.
import type { Plan } from '../compiler/plan/plan.ts';
import type { Evaluated } from '../compiler/value.ts';
import type { Failure } from '../runtime/failure.ts';
import type { Result } from '../runtime/result.ts';
import type { HostRoot } from '../runtime/sandbox/host-root.ts';
import { keptHostRoot } from '../runtime/sandbox/kept-etc.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { openUserStore } from './open-store.ts';
import { type Basis, prepare, type SourceUse } from './prepare.ts';
import { endWithDiagnostics, endWithFailures, tellDiagnostics } from './report.ts';
import { type RecipeRequest, recipeRequest, tellUsage } from './request.ts';

export interface Planned {
    /** What commands see of this machine; made once, when it is first needed. */
    readonly hostRoot: () => Promise<Result<HostRoot, Failure>>;
    readonly plan: Plan;
    readonly evaluated: Evaluated;
    readonly store: Store;
    /** The recipe's folder, absolute: paths of local sources start there. */
    readonly folder: string;
    readonly json: boolean;
    readonly request: RecipeRequest;
    readonly basis: Basis;
}

/** What may be done about sources that are missing; `run` is `fetch` for a plan that will be executed on this machine. */
type Use = SourceUse | 'run';

/**
 * Calls `use` with the plan of the recipe that `word` names. The store is closed afterwards, however it ends, so that nothing
 * of this process is left in its temporary folder.
 */
export async function withPlan(
    context: Context,
    args: Arguments,
    word: string,
    purpose: Use,
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
    let root: ReturnType<Planned['hostRoot']> | undefined;
    const hostRoot = (): typeof root & {} => (root ??= keptHostRoot(store.value));
    // Where the file system is slow with it, it can be made while the plan is.
    if (purpose === 'run') void hostRoot();
    const sources = purpose === 'run' ? 'fetch' : purpose;
    try {
        return await usePlan(context, args, { request, store: store.value, hostRoot, sources, json }, use);
    } finally {
        await root;
        await store.value.close();
    }
}

type PlanRequest = Pick<Planned, 'request' | 'store' | 'hostRoot' | 'json'> & { readonly sources: SourceUse };

async function usePlan(
    context: Context,
    args: Arguments,
    { request, store, hostRoot, sources, json }: PlanRequest,
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
    const { plan, evaluated, folder, basis } = prepared;
    return await use({ plan, evaluated, store, hostRoot, folder, json, request, basis });
}
