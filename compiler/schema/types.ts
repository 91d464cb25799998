// What a schema is made of: types of fields, rows that describe a field or a block, and the few ways to write a row.

/** The type of one value. Lists are made of these. */
export type ScalarType =
    | { readonly kind: 'bool' }
    | { readonly kind: 'int'; readonly min: number; readonly max: number }
    /** One line. */
    | { readonly kind: 'string' }
    /** Any number of lines. */
    | { readonly kind: 'text' }
    | { readonly kind: 'version' }
    | { readonly kind: 'version-req' }
    | { readonly kind: 'duration' }
    | { readonly kind: 'size' }
    /** `todo` is taken as a placeholder: a later stage asks for the real one. */
    | { readonly kind: 'hash' }
    | { readonly kind: 'url' }
    /** Relative, without `..`. */
    | { readonly kind: 'path' }
    | { readonly kind: 'commit' }
    | { readonly kind: 'triple' }
    | { readonly kind: 'word' }
    /** A word, or a string where the name is no word: `serde/derive`. */
    | { readonly kind: 'name' }
    | { readonly kind: 'enum'; readonly words: readonly string[] }
    /** The label of a block of the recipe: `label('step')`. */
    | { readonly kind: 'label'; readonly head: string }
    /** The name of another recipe. */
    | { readonly kind: 'ref'; readonly to: string }
    | { readonly kind: 'union'; readonly of: readonly ScalarType[] }
    /** Whatever a field `x-…` holds. */
    | { readonly kind: 'any' };

export type FieldType =
    | ScalarType
    /** No item twice, order without meaning. */
    | { readonly kind: 'set'; readonly of: ScalarType }
    /** Strings whose order and repetition have a meaning, of these three kinds. */
    | { readonly kind: 'flags' }
    | { readonly kind: 'strings' }
    | { readonly kind: 'argv' };

export interface FieldRow {
    readonly doc: string;
    readonly type: FieldType;
    readonly required?: true;
    readonly default?: Default;
    /** Conditions read it, so it is set outside `when` and without interpolation. */
    readonly constant?: true;
    /** For a set of labels: following it from block to block must end. */
    readonly acyclic?: true;
}

/** A value together with its spelling in the language. */
export interface Default {
    readonly value: string | number | boolean;
    readonly spelled: string;
}

/** What may stand between two braces. */
export interface GroupRow {
    readonly doc: string;
    readonly fields: ReadonlyMap<string, FieldRow>;
    readonly groups: ReadonlyMap<string, GroupRow>;
    /** The block has a label, `step build { … }`: what each of them holds. */
    readonly each?: GroupRow;
    /** Any name is a field of this type: a map. */
    readonly open?: FieldRow;
    /** The block is one more layer on a recipe of this kind, and is only looked at when that is evaluated. */
    readonly layerOn?: string;
    /** Exactly one of these ways is taken. A field that no way speaks of goes with all of them. */
    readonly ways?: readonly Way[];
}

/** One of several ways to fill a block. */
export interface Way {
    /** One of these says that this way is meant. */
    readonly by: readonly string[];
    readonly needs: readonly string[];
    readonly allows: readonly string[];
}

export interface Kind {
    readonly name: string;
    readonly root: GroupRow;
}

export const bool = { kind: 'bool' } as const;
export const string = { kind: 'string' } as const;
export const text = { kind: 'text' } as const;
export const version = { kind: 'version' } as const;
export const duration = { kind: 'duration' } as const;
export const size = { kind: 'size' } as const;
export const hash = { kind: 'hash' } as const;
export const url = { kind: 'url' } as const;
export const path = { kind: 'path' } as const;
export const commit = { kind: 'commit' } as const;
export const triple = { kind: 'triple' } as const;
export const word = { kind: 'word' } as const;
export const name = { kind: 'name' } as const;
export const any = { kind: 'any' } as const;
export const flags = { kind: 'flags' } as const;
export const strings = { kind: 'strings' } as const;
export const argv = { kind: 'argv' } as const;

export function int(min: number, max: number): ScalarType {
    return { kind: 'int', min, max };
}

export function oneOf(...words: readonly string[]): ScalarType {
    return { kind: 'enum', words };
}

export function label(head: string): ScalarType {
    return { kind: 'label', head };
}

export function ref(to: string): ScalarType {
    return { kind: 'ref', to };
}

export function union(...of: readonly ScalarType[]): ScalarType {
    return { kind: 'union', of };
}

export function setOf(of: ScalarType): FieldType {
    return { kind: 'set', of };
}

export function isList(type: FieldType): boolean {
    return type.kind === 'set' || type.kind === 'flags' || type.kind === 'strings' || type.kind === 'argv';
}

/** The type of a list's items; a scalar type is its own. */
export function itemType(type: FieldType): ScalarType {
    if (type.kind === 'set') return type.of;
    return type.kind === 'flags' || type.kind === 'strings' || type.kind === 'argv' ? string : type;
}

/** A field that may be left out. */
export function field(type: FieldType, doc: string, more: Omit<FieldRow, 'type' | 'doc'> = {}): FieldRow {
    return { type, doc, ...more };
}

/** A field that must be there. */
export function required(type: FieldType, doc: string, more: Omit<FieldRow, 'type' | 'doc'> = {}): FieldRow {
    return { type, doc, required: true, ...more };
}

/** Rows by name, in the order they are written. A `Map`, so that no name of a recipe means anything to JavaScript. */
function rows<Row>(table: Readonly<Record<string, Row>>): ReadonlyMap<string, Row> {
    return new Map(Object.entries(table));
}

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** A block without a label. */
export function group(
    doc: string,
    fields: Readonly<Record<string, FieldRow>>,
    groups: Readonly<Record<string, GroupRow>> = {},
    ways?: readonly Way[],
): GroupRow {
    return { doc, fields: rows(fields), groups: rows(groups), ...(ways === undefined ? {} : { ways }) };
}

/** Blocks with a label. */
export function labelled(each: GroupRow): GroupRow {
    return { doc: each.doc, fields: none, groups: none, each };
}

/** Blocks with a label, each of them a layer on a recipe of a kind. */
export function layersOn(kind: string, doc: string): GroupRow {
    return labelled({ doc, fields: none, groups: none, layerOn: kind });
}

/** Any key, values of one type. */
export function map(of: ScalarType, doc: string): GroupRow {
    return { doc, fields: none, groups: none, open: field(of, doc) };
}

export function defaultWord(value: string): Default {
    return { value, spelled: value };
}

export function defaultString(value: string): Default {
    return { value, spelled: `"${value}"` };
}

export function defaultBool(value: boolean): Default {
    return { value, spelled: String(value) };
}

export function defaultInt(value: number): Default {
    return { value, spelled: String(value) };
}

/** `1h` as 3600 seconds, `4GiB` as so many bytes. */
export function defaultQuantity(value: number, spelled: string): Default {
    return { value, spelled };
}
