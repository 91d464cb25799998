// The blocks of a recipe as they are nested, each with its row of the schema. Holds keys only; values are elsewhere.
import type { Place } from '../lang/source.ts';
import { fieldKey } from './field-key.ts';
import { groupIn } from './schema/locate.ts';
import type { FieldRow, GroupRow } from './schema/types.ts';
import type { Store } from './store.ts';

export interface Node {
    readonly names: readonly string[];
    readonly key: string;
    readonly row: GroupRow;
    readonly place?: Place;
    /** By name: the keys of fields that are set. */
    readonly fields: Map<string, string>;
    readonly groups: Map<string, Node>;
}

/** A field that no layer set and that has a default. */
export interface DefaultField {
    readonly key: string;
    readonly names: readonly string[];
    readonly row: FieldRow;
}

/** Nests what the store holds. */
export function treeOf(store: Store, root: GroupRow): Node {
    const top = node([], root, undefined);
    for (const { names, place } of store.blocks.values()) descend(top, names, place);
    for (const { names, key } of store.slots.values()) {
        descend(top, names.slice(0, -1), undefined)?.fields.set(names.at(-1) ?? '', key);
    }
    return top;
}

function node(names: readonly string[], row: GroupRow, place: Place | undefined): Node {
    const key = fieldKey(names);
    return { names, key, row, ...(place === undefined ? {} : { place }), fields: new Map(), groups: new Map() };
}

/** The node at `names`, made with everything above it where it is missing. */
function descend(top: Node, names: readonly string[], place: Place | undefined): Node | undefined {
    let current = top;
    for (const [index, name] of names.entries()) {
        const row = groupIn(current.row, name);
        if (row === undefined) return undefined;
        const inner = current.groups.get(name) ?? node(names.slice(0, index + 1), row, place);
        current.groups.set(name, inner);
        current = inner;
    }
    return current;
}

/** Adds the fields that the schema gives. A block without a label is opened where it has defaults. */
export function addDefaults(top: Node, store: Store): readonly DefaultField[] {
    const added: DefaultField[] = [];
    for (const [name, row] of top.row.fields) {
        const names = [...top.names, name];
        const key = fieldKey(names);
        if (row.default === undefined || top.fields.has(name) || store.broken.has(key) || !fits(top, name)) continue;
        top.fields.set(name, key);
        added.push({ key, names, row });
    }
    for (const [name, row] of top.row.groups) {
        const inner = top.groups.get(name) ?? node([...top.names, name], row, undefined);
        added.push(...addDefaults(inner, store));
        if (inner.fields.size > 0 || inner.groups.size > 0) top.groups.set(name, inner);
    }
    if (top.row.each !== undefined) {
        for (const inner of top.groups.values()) added.push(...addDefaults(inner, store));
    }
    return added;
}

/** A default that belongs to one way of filling a block is only given when that way is taken. */
function fits({ row, fields }: Node, name: string): boolean {
    const owners = (row.ways ?? []).filter(({ allows }) => allows.includes(name));
    return owners.length === 0 || owners.some(({ by }) => by.some((field) => fields.has(field)));
}
