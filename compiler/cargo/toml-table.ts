// Reading TOML values whose types are not known yet.
import { parse, TomlError } from 'smol-toml';

export type Table = Readonly<Record<string, unknown>>;

/** The document, or one line that says what is wrong. */
export function parseToml(
    text: string,
): { readonly ok: true; readonly table: Table } | { readonly ok: false; readonly message: string } {
    try {
        return { ok: true, table: parse(text) };
    } catch (error) {
        if (!(error instanceof TomlError)) throw error;
        return { ok: false, message: `line ${error.line}: ${error.message.split('\n')[0] ?? ''}` };
    }
}

export function isTable(value: unknown): value is Table {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A table; empty when there is something else, or nothing. */
export function tableAt(table: Table, key: string): Table {
    const value = Object.hasOwn(table, key) ? table[key] : undefined;
    return isTable(value) ? value : {};
}

export function textAt(table: Table, key: string): string | undefined {
    const value = valueAt(table, key);
    return typeof value === 'string' ? value : undefined;
}

export function boolAt(table: Table, key: string): boolean | undefined {
    const value = valueAt(table, key);
    return typeof value === 'boolean' ? value : undefined;
}

export function textsAt(table: Table, key: string): readonly string[] | undefined {
    const value = valueAt(table, key);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** Tables of an array of tables. */
export function tablesAt(table: Table, key: string): readonly Table[] | undefined {
    const value = valueAt(table, key);
    return Array.isArray(value) ? value.filter(isTable) : undefined;
}

/** The first of several spellings of a key that is there. */
export function firstAt(table: Table, ...keys: readonly string[]): unknown {
    return keys.map((key) => valueAt(table, key)).find((value) => value !== undefined);
}

function valueAt(table: Table, key: string): unknown {
    return Object.hasOwn(table, key) ? table[key] : undefined;
}
