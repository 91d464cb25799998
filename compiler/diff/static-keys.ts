// What an action is with everything below it, as a plan alone can say it. Actions of two plans that are equal in this sense
// have equal keys in the store, so they run once for both. The reverse need not hold: the store knows the contents of
// inputs, and inputs that were made in different ways may be the same.
import { compareBytes } from '../plan/bytes.ts';
import { hashJson } from '../plan/canonical.ts';
import type { Hash } from '../plan/digest.ts';
import { splitRef, topologicalOrder } from '../plan/graph.ts';
import { actionView, environmentHash } from '../plan/identity.ts';
import { own } from '../plan/own.ts';
import type { Action, Plan, TreeRef } from '../plan/plan.ts';

/** Action → its key. */
export function staticKeys(plan: Plan): ReadonlyMap<string, Hash> {
    const keys = new Map<string, Hash>();
    const environments = new Map<string, Hash>();
    const environmentKey = (name: string): Hash | undefined => {
        const environment = own(plan.environments, name);
        if (environment !== undefined && !environments.has(name)) environments.set(name, environmentHash(environment));
        return environments.get(name);
    };
    const named = (ref: TreeRef): TreeRef => {
        const { action, output } = splitRef(ref);
        return `${keys.get(action) ?? action}#${output}`;
    };
    for (const id of topologicalOrder(plan).order) {
        const action = own(plan.actions, id);
        if (action === undefined) continue;
        const environment = action.kind === 'run' ? environmentKey(action.environment) : undefined;
        keys.set(id, hashJson({ action: actionView(withNames(action, named)), environment }));
    }
    return keys;
}

/** Each tree under the name that it has in every plan. */
function withNames(action: Action, named: (ref: TreeRef) => TreeRef): Action {
    switch (action.kind) {
        case 'run':
            return {
                ...action,
                environment: '',
                ...(action.root === undefined ? {} : { root: named(action.root) }),
                // How many jobs it takes is in no key.
                limits: { ...action.limits, weight: 0 },
                mounts: changed(action.mounts, (mount) => ({ ...mount, tree: named(mount.tree) })),
            };
        case 'compose':
            return {
                ...action,
                entries: changed(action.entries, named),
                ...(action.union === undefined ? {} : { union: action.union.map(named).sort(compareBytes) }),
            };
        case 'select':
            return { ...action, tree: named(action.tree) };
        case 'fetch':
        case 'write':
            return action;
    }
}

function changed<Value>(
    record: Readonly<Record<string, Value>>,
    change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
