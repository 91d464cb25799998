// The configuration of bootstrap as a file. Each setting is one line and each table has a plain header: bootstrap.py finds
// `build.rustc`, `build.cargo`, `build.vendor` and others with regular expressions, before there is a reader of TOML.
import { sortedEntries } from '../plan/bytes.ts';
import { isFrom, type Release } from './release.ts';
import { sampleOf } from './schema.ts';
import { isRecord } from './setting-types.ts';
import type { Settings } from './settings.ts';

/**
 * The name of the file that a release looks for. From 1.87 on `config.toml` is read where there is no `bootstrap.toml`.
 */
export function configFileName(release: Release): 'bootstrap.toml' | 'config.toml' {
    return isFrom(release, '1.87') ? 'bootstrap.toml' : 'config.toml';
}

/** The file that holds these settings, in byte order. `checkConfig` has found no error in them. */
export function writeConfig(_release: Release, settings: Settings): string {
    return tableText('', settings).join('');
}

/**
 * What has to be set so that bootstrap does not tell about changes of its configuration, where this release has such a setting.
 */
export function quietChanges(release: Release): Settings {
    if (isFrom(release, '1.87')) return { 'change-id': 'ignore' };
    const newest = newestChange(release);
    if (newest !== undefined) return { 'change-id': newest };
    return isFrom(release, '1.64') ? {} : { 'changelog-seen': 2 };
}

/** The number for `change-id`; undefined where the release has no such setting, or none is known. */
export function newestChange({ samples }: Release): number | undefined {
    return sampleOf(samples[0] ?? '')?.change;
}

function tableText(header: string, table: Settings): readonly string[] {
    const entries = sortedEntries(table).filter(([, value]) => value !== undefined);
    const lines = entries
        .filter(([, value]) => !isRecord(value))
        .map(([key, value]) => `${keyText(key)} = ${valueText(value)}\n`);
    const below = entries.flatMap(([key, value]) =>
        isRecord(value) ? tableText(header === '' ? keyText(key) : `${header}.${keyText(key)}`, value) : [],
    );
    const isNamed = header !== '' && (lines.length > 0 || below.length === 0);
    return [...(isNamed ? [`\n[${header}]\n`] : []), ...lines, ...below];
}

function keyText(key: string): string {
    return /^[A-Za-z0-9_-]+$/.test(key) ? key : valueText(key);
}

function valueText(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
    if (typeof value === 'string') return textValue(value);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new Error(`no value of a configuration: ${JSON.stringify(value)}`);
}

/** Literal where that avoids escapes, which bootstrap.py does not know. */
function textValue(text: string): string {
    const isPlain = !/["\\\p{Cc}]/u.test(text);
    if (isPlain) return `"${text}"`;
    if (!/['\p{Cc}]/u.test(text)) return `'${text}'`;
    // JSON's escapes are TOML's, but for the delete character.
    return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}
