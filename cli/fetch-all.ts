// Brings every source of a plan into the store: crates together, because one call of cargo fetches them all, then the rest.
import type { Plan, Source } from '../compiler/plan/plan.ts';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchCrates } from '../runtime/fetch/crate.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { type Result, success } from '../runtime/result.ts';

type CrateSource = Extract<Source, { type: 'crate' }>;

/** Fetch action → its tree. Stops at the first failure. */
export async function fetchAll(
    plan: Plan,
    context: FetchContext,
): Promise<Result<ReadonlyMap<string, TreeDigest>, Failure>> {
    const trees = new Map<string, TreeDigest>();
    const wanted = Object.entries(plan.actions).flatMap(([id, action]) =>
        action.kind === 'fetch' ? [{ id, source: action.source }] : [],
    );
    const main = wanted.find(({ id }) => id === 'fetch.main');
    for (const { id, source } of main === undefined ? [] : [main]) {
        const fetched = await fetchSource(source, context);
        if (!fetched.ok) return fetched;
        trees.set(id, fetched.value);
    }
    const crates = wanted.flatMap(({ id, source }) => (id !== 'fetch.main' && source.type === 'crate' ? [source] : []));
    const together = await fetchTogether(crates, trees.get('fetch.main'), context);
    if (!together.ok) return together;
    for (const { id, source } of wanted) {
        if (trees.has(id)) continue;
        const fetched = await fetchSource(source, context);
        if (!fetched.ok) return fetched;
        trees.set(id, fetched.value);
    }
    return success(trees);
}

async function fetchTogether(
    crates: readonly CrateSource[],
    main: TreeDigest | undefined,
    context: FetchContext,
): Promise<Result<void, Failure>> {
    if (crates.length === 0) return success(undefined);
    const manifest = main === undefined ? undefined : `${context.store.objectPath(main)}/Cargo.toml`;
    const fetched = await fetchCrates(crates, manifest, context);
    return fetched.ok ? success(undefined) : fetched;
}
