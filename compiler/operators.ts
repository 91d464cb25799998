// The six operators. Each looks at what is below it, so that none can silently do nothing.
import type { Operator } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import { fieldKey } from './field-key.ts';
import { alreadyInSet, alreadySet, defaultAboveBase, notInList, nothingToReplace } from './layer-errors.ts';
import type { FieldRow } from './schema/types.ts';
import { type Item, type Slot, type Store, isSuspect, placeOf } from './store.ts';
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
        if (slot !== undefined) return problems;
        const suspect = isSuspect(store, change.names);
        store.broken.add(change.key);
        return suspect ? [] : problems;
    }
    if (slot === undefined) {
        store.slots.set(change.key, newSlot(change));
        return [];
    }
    changeItems(slot, change);
    slot.list = change.list;
    slot.soft = false;
    slot.place = change.valuePlace;
    slot.chain.push(change.touch);
    return [];
}

function newSlot({ key, names, row, operator, list, items, touch, valuePlace }: Change): Slot {
    return {
        key,
        names,
        row,
        list,
        items: [...items],
        members: membersOf(items),
        soft: operator === '?=',
        chain: [touch],
        place: valuePlace,
    };
}

function membersOf(items: readonly Item[]): Map<string, Item> {
    return new Map(items.toReversed().map((item) => [item.key, item]));
}

/** Changes the list in place: a recipe may add to one list very often. */
function changeItems(slot: Slot, { operator, items }: Change): void {
    switch (operator) {
        case '=':
        case '?=':
        case ':=':
            slot.items = [...items];
            slot.members = membersOf(items);
            break;
        case '+=':
            for (const item of items) {
                slot.items.push(item);
                if (!slot.members.has(item.key)) slot.members.set(item.key, item);
            }
            break;
        case '^=':
            slot.items.unshift(...items);
            for (const item of items.toReversed()) slot.members.set(item.key, item);
            break;
        case '-=':
            for (const { key } of items) slot.members.delete(key);
            slot.items = slot.items.filter(({ key }) => slot.members.has(key));
            break;
    }
}

function problemsOf(store: Store, change: Change, slot: Slot | undefined): readonly Diagnostic[] {
    const { key, operator, touch } = change;
    switch (operator) {
        case '=':
            if (slot !== undefined && !slot.soft) return [alreadySetBy(change, slot)];
            return repeated(change, undefined);
        case '?=':
            if (!change.base) return [defaultAboveBase(key, change.operatorPlace, slot?.chain[0])];
            return slot === undefined ? repeated(change, undefined) : [alreadySetBy(change, slot)];
        case ':=':
            if (slot !== undefined) return repeated(change, undefined);
            return [nothingToReplace(key, touch.place, nearestSlot(store, change.names), change.row.default?.spelled)];
        case '+=':
        case '^=':
            if (slot !== undefined && !slot.list)
                return [wrongOperator(key, operator, change.row.type, change.operatorPlace)];
            return repeated(change, slot);
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
function repeated(change: Change, below: Slot | undefined): readonly Diagnostic[] {
    if (change.row.type.kind !== 'set') return [];
    const added = new Map<string, Item>();
    const problems: Diagnostic[] = [];
    for (const item of change.items) {
        const first = below?.members.get(item.key) ?? added.get(item.key);
        if (first === undefined) added.set(item.key, item);
        else problems.push(alreadyInSet(change.key, item.key, placeOf(item), placeOf(first)));
    }
    return problems;
}

function absent({ key, items }: Change, slot: Slot | undefined): readonly Diagnostic[] {
    const members = slot?.members ?? new Map<string, Item>();
    return items
        .filter((item) => !members.has(item.key))
        .map((item) => notInList(key, item.key, placeOf(item), slot?.chain[0], nearest(item.key, members.keys())));
}
