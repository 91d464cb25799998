// Brings every source of a plan into the store.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { crateBatch } from '../runtime/crate-batch.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { type Result, success } from '../runtime/result.ts';

/** Fetch action → its tree. Stops at the first failure. */
export async function fetchAll(
    plan: Plan,
    context: FetchContext,
): Promise<Result<ReadonlyMap<string, TreeDigest>, Failure>> {
    const brought = await crateBatch(plan, context)();
    if (!brought.ok) return brought;
    const trees = new Map<string, TreeDigest>();
    for (const [id, action] of Object.entries(plan.actions)) {
        if (action.kind !== 'fetch') continue;
        const fetched = await fetchSource(action.source, context);
        if (!fetched.ok) return fetched;
        trees.set(id, fetched.value);
    }
    return success(trees);
}
