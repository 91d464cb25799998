// What a condition can look at: a value together with the way it is compared.
import type { FieldType } from './schema/types.ts';
import type { FieldValue } from './value.ts';

export type Subject =
    | WordSubject
    | { readonly type: 'text'; readonly value: string }
    | { readonly type: 'version'; readonly value: string }
    | { readonly type: 'number'; readonly unit: 'int' | 'duration' | 'size'; readonly value: number }
    | { readonly type: 'bool'; readonly value: boolean }
    /** Lists are not compared. */
    | { readonly type: 'list' }
    /** Known but without a value: equal to nothing. */
    | { readonly type: 'unset' };

export interface WordSubject {
    readonly type: 'word';
    readonly value: string;
    /** Every word that is true of it: `x86_64`, `amd64`. Without it only `value` is. */
    readonly answers?: ReadonlySet<string>;
    /** Every word that could be true; another one is a mistake. */
    readonly known?: ReadonlySet<string>;
}

const wordKinds: ReadonlySet<FieldType['kind']> = new Set(['word', 'name', 'label', 'ref', 'triple']);

/** How a field's value is compared. */
export function subjectOf(type: FieldType, value: FieldValue): Subject {
    if (typeof value === 'boolean') return { type: 'bool', value };
    if (typeof value === 'number') {
        return { type: 'number', unit: type.kind === 'duration' || type.kind === 'size' ? type.kind : 'int', value };
    }
    if (typeof value !== 'string') return { type: 'list' };
    if (type.kind === 'version') return { type: 'version', value };
    if (type.kind === 'enum') return { type: 'word', value, known: new Set(type.words) };
    if (type.kind === 'union')
        return { type: type.of.some(({ kind }) => kind === 'version') ? 'version' : 'word', value };
    return { type: wordKinds.has(type.kind) ? 'word' : 'text', value };
}
