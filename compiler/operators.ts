// The six operators. Each looks at what is below it, so that none can silently do nothing.
import type { Operator } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { fieldKey } from './field-key.ts';
import { alreadyInSet, alreadySet, defaultAboveBase, notInList, nothingToReplace } from './layer-errors.ts';
import type { FieldRow } from './schema/types.ts';
import { type Item, type Slot, type Store, itemKey, placeOf } from './store.ts';
import { wrongOperator } from './type-errors.ts';
import type { FieldTouch } from './value.ts';

/** One assignment whose operand has the right type. */
export interface Change {
    readonly key: string;
    readonly names: readonly string[];
    readonly row: FieldRow;
    readonly operator: Operator;
    readonly operatorPlace: Place;
    readonly valuePlace: Place;
    readonly items: readonly Item[];
    /** The operand is written as a list. */
    readonly list: boolean;
    readonly touch: FieldTouch;
    /** The statement belongs to the base recipe. */
    readonly base: boolean;
}

/** Applies a change to the store, or says why it cannot be. */
export function applyChange(store: Store, change: Change): readonly Diagnostic[] {
    if (store.broken.has(change.key)) return [];
    const slot = store.slots.get(change.key);
    const problems = problemsOf(store, change, slot);
    if (problems.length > 0) {
        if (slot === undefined) store.broken.add(change.key);
        return problems;
    }
    const items = itemsAfter(change, slot?.items ?? []);
    if (slot === undefined) {
        const { key, names, row, list, touch, valuePlace } = change;
        store.slots.set(key, {
            key,
            names,
            row,
            list,
            items,
            soft: change.operator === '?=',
            chain: [touch],
            place: valuePlace,
        });
    } else {
        slot.items = items;
        slot.list = change.list;
        slot.soft = false;
        slot.place = change.valuePlace;
        slot.chain.push(change.touch);
    }
    return [];
}

function itemsAfter({ operator, items }: Change, below: readonly Item[]): readonly Item[] {
    switch (operator) {
        case '=':
        case '?=':
        case ':=':
            return items;
        case '+=':
            return [...below, ...items];
        case '^=':
            return [...items, ...below];
        case '-=': {
            const removed = new Set(items.map(itemKey));
            return below.filter((item) => !removed.has(itemKey(item)));
        }
    }
}

function problemsOf(store: Store, change: Change, slot: Slot | undefined): readonly Diagnostic[] {
    const { key, operator, touch } = change;
    switch (operator) {
        case '=':
            if (slot !== undefined && !slot.soft) return [alreadySetBy(change, slot)];
            return repeated(change, []);
        case '?=':
            if (!change.base) return [defaultAboveBase(key, change.operatorPlace, slot?.chain[0])];
            return slot === undefined ? repeated(change, []) : [alreadySetBy(change, slot)];
        case ':=':
            if (slot !== undefined) return repeated(change, []);
            return [nothingToReplace(key, touch.place, nearestSlot(store, change.names), change.row.default?.spelled)];
        case '+=':
        case '^=':
            if (slot !== undefined && !slot.list)
                return [wrongOperator(key, operator, change.row.type, change.operatorPlace)];
            return repeated(change, slot?.items ?? []);
        case '-=':
            return absent(change, slot);
    }
}

function alreadySetBy(change: Change, slot: Slot): Diagnostic {
    const [first = change.touch] = slot.chain;
    return alreadySet(change.key, change.touch.place, first, slot.list);
}

/** A field of the same block that is set and has a similar name. */
function nearestSlot(
    store: Store,
    names: readonly string[],
): { readonly key: string; readonly touch: FieldTouch } | undefined {
    const block = fieldKey(names.slice(0, -1));
    const siblings = [...store.slots.values()].filter((slot) => fieldKey(slot.names.slice(0, -1)) === block);
    const name = nearest(
        names.at(-1) ?? '',
        siblings.map((slot) => slot.names.at(-1) ?? ''),
    );
    const found = siblings.find((slot) => slot.names.at(-1) === name);
    const touch = found?.chain[0];
    return found === undefined || touch === undefined ? undefined : { key: found.key, touch };
}

/** Items of a set that would be in it twice. Lists whose order has a meaning may repeat. */
function repeated(change: Change, below: readonly Item[]): readonly Diagnostic[] {
    if (change.row.type.kind !== 'set') return [];
    const seen = new Map(below.map((item) => [itemKey(item), item]));
    const problems: Diagnostic[] = [];
    for (const item of change.items) {
        const first = seen.get(itemKey(item));
        if (first === undefined) seen.set(itemKey(item), item);
        else problems.push(alreadyInSet(change.key, itemKey(item), placeOf(item), placeOf(first)));
    }
    return problems;
}

function absent(change: Change, slot: Slot | undefined): readonly Diagnostic[] {
    const keys = new Set(slot?.items.map(itemKey));
    return change.items
        .filter((item) => !keys.has(itemKey(item)))
        .map((item) =>
            notInList(change.key, itemKey(item), placeOf(item), slot?.chain[0], nearest(itemKey(item), keys)),
        );
}
