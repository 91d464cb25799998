// The configuration of bootstrap as data, as a TOML reader gives it, and its single settings.
import { sortedEntries } from '../plan/bytes.ts';
import { isRecord } from './setting-types.ts';

/** Tables in tables: `{ rust: { channel: 'stable' }, target: { 'x86_64-unknown-linux-gnu': { cc: 'gcc' } } }`. */
export type Settings = Readonly<Record<string, unknown>>;

export interface Setting {
    /** As written: `target.x86_64-unknown-linux-gnu.cc`. */
    readonly name: string;
    /** As the schema has it: `target.*.cc`. */
    readonly key: string;
    readonly value: unknown;
}

/** Tables whose keys are names of the user's choice. */
const openTables: ReadonlySet<string> = new Set(['target', 'build.tool']);

/**
 * Every setting, in byte order. `isKey` tells which keys take a table as their value; `isSection` which tables have keys. What
 * is neither is given as it is.
 */
export function settingsOf(
    settings: Settings,
    isKey: (key: string) => boolean,
    isSection: (key: string) => boolean,
): readonly Setting[] {
    const below = (table: Settings, name: string, key: string): readonly Setting[] =>
        sortedEntries(table).flatMap(([each, value]) => {
            const inner = {
                name: joined(name, each),
                key: joined(key, openTables.has(key) ? '*' : each),
                value,
            };
            const isLeaf = isKey(inner.key) || !isSection(inner.key) || !isRecord(value);
            return isLeaf ? [inner] : below(value, inner.name, inner.key);
        });
    return below(settings, '', '');
}

function joined(section: string, key: string): string {
    return section === '' ? key : `${section}.${key}`;
}

/** A setting by its name, where no part of the name has a dot: `settingAt(settings, 'rust', 'lld')`. */
export function settingAt(settings: Settings, ...names: readonly string[]): unknown {
    let value: unknown = settings;
    for (const name of names) value = isRecord(value) ? value[name] : undefined;
    return value;
}

/** `target.*.cc` → `target` … `cc`: section of a key, and its own name. */
export function splitKey(key: string): { readonly section: string; readonly name: string } {
    const dot = key.lastIndexOf('.');
    return { section: dot < 0 ? '' : key.slice(0, dot), name: key.slice(dot + 1) };
}
