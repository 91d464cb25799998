// What two plans have in common: actions that run once for both, and why what both have of one crate is not the same.
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import type { Plan, RunAction } from '../plan/plan.ts';
import { staticKeys } from './static-keys.ts';
import { type UnitReason, unitReasons } from './unit-reasons.ts';

export interface SharedActions {
    /** Actions that run commands. */
    readonly actions: SharedCount;
    /** Those of them that build crates. */
    readonly units: SharedCount;
    /** Sources and crates that are fetched. */
    readonly sources: SharedCount;
    /** Ids, as the second plan has them. */
    readonly shared: readonly string[];
    /** Crates that both have, as far as what they build is not shared. */
    readonly apart: readonly ApartUnit[];
}

export interface SharedCount {
    readonly before: number;
    readonly after: number;
    readonly shared: number;
}

export interface ApartUnit {
    /** Ids of the two actions. */
    readonly before: string;
    readonly after: string;
    readonly reasons: readonly UnitReason[];
}

interface KeyedPlan {
    readonly plan: Plan;
    readonly keys: ReadonlyMap<string, string>;
    readonly known: ReadonlySet<string>;
}

export function sharedActions(before: Plan, after: Plan): SharedActions {
    const [left, right] = [keyed(before), keyed(after)];
    const count = (isCounted: (id: string, kind: string) => boolean): SharedCount => {
        const [mine, theirs] = [keysOf(left, isCounted), keysOf(right, isCounted)];
        return { before: mine.size, after: theirs.size, shared: [...mine].filter((key) => theirs.has(key)).length };
    };
    const shared = runIds(right).filter((id) => left.known.has(right.keys.get(id) ?? ''));
    return {
        actions: count((_, kind) => kind === 'run'),
        units: count((id, kind) => kind === 'run' && isUnit(id)),
        sources: count((_, kind) => kind === 'fetch'),
        shared,
        apart: apartUnits(left, right),
    };
}

function keyed(plan: Plan): KeyedPlan {
    const keys = staticKeys(plan);
    return { plan, keys, known: new Set(keys.values()) };
}

function keysOf({ plan, keys }: KeyedPlan, isCounted: (id: string, kind: string) => boolean): ReadonlySet<string> {
    const counted = Object.entries(plan.actions).filter(([id, { kind }]) => isCounted(id, kind));
    return new Set(counted.map(([id]) => keys.get(id) ?? ''));
}

function runIds({ plan }: KeyedPlan): readonly string[] {
    return sortedEntries(plan.actions)
        .filter(([, { kind }]) => kind === 'run')
        .map(([id]) => id);
}

function isUnit(id: string): boolean {
    return id.startsWith('unit.');
}

/** What a unit is, whatever its version, and whichever of several variants of it this is. */
function roleOf(id: string, { env }: RunAction): string | undefined {
    const [name, version] = [env['CARGO_PKG_NAME'], env['CARGO_PKG_VERSION']];
    const start = `unit.${name ?? ''}-${version ?? ''}.`;
    if (name === undefined || !id.startsWith(start)) return undefined;
    return `${name} ${id.slice(start.length).replace(/\.\d+$/, '')}`;
}

function unitsByRole({ plan }: KeyedPlan): ReadonlyMap<string, readonly string[]> {
    const roles = new Map<string, string[]>();
    for (const [id, action] of sortedEntries(plan.actions)) {
        const role = action.kind === 'run' ? roleOf(id, action) : undefined;
        if (role !== undefined) roles.set(role, [...(roles.get(role) ?? []), id]);
    }
    return roles;
}

/** Each unit of the first plan that is not in the second, beside the one of the second that is most like it. */
function apartUnits(left: KeyedPlan, right: KeyedPlan): readonly ApartUnit[] {
    const others = unitsByRole(right);
    return sortedEntries(Object.fromEntries(unitsByRole(left))).flatMap(([role, ids]) => {
        const candidates = (others.get(role) ?? []).filter((id) => !left.known.has(right.keys.get(id) ?? ''));
        return ids
            .filter((id) => !right.known.has(left.keys.get(id) ?? ''))
            .flatMap((id) => {
                const all = candidates.map((other) => ({
                    before: id,
                    after: other,
                    reasons: unitReasons({ side: left, id }, { side: right, id: other }),
                }));
                const [nearest] = all.sort((a, b) => weightOf(a) - weightOf(b) || compareBytes(a.after, b.after));
                return nearest === undefined ? [] : [nearest];
            });
    });
}

/** Another version of a crate is never the nearer one. */
function weightOf({ reasons }: ApartUnit): number {
    return reasons.reduce((sum, { kind, details }) => sum + (kind === 'version' ? 1000 : details.length), 0);
}
