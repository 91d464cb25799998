// Plan × plan → what changed, grouped under the recipe edits that caused it.
import { compareBytes } from '../plan/bytes.ts';
import { pointer } from '../plan/check.ts';
import { environmentHash } from '../plan/identity.ts';
import { own } from '../plan/own.ts';
import type { Plan } from '../plan/plan.ts';
import { type Cause, causeKey, causesByField, unique } from './causes.ts';
import { fieldIndex } from '../field-index.ts';
import { type ActionChange, type Change, actionChanges, affectedActions, otherChanges } from './changes.ts';

export interface PlanDiff {
    /** The outputs have the same bytes: only names, reasons or places in recipes differ. */
    readonly sameExecution: boolean;
    readonly sameDocument: boolean;
    readonly causes: readonly CauseEffect[];
    readonly actions: readonly (ActionChange & { readonly causes: readonly number[] })[];
    readonly others: readonly (Change & { readonly causes: readonly number[] })[];
    readonly counts: {
        readonly before: number;
        readonly after: number;
        readonly added: number;
        readonly removed: number;
        readonly changed: number;
        /** Changed actions of the second plan and all that use them. */
        readonly affected: number;
    };
}

export interface CauseEffect extends Cause {
    /** Actions of the second plan that have to run again because of it. */
    readonly affected: readonly string[];
}

export function diffPlans(before: Plan, after: Plan): PlanDiff {
    const byField = causesByField(before, after);
    const noted = [fieldIndex(before), fieldIndex(after)];
    const numbered = new Map<
        string,
        { readonly index: number; readonly cause: Cause; readonly actions: Set<string> }
    >();
    const number = (cause: Cause, action: string | undefined): number => {
        const key = causeKey(cause);
        const known = numbered.get(key) ?? { index: numbered.size, cause, actions: new Set<string>() };
        numbered.set(key, known);
        if (action !== undefined) known.actions.add(action);
        return known.index;
    };
    const causesAt = (at: readonly string[], action: string | undefined): readonly number[] => {
        const fields = new Set(at.flatMap((each) => noted.flatMap((fieldsAt) => [...fieldsAt(each)])));
        const found = unique([...fields].flatMap((field) => byField.get(field) ?? []));
        return [...new Set(found.map((cause) => number(cause, action)))].sort((a, b) => a - b);
    };
    const actions = actionChanges(before, after).map((change) => {
        const at = change.kind === 'changed' ? change.changes.map((each) => each.at) : [pointer('actions', change.id)];
        return { ...change, causes: causesAt(at, change.id) };
    });
    const others = otherChanges(before, after).map((change) => ({
        ...change,
        causes: causesAt([change.at], undefined),
    }));
    const inChangedEnvironment = Object.entries(after.actions).flatMap(([id, action]) => {
        if (action.kind !== 'run') return [];
        const [old, now] = [before, after].map(({ environments }) => own(environments, action.environment));
        return old !== undefined && now !== undefined && environmentHash(old) !== environmentHash(now) ? [id] : [];
    });
    const affected = affectedActions(after, [...actions.map(({ id }) => id), ...inChangedEnvironment]);
    return {
        sameExecution: before.digest.execution === after.digest.execution,
        sameDocument: before.digest.document === after.digest.document,
        causes: [...numbered.values()].map(({ cause, actions: direct }) => ({
            ...cause,
            affected: [...affectedActions(after, direct)].sort(compareBytes),
        })),
        actions,
        others,
        counts: {
            before: Object.keys(before.actions).length,
            after: Object.keys(after.actions).length,
            added: actions.filter(({ kind }) => kind === 'added').length,
            removed: actions.filter(({ kind }) => kind === 'removed').length,
            changed: actions.filter(({ kind }) => kind === 'changed').length,
            affected: affected.size,
        },
    };
}
