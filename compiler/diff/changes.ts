// Two plans → the places where their execution differs, action by action. Pairs by id, never by hash.
import { compareBytes } from '../plan/bytes.ts';
import { canonicalJson } from '../plan/canonical.ts';
import { pointer } from '../plan/check.ts';
import { dependentsOf } from '../plan/graph.ts';
import { actionView, environmentHash } from '../plan/identity.ts';
import { own } from '../plan/own.ts';
import type { Plan } from '../plan/plan.ts';
import { type ListEdit, listEdits } from './list-edits.ts';

/** One differing value. Missing on one side means added or removed. */
export interface Change {
    /** JSON pointer, valid in the plans that have the value. */
    readonly at: string;
    readonly before: unknown;
    readonly after: unknown;
    /** For texts and lists: lines or items that went and came. */
    readonly edits: readonly ListEdit[];
}

export interface ActionChange {
    readonly id: string;
    readonly kind: 'added' | 'removed' | 'changed';
    readonly changes: readonly Change[];
}

/** Actions that are not the same in both plans, in byte order of their ids. */
export function actionChanges(before: Plan, after: Plan): readonly ActionChange[] {
    const ids = [...new Set([...Object.keys(before.actions), ...Object.keys(after.actions)])].sort(compareBytes);
    return ids.flatMap((id): ActionChange[] => {
        const old = own(before.actions, id);
        const now = own(after.actions, id);
        if (old === undefined) return [{ id, kind: 'added', changes: [] }];
        if (now === undefined) return [{ id, kind: 'removed', changes: [] }];
        const changes = valueChanges(pointer('actions', id), actionView(old), actionView(now));
        return changes.length === 0 ? [] : [{ id, kind: 'changed', changes }];
    });
}

/** Differences of everything else that can change bytes: tools of the environments, and which trees are the outputs. */
export function otherChanges(before: Plan, after: Plan): readonly Change[] {
    const names = new Set([...Object.keys(before.environments), ...Object.keys(after.environments)]);
    const environments = [...names].sort(compareBytes).flatMap((name) => {
        const [old, now] = [own(before.environments, name), own(after.environments, name)];
        // Where a tool was found and what it says of itself is told only together with a change that counts.
        if (old !== undefined && now !== undefined && environmentHash(old) === environmentHash(now)) return [];
        return valueChanges(pointer('environments', name), old, now);
    });
    return [...environments, ...valueChanges('/outputs', before.outputs, after.outputs)];
}

/** The actions of the second plan that have to be looked at again: the changed ones and all that use them. */
export function affectedActions(after: Plan, changed: Iterable<string>): ReadonlySet<string> {
    const dependents = dependentsOf(after);
    const affected = new Set<string>();
    const waiting = [...changed].filter((id) => Object.hasOwn(after.actions, id));
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (affected.has(id)) continue;
        affected.add(id);
        waiting.push(...(dependents.get(id) ?? []));
    }
    return affected;
}

function valueChanges(at: string, before: unknown, after: unknown): Change[] {
    // A key may be there without a value: what takes part in no key, such as `early`.
    if (before === undefined && after === undefined) return [];
    if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
    if (isRecord(before) && isRecord(after)) {
        const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareBytes);
        return keys.flatMap((key) => valueChanges(at + pointer(key), own(before, key), own(after, key)));
    }
    if (isListOfRecords(before) && isListOfRecords(after) && before.length === after.length) {
        return before.flatMap((item, index) => valueChanges(at + pointer(index), item, after[index]));
    }
    return [{ at, before, after, edits: editsOf(before, after) }];
}

function editsOf(before: unknown, after: unknown): readonly ListEdit[] {
    if (Array.isArray(before) && Array.isArray(after)) return listEdits(before.map(asItem), after.map(asItem));
    if (typeof before !== 'string' || typeof after !== 'string') return [];
    const separator = before.includes('\n') || after.includes('\n') ? '\n' : ' ';
    return listEdits(before.split(separator), after.split(separator));
}

function asItem(value: unknown): string {
    return typeof value === 'string' ? value : canonicalJson(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfRecords(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
    return Array.isArray(value) && value.every(isRecord);
}
