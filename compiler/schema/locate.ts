// Finding rows by name. Names that start with `x-` belong to users and are found everywhere.
import { type FieldRow, type GroupRow, any, field } from './types.ts';

const extensionField: FieldRow = field(any, 'A field of your own; rpkg keeps it and does nothing with it.');

const extensionGroup: GroupRow = {
    doc: 'A block of your own; rpkg keeps it and does nothing with it.',
    fields: new Map(),
    groups: new Map(),
    open: extensionField,
};

/** The field `name` of a block. */
export function fieldIn(row: GroupRow, name: string): FieldRow | undefined {
    return row.fields.get(name) ?? row.open ?? (isExtension(row, name) ? extensionField : undefined);
}

/** The block `name` in a block. Below a head of labelled blocks, `name` is a label. */
export function groupIn(row: GroupRow, name: string): GroupRow | undefined {
    return row.groups.get(name) ?? row.each ?? (isExtension(row, name) ? extensionGroup : undefined);
}

function isExtension(row: GroupRow, name: string): boolean {
    return name.startsWith('x-') && row.open === undefined && row.each === undefined;
}

/** Everything that can be named in a block. */
export function namesIn(row: GroupRow): readonly string[] {
    return [...row.fields.keys(), ...row.groups.keys()];
}
