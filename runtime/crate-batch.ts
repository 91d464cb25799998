// All crates of a plan at once: the first one that is missing makes one call of cargo bring every other missing one too.
import type { Plan, Source } from '../compiler/plan/plan.ts';
import type { Failure } from './failure.ts';
import type { FetchContext } from './fetch/context.ts';
import { fetchCrates } from './fetch/crate.ts';
import { fetchSource } from './fetch/fetch.ts';
import { recordedTree } from './fetch/recorded.ts';
import { type Result, success } from './result.ts';

type CrateSource = Extract<Source, { type: 'crate' }>;

/** Brings the missing crates when it is first called; every later call waits for the same work. */
export function crateBatch(plan: Plan, context: FetchContext): () => Promise<Result<void, Failure>> {
    let work: Promise<Result<void, Failure>> | undefined;
    return () => (work ??= bring(plan, context));
}

/** With the lock file of the main source, cargo downloads exactly what it names. */
async function bring(plan: Plan, context: FetchContext): Promise<Result<void, Failure>> {
    const main = plan.actions['fetch.main'];
    const crates = Object.entries(plan.actions).flatMap(([id, action]): CrateSource[] =>
        id !== 'fetch.main' && action.kind === 'fetch' && action.source.type === 'crate' ? [action.source] : [],
    );
    const missing = crates.filter((crate) => recordedTree(context.store, crate) === undefined);
    if (missing.length === 0) return success(undefined);
    let manifest: string | undefined;
    if (main?.kind === 'fetch') {
        const tree = await fetchSource(main.source, context);
        if (!tree.ok) return tree;
        manifest = `${context.store.objectPath(tree.value)}/Cargo.toml`;
    }
    const fetched = await fetchCrates(missing, manifest, context);
    return fetched.ok ? success(undefined) : fetched;
}
