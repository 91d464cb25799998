// The fields of one recipe while its layers are applied. Only `operators` changes a slot.
import { printAtom } from '../lang/print.ts';
import type { Atom } from '../lang/ast.ts';
import type { Place } from '../lang/source.ts';
import { fieldKey } from './field-key.ts';
import type { Module } from './program.ts';
import { plainText } from './read-atom.ts';
import type { FieldRow, GroupRow } from './schema/types.ts';
import type { FieldTouch } from './value.ts';

/** One written value and the file it is written in. */
export interface Item {
    readonly atom: Atom;
    readonly module: Module;
    /** What makes two items of a list the same one: their text, however it is quoted. */
    readonly key: string;
}

/** A field that a layer has set. */
export interface Slot {
    readonly key: string;
    readonly names: readonly string[];
    readonly row: FieldRow;
    readonly chain: FieldTouch[];
    list: boolean;
    /** One item for a scalar. */
    items: Item[];
    /** The first item with each key. */
    members: Map<string, Item>;
    /** Set by `?=` alone, so that a layer may still define it. */
    soft: boolean;
    /** The value that was written last. */
    place: Place;
}

interface OpenBlock {
    readonly names: readonly string[];
    readonly row: GroupRow;
    readonly place: Place;
}

export interface Store {
    /** By key, in order of first definition. */
    readonly slots: Map<string, Slot>;
    readonly blocks: Map<string, OpenBlock>;
    /** Keys of fields with a mistake that is reported; whatever follows from it is not. */
    readonly broken: Set<string>;
    /** Keys of blocks that something was meant for which did not get there. What they lack may be just that. */
    readonly doubtful: Set<string>;
}

export function emptyStore(): Store {
    return { slots: new Map(), blocks: new Map(), broken: new Set(), doubtful: new Set() };
}

/** Whether a field that is missing may be missing because of a mistake that is reported already. */
export function isSuspect(store: Store, names: readonly string[]): boolean {
    if (store.broken.has(fieldKey(names))) return true;
    return store.doubtful.size > 0 && names.some((_, depth) => store.doubtful.has(fieldKey(names.slice(0, depth))));
}

export function placeOf({ atom, module }: Item): Place {
    return { file: module.source, span: atom.span };
}

export function itemOf(atom: Atom, module: Module): Item {
    return { atom, module, key: plainText(atom) ?? printAtom(atom) };
}
