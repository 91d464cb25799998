// A recipe with some of its fields decided by rpkg, as a last layer would decide them: what follows from being a link of a chain.
import type { Place } from '../../lang/source.ts';
import { fieldKey } from '../field-key.ts';
import { kinds } from '../schema/kinds.ts';
import { fieldIn, groupIn } from '../schema/locate.ts';
import { type FieldRow, type FieldType, type GroupRow, itemType } from '../schema/types.ts';
import type { Evaluated, Field, FieldValue, Group } from '../value.ts';

export interface FieldChange {
    readonly names: readonly string[];
    /** Undefined: as when nobody had said anything of it. */
    readonly value: FieldValue | undefined;
    readonly because: string;
}

/** Who changes the fields: a layer, and the place in it that is the reason. */
export interface Changer {
    readonly layer: string;
    readonly place: Place;
}

/** Makes the changes in order. A change of a block without a value takes back all of the block. */
export function withFields(evaluated: Evaluated, changes: readonly FieldChange[], changer: Changer): Evaluated {
    const row = kinds.get(evaluated.kind)?.root;
    if (row === undefined) throw new Error(`kind ${evaluated.kind} has no schema`);
    const root = changes.reduce((group, change) => changed(group, row, change.names, change, changer), evaluated.root);
    return { ...evaluated, root, fields: new Map(fieldsBelow(root).map((field) => [field.key, field])) };
}

function changed(
    group: Group,
    row: GroupRow,
    [name = '', ...rest]: readonly string[],
    change: FieldChange,
    changer: Changer,
): Group {
    const inner = groupIn(row, name);
    const field = row.each === undefined ? fieldIn(row, name) : undefined;
    if (rest.length === 0 && field !== undefined) {
        const fields = new Map(group.fields);
        const next = fieldFor(group, name, field, change, changer);
        if (next === undefined) fields.delete(name);
        else fields.set(name, next);
        return { ...group, fields };
    }
    if (inner === undefined) throw new Error(`no field ${change.names.join('.')}`);
    const groups = new Map(group.groups);
    const path = fieldKey([...(group.path === '' ? [] : [group.path]), name]);
    const below = groups.get(name) ?? { path, fields: new Map(), groups: new Map() };
    if (rest.length > 0) groups.set(name, changed(below, inner, rest, change, changer));
    else if (row.each === undefined) groups.set(name, freshGroup(below, inner, changer));
    else groups.delete(name);
    return { ...group, groups };
}

/** A block of which nobody has said anything. */
function freshGroup({ path }: Group, row: GroupRow, changer: Changer): Group {
    const fields = [...row.fields].flatMap(([name, { type, default: given }]) => {
        if (given === undefined) return [];
        const key = `${path}.${fieldKey([name])}`;
        return [
            [name, { key, type, ...given, chain: [touchOf(changer, 'default', given.spelled)], place: changer.place }],
        ] as const;
    });
    return { path, fields: new Map<string, Field>(fields), groups: new Map() };
}

function fieldFor(
    { path, fields }: Group,
    name: string,
    { type, default: given }: FieldRow,
    { value, because }: FieldChange,
    changer: Changer,
): Field | undefined {
    const next = value ?? given?.value;
    if (next === undefined) return undefined;
    const before = fields.get(name);
    const spelled = value === undefined ? (given?.spelled ?? '') : spelledAs(value, type);
    const operator = before === undefined ? '=' : ':=';
    return {
        key: path === '' ? fieldKey([name]) : `${path}.${fieldKey([name])}`,
        type,
        value: next,
        spelled,
        chain: [...(before?.chain ?? []), { ...touchOf(changer, operator, spelled), because }],
        place: changer.place,
    };
}

function touchOf({ layer, place }: Changer, operator: string, operand: string): Field['chain'][number] {
    return { layer, place, operator, operand };
}

function spelledAs(value: FieldValue, type: FieldType): string {
    if (typeof value === 'object') return `[${value.map((item) => spelledAs(item, itemType(type))).join(', ')}]`;
    const isBare = typeof value !== 'string' || ['enum', 'label', 'name', 'version', 'word'].includes(type.kind);
    return isBare ? String(value) : JSON.stringify(value);
}

function fieldsBelow(group: Group): readonly Field[] {
    return [...group.fields.values(), ...[...group.groups.values()].flatMap(fieldsBelow)];
}
