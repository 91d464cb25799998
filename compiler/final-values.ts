// Slots and defaults → fields: interpolations filled in, every value read as its type.
import type { Atom } from '../lang/ast.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { printAtom, printValue } from '../lang/print.ts';
import type { Place } from '../lang/source.ts';
import { nearest } from '../lang/suggest.ts';
import type { FactTable } from './fact-table.ts';
import { fieldKey } from './field-key.ts';
import { type Resolved, fillItem, fillingOrder, mostText } from './interpolate.ts';
import { alreadyInSet } from './layer-errors.ts';
import { unknownReference, unsetReference } from './name-errors.ts';
import { compareBytes } from './plan/bytes.ts';
import type { Module } from './program.ts';
import { plainText, readAtom } from './read-atom.ts';
import { fieldIn, groupIn } from './schema/locate.ts';
import { itemType } from './schema/types.ts';
import { type Slot, type Store, isSuspect, placeOf } from './store.ts';
import type { DefaultField, Node } from './tree.ts';
import { filledMismatch, notScalar, tooLong } from './type-errors.ts';
import type { Evaluated, Field } from './value.ts';

export interface Finishing {
    readonly store: Store;
    readonly table: FactTable;
    readonly root: Node;
    readonly defaults: readonly DefaultField[];
    /** The base recipe, which defaults are counted to. */
    readonly base: { readonly layer: string; readonly place: Place };
    /** The recipe that a reference names. */
    readonly refer: (atom: Atom, module: Module) => Evaluated | undefined;
}

interface Filling extends Finishing {
    readonly fields: Map<string, Field>;
    readonly diagnostics: Diagnostic[];
    /** Characters that interpolation has made. */
    made: number;
}

/** All fields that have a value, by key: what layers set in order of first definition, then defaults. */
export function finalFields(finishing: Finishing): {
    readonly fields: ReadonlyMap<string, Field>;
    readonly diagnostics: readonly Diagnostic[];
} {
    const filling: Filling = { ...finishing, fields: new Map(), diagnostics: [], made: 0 };
    const defaults = finishing.defaults.map((found) => defaultField(filling, found));
    for (const field of defaults) filling.fields.set(field.key, field);
    const { order, diagnostics } = fillingOrder(finishing.store);
    for (const key of order) {
        const slot = finishing.store.slots.get(key);
        const field = slot === undefined || finishing.store.broken.has(key) ? undefined : fieldOf(filling, slot);
        if (field === undefined) finishing.store.broken.add(key);
        else filling.fields.set(key, field);
    }
    const keys = [...finishing.store.slots.keys(), ...defaults.map(({ key }) => key)];
    const inOrder = keys.flatMap((key) => filling.fields.get(key) ?? []);
    return {
        fields: new Map(inOrder.map((field) => [field.key, field])),
        diagnostics: [...diagnostics, ...filling.diagnostics],
    };
}

function defaultField({ base }: Filling, { key, row }: DefaultField): Field {
    const { value = '', spelled = '' } = row.default ?? {};
    const chain = [{ layer: base.layer, place: base.place, operator: 'default', operand: spelled }];
    return { key, type: row.type, value, spelled, chain, place: base.place };
}

function fieldOf(filling: Filling, slot: Slot): Field | undefined {
    const { key, row, chain, place, list } = slot;
    const read = slot.items.map((item) => readItem(filling, slot, item));
    const values = read.filter((item) => item !== undefined);
    if (values.length < read.length) return undefined;
    if (row.type.kind === 'set') {
        values.sort((a, b) => compareBytes(String(a.value), String(b.value)));
        if (reportRepeated(filling, key, values)) return undefined;
    }
    const common = { key, type: row.type, chain, place };
    if (list) {
        const items = values.map(({ atom }) => atom);
        const spelled = printValue({ kind: 'list', items, span: place.span });
        return { ...common, value: values.map(({ value }) => String(value)), spelled };
    }
    const [only] = values;
    const [item] = slot.items;
    if (only === undefined || item === undefined) return undefined;
    const target = itemType(row.type).kind === 'ref' ? filling.refer(only.atom, item.module) : undefined;
    const spelled = printAtom(only.atom);
    return { ...common, value: only.value, spelled, ...(target === undefined ? {} : { target }) };
}

interface ReadItem {
    readonly atom: Atom;
    readonly value: string | number | boolean;
    readonly place: Place;
}

function readItem(filling: Filling, slot: Slot, item: Slot['items'][number]): ReadItem | undefined {
    const place = placeOf(item);
    const atom = fillItem(item, (names, at) => resolveReference(filling, names, at), filling.diagnostics);
    if (atom === undefined) return undefined;
    if (atom !== item.atom && !isAffordable(filling, slot.key, atom, place)) return undefined;
    const type = itemType(slot.row.type);
    const reading = readAtom(atom, type);
    if (!reading.ok) {
        filling.diagnostics.push(filledMismatch(slot.key, slot.row.type, place, printAtom(atom)));
        return undefined;
    }
    return { atom, value: reading.value, place };
}

/** Counts what interpolation has made so far. Said once: everything after it would be too much as well. */
function isAffordable(filling: Filling, key: string, atom: Atom, place: Place): boolean {
    const before = filling.made;
    filling.made += plainText(atom)?.length ?? 0;
    if (filling.made <= mostText) return true;
    if (before <= mostText) filling.diagnostics.push(tooLong(key, mostText, place));
    return false;
}

/** Items of a set that only became the same one when they were filled in; `values` are sorted. */
function reportRepeated(filling: Filling, key: string, values: readonly ReadItem[]): boolean {
    for (const [index, { value, place }] of values.entries()) {
        const before = values[index - 1];
        if (before?.value !== value) continue;
        filling.diagnostics.push(alreadyInSet(key, String(value), place, before.place));
        return true;
    }
    return false;
}

/** What `\(a.b)` stands for: a fact, or a field that is final already. */
function resolveReference(filling: Filling, names: readonly string[], place: Place): Resolved {
    const key = fieldKey(names);
    const fact = filling.table.get(key);
    if (fact !== undefined && 'value' in fact) return { text: String(fact.value) };
    const field = filling.fields.get(key);
    if (field !== undefined) {
        const text = shownIn(field);
        return text === undefined ? { problem: notScalar(key, place) } : { text };
    }
    if (isSuspect(filling.store, names) || filling.store.broken.has(fieldKey([...names, 'default']))) return undefined;
    switch (meaningOf(filling.root, names)) {
        case 'field':
            return { problem: unsetReference(key, place) };
        case 'block':
            return { problem: notScalar(key, place) };
        case 'nothing': {
            const near = nearest(key, [
                ...filling.table.keys(),
                ...filling.store.slots.keys(),
                ...filling.fields.keys(),
            ]);
            return { problem: unknownReference(key, place, near) };
        }
    }
}

/** Text as it is; numbers and words as they are spelled. */
function shownIn({ value, spelled }: Field): string | undefined {
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? undefined : spelled;
}

/** What names mean in this recipe, whether it is set or not. A label counts when there is such a block. */
export function meaningOf(root: Node, names: readonly string[]): 'field' | 'block' | 'nothing' {
    let node: Node | undefined = root;
    let row = root.row;
    for (const [index, name] of names.entries()) {
        const inner: Node | undefined = node?.groups.get(name);
        const last = index === names.length - 1;
        if (last && row.each === undefined && fieldIn(row, name) !== undefined) return 'field';
        const next = groupIn(row, name);
        if (next === undefined || (row.each !== undefined && inner === undefined)) return 'nothing';
        if (last) return 'block';
        node = inner;
        row = next;
    }
    return 'nothing';
}
