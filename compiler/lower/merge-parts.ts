// Actions of several recipes in one plan. Names tell whose an action is, but for what all of them have alike.
import { canonicalJson } from '../plan/canonical.ts';
import { splitRef } from '../plan/graph.ts';
import type { Action, Environment, TreeRef } from '../plan/plan.ts';
import type { LoweredPart, Lowering, Surroundings } from './context.ts';

export interface Merging {
    /** What is put behind the names of a part's actions. */
    readonly suffix: (part: LoweredPart) => string;
    /** What stands before its fields in the provenance, with a dot at the end. */
    readonly prefix: (part: LoweredPart) => string;
    /** Trees that a part names and another part gives. */
    readonly given: (part: LoweredPart) => ReadonlyMap<TreeRef, TreeRef>;
}

/** How things of a part are called in the plan. */
export interface MergedPart {
    readonly ref: (tree: TreeRef) => TreeRef;
    readonly surroundings: Surroundings;
}

/** Adds all parts of a recipe to it, in order. */
export function mergeParts(lowering: Lowering, merging: Merging): ReadonlyMap<LoweredPart, MergedPart> {
    const shared = sharedActions(lowering.parts);
    const merged = new Map<LoweredPart, MergedPart>();
    for (const part of lowering.parts) {
        const id = (name: string): string => (shared.has(name) ? name : `${name}${merging.suffix(part)}`);
        const given = merging.given(part);
        const ref = (tree: TreeRef): TreeRef => given.get(tree) ?? renamed(tree, id);
        const surroundings = addSurroundings(lowering, part, merging.suffix(part), ref);
        for (const [name, action] of part.lowering.actions)
            lowering.actions.set(id(name), movedAction(action, ref, surroundings));
        lowering.trace.adopt(part.lowering.trace.provenance(), {
            place: (pointer) => pointer.replace(/^\/actions\/([^/]+)/, (_, name: string) => `/actions/${id(name)}`),
            prefix: merging.prefix(part),
        });
        merged.set(part, { ref, surroundings });
    }
    return merged;
}

/** Names of actions that need no other action and are the same in every part that has them. */
function sharedActions(parts: readonly LoweredPart[]): ReadonlySet<string> {
    const texts = new Map<string, Set<string>>();
    const bound = new Set<string>();
    for (const { lowering } of parts) {
        for (const [name, action] of lowering.actions) {
            if (action.kind !== 'fetch' && action.kind !== 'write') bound.add(name);
            else texts.set(name, (texts.get(name) ?? new Set()).add(canonicalJson(action)));
        }
    }
    const alike = [...texts].filter(([name, variants]) => variants.size === 1 && !bound.has(name));
    return new Set(alike.map(([name]) => name));
}

function renamed(tree: TreeRef, id: (name: string) => string): TreeRef {
    const { action, output } = splitRef(tree);
    return output === 'out' ? id(action) : `${id(action)}#${output}`;
}

/** Equal environments are one environment. */
function addSurroundings(
    { environments }: Lowering,
    { lowering }: LoweredPart,
    suffix: string,
    ref: (tree: TreeRef) => TreeRef,
): Surroundings {
    const { environment, surroundings } = lowering;
    const own: Environment =
        environment.kind === 'host' ? environment : { ...environment, tree: ref(environment.tree) };
    const text = canonicalJson(own);
    const known = [...environments].find(([, each]) => canonicalJson(each) === text)?.[0];
    const isTaken = environments.has(surroundings.environment);
    const name = known ?? (isTaken ? `${surroundings.environment}${suffix}` : surroundings.environment);
    environments.set(name, own);
    return { environment: name, ...(surroundings.root === undefined ? {} : { root: ref(surroundings.root) }) };
}

function movedAction(action: Action, ref: (tree: TreeRef) => TreeRef, surroundings: Surroundings): Action {
    switch (action.kind) {
        case 'fetch':
        case 'write':
            return action;
        case 'select':
            return { ...action, tree: ref(action.tree) };
        case 'compose': {
            const entries = Object.entries(action.entries).map(([path, tree]) => [path, ref(tree)] as const);
            const { union } = action;
            return {
                ...action,
                entries: Object.fromEntries(entries),
                ...(union === undefined ? {} : { union: union.map(ref) }),
            };
        }
        case 'run': {
            const mounts = Object.entries(action.mounts).map(
                ([path, mount]) => [path, { ...mount, tree: ref(mount.tree) }] as const,
            );
            return { ...action, ...surroundings, mounts: Object.fromEntries(mounts) };
        }
    }
}
