// What evaluation gives: every field with its effective value and everything that touched it. Knows nothing of plans.
import type { Place, SourceFile } from '../lang/source.ts';
import type { FieldType } from './schema/types.ts';

export interface Evaluated {
    /** The package: the last `recipe` of the chain. Overlays do not rename what they change. */
    readonly name: string;
    readonly kind: string;
    /** From the base recipe to the topmost overlay. */
    readonly layers: readonly EvaluatedLayer[];
    readonly root: Group;
    readonly facts: Readonly<Record<string, string | boolean>>;
    /** All fields by key, in order of first definition, defaults last. */
    readonly fields: ReadonlyMap<string, Field>;
    /** Recipes that this one is made of, by name: the links of a chain. */
    readonly parts?: ReadonlyMap<string, Evaluated>;
}

interface EvaluatedLayer {
    readonly name: string;
    readonly file: SourceFile;
}

/** `source main { … }` is `root.groups.get('source').groups.get('main')`. Definition order is kept. */
export interface Group {
    /** Key of the group, empty for the root. */
    readonly path: string;
    /** Where it is first opened; absent when it only holds defaults. */
    readonly place?: Place;
    readonly fields: ReadonlyMap<string, Field>;
    readonly groups: ReadonlyMap<string, Group>;
}

export type FieldValue = string | number | boolean | readonly string[];

/** A field that is set, or that has a default. Each key of a map (`env.CC`) is a field of its own. */
export interface Field {
    /** `source.main.url`, `install.rename."bin/bat"`. */
    readonly key: string;
    readonly type: FieldType;
    /** Durations in seconds, sizes in bytes, sets in byte order. */
    readonly value: FieldValue;
    /** The effective value in the language's own spelling. */
    readonly spelled: string;
    /** Never empty; the first one set it. */
    readonly chain: readonly FieldTouch[];
    /** The value that the last touch wrote. */
    readonly place: Place;
    /** For a reference: the recipe it names. */
    readonly target?: Evaluated;
}

/** One statement that touched a field. */
export interface FieldTouch {
    readonly layer: string;
    /** The name at the left of the operator. */
    readonly place: Place;
    /** `=` and its kin, or `default` when the schema gave it. */
    readonly operator: string;
    readonly operand: string;
    /** Profiles it came through, innermost last. */
    readonly via?: readonly string[];
    readonly when?: string;
    readonly because?: string;
    readonly until?: string;
}

/** The text of a field; undefined when it is not set or not text. */
export function textOf(group: Group, name: string): string | undefined {
    const value = group.fields.get(name)?.value;
    return typeof value === 'string' ? value : undefined;
}

export function numberOf(group: Group, name: string): number | undefined {
    const value = group.fields.get(name)?.value;
    return typeof value === 'number' ? value : undefined;
}

export function boolOf(group: Group, name: string): boolean | undefined {
    const value = group.fields.get(name)?.value;
    return typeof value === 'boolean' ? value : undefined;
}

/** The items of a list; empty when it is not set. */
export function listOf(group: Group, name: string): readonly string[] {
    const value = group.fields.get(name)?.value;
    return typeof value === 'object' ? value : [];
}

/** The blocks `head LABEL { … }`, by label. */
export function labelsOf(group: Group, head: string): ReadonlyMap<string, Group> {
    return group.groups.get(head)?.groups ?? new Map<string, Group>();
}
