// The shape of a plan: who needs whom. Everything that walks actions in an order uses these functions.
import { compareBytes } from './bytes.ts';
import { own } from './own.ts';
import type { Action, Plan, TreeRef } from './plan.ts';

/** `build#doc` → action `build`, output `doc`; without `#` the output is `out`. */
export function splitRef(ref: TreeRef): { readonly action: string; readonly output: string } {
    const hash = ref.indexOf('#');
    return hash < 0 ? { action: ref, output: 'out' } : { action: ref.slice(0, hash), output: ref.slice(hash + 1) };
}

/** A tree that an action uses, and where in the action it is named: the segments of a pointer. */
interface UsedTree {
    readonly at: readonly (string | number)[];
    readonly tree: TreeRef;
}

/** Every tree an action uses. */
export function treesOf(action: Action): readonly UsedTree[] {
    if (action.kind === 'run') {
        const mounted = Object.entries(action.mounts).map(([at, { tree }]) => ({ at: ['mounts', at], tree }));
        return action.root === undefined ? mounted : [{ at: ['root'], tree: action.root }, ...mounted];
    }
    if (action.kind === 'select') return [{ at: ['tree'], tree: action.tree }];
    if (action.kind !== 'compose') return [];
    return [
        ...Object.entries(action.entries).map(([at, tree]) => ({ at: ['entries', at], tree })),
        ...(action.union ?? []).map((tree, at) => ({ at: ['union', at], tree })),
    ];
}

/** Outputs of other actions that an action uses, each once. */
export function outputsUsedBy(action: Action): readonly { readonly action: string; readonly output: string }[] {
    const used = new Map<string, { readonly action: string; readonly output: string }>();
    for (const { tree } of treesOf(action)) {
        const ref = splitRef(tree);
        used.set(`${ref.action}#${ref.output}`, ref);
    }
    return [...used.values()];
}

/** Ids of the actions that must be finished first, in byte order, each once. */
export function dependenciesOf(action: Action): readonly string[] {
    return [...new Set(treesOf(action).map(({ tree }) => splitRef(tree).action))].sort(compareBytes);
}

/** Ids of the actions that use each action directly. */
export function dependentsOf(plan: Pick<Plan, 'actions'>): ReadonlyMap<string, readonly string[]> {
    const dependents = new Map<string, string[]>(Object.keys(plan.actions).map((id) => [id, []]));
    for (const [id, action] of Object.entries(plan.actions)) {
        for (const dependency of dependenciesOf(action)) dependents.get(dependency)?.push(id);
    }
    return dependents;
}

/** Dependencies before dependents, otherwise in byte order. `cycle` names one cycle when there is one. */
export function topologicalOrder(plan: Pick<Plan, 'actions'>): {
    readonly order: readonly string[];
    readonly cycle: readonly string[];
} {
    const order: string[] = [];
    const state = new Map<string, 'open' | 'done'>();
    for (const root of Object.keys(plan.actions).sort(compareBytes)) {
        const cycle = visit(plan, root, state, order);
        if (cycle.length > 0) return { order, cycle };
    }
    return { order, cycle: [] };
}

/** Depth first with an explicit stack: a plan may be a chain of many thousands of actions. */
function visit(
    plan: Pick<Plan, 'actions'>,
    root: string,
    state: Map<string, 'open' | 'done'>,
    order: string[],
): readonly string[] {
    const stack: { id: string; pending: string[] }[] = [];
    const open = (id: string): void => {
        const action = own(plan.actions, id);
        if (action === undefined || state.has(id)) return;
        state.set(id, 'open');
        stack.push({ id, pending: [...dependenciesOf(action)].reverse() });
    };
    open(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const next = top.pending.pop();
        if (next === undefined) {
            state.set(top.id, 'done');
            order.push(top.id);
            stack.pop();
        } else if (state.get(next) === 'open') {
            const path = stack.map(({ id }) => id);
            return [...path.slice(path.indexOf(next)), next];
        } else open(next);
    }
    return [];
}

/** The actions that the given ones need, themselves included. */
export function closureOf(plan: Pick<Plan, 'actions'>, roots: readonly string[]): ReadonlySet<string> {
    const reached = new Set<string>();
    const waiting = [...roots];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const action = own(plan.actions, id);
        if (action === undefined || reached.has(id)) continue;
        reached.add(id);
        waiting.push(...dependenciesOf(action));
    }
    return reached;
}

/** Length of the longest way from each action to an end of the graph, by `cost`: the order in which to start. */
export function criticalPath(
    plan: Pick<Plan, 'actions'>,
    cost: (id: string, action: Action) => number,
): ReadonlyMap<string, number> {
    const dependents = dependentsOf(plan);
    const lengths = new Map<string, number>();
    for (const id of [...topologicalOrder(plan).order].reverse()) {
        const action = own(plan.actions, id);
        if (action === undefined) continue;
        // Not by spreading into Math.max: one action may have more dependents than a call can have arguments.
        const after = (dependents.get(id) ?? []).reduce((most, next) => Math.max(most, lengths.get(next) ?? 0), 0);
        lengths.set(id, after + cost(id, action));
    }
    return lengths;
}
