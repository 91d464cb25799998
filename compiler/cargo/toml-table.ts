// Values of a TOML document with the type that they must have; what has another one is a problem of the file.
import type { CargoProblem } from './problem.ts';

export type Table = Readonly<Record<string, unknown>>;

/** Where problems of one file are collected. */
export interface Reading {
    readonly file: string;
    readonly problems: CargoProblem[];
}

export function badManifest({ file, problems }: Reading, message: string, help?: string): void {
    problems.push({ code: 'cargo/bad-manifest', message, file, ...(help === undefined ? {} : { help }) });
}

export function unsupported({ file, problems }: Reading, message: string, help: string): void {
    problems.push({ code: 'cargo/unsupported-manifest', message, file, help });
}

export function isTable(value: unknown): value is Table {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function isTexts(value: unknown): value is readonly string[] {
    return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

export function textAt(reading: Reading, table: Table, key: string): string | undefined {
    const value = table[key];
    if (value === undefined || typeof value === 'string') return value;
    badManifest(reading, `\`${key}\` is not text`);
    return undefined;
}

export function flagAt(reading: Reading, table: Table, key: string): boolean | undefined {
    const value = table[key];
    if (value === undefined || typeof value === 'boolean') return value;
    badManifest(reading, `\`${key}\` is neither true nor false`);
    return undefined;
}

export function textsAt(reading: Reading, table: Table, key: string): readonly string[] | undefined {
    const value = table[key];
    if (value === undefined || isTexts(value)) return value;
    badManifest(reading, `\`${key}\` is not a list of texts`);
    return undefined;
}

export function tableAt(reading: Reading, table: Table, key: string): Table | undefined {
    const value = table[key];
    if (value === undefined || isTable(value)) return value;
    badManifest(reading, `\`${key}\` is not a table`);
    return undefined;
}

export function tablesAt(reading: Reading, table: Table, key: string): readonly Table[] | undefined {
    const value = table[key];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every(isTable)) return value;
    badManifest(reading, `\`${key}\` is not a list of tables`);
    return undefined;
}
