// What a release's bootstrap reads from its configuration file: which keys, of which types. The table has, for each key, the
// samples in which its type was another one than in the sample before; null where it was gone.
import { compareVersions } from '../versions.ts';
import type { Release } from './release.ts';
import schemaTable from './schema-table.json' with { type: 'json' };
import { isSettingType, type SettingType } from './setting-types.ts';

/** `known`: of that type. `unsure`: the samples before and after differ; undefined is "no such key". */
export type KeyState =
    | { readonly kind: 'known'; readonly type: SettingType }
    | { readonly kind: 'unsure'; readonly before: SettingType | undefined; readonly after: SettingType | undefined };

/** Keys of a release. `*` stands for a target triple (`target.*.cc`) or the name of a tool (`build.tool.*.features`). */
export type Schema = ReadonlyMap<string, KeyState>;

/** A release whose bootstrap was read. */
export interface Sample {
    /** Where its sources came from. */
    readonly source: string;
    /** The newest change of the configuration that it knows; releases before 1.75 count none. */
    readonly change?: number;
}

export function sampleOf(release: string): Sample | undefined {
    return (schemaTable.samples as Readonly<Record<string, Sample>>)[release];
}

/** Sample → type, or null when the key is gone. */
export type KeyHistory = Readonly<Record<string, SettingType | null>>;

export const keyHistories: ReadonlyMap<string, KeyHistory> = new Map(
    Object.entries(schemaTable.keys as Readonly<Record<string, Readonly<Record<string, string | null>>>>).map(
        ([key, history]) => [key, Object.fromEntries(Object.entries(history).map(([at, type]) => [at, checked(type)]))],
    ),
);

function checked(type: string | null): SettingType | null {
    if (type === null || isSettingType(type)) return type;
    throw new Error(`schema-table.json: no type ${type}`);
}

/**
 * What the bootstrap of a release reads. `extensions` are keys that a patch of the recipe adds to it; they win over the table.
 */
export function schemaOf({ samples }: Release, extensions: Readonly<Record<string, SettingType>> = {}): Schema {
    const [before = '', after = before] = samples;
    const schema = new Map<string, KeyState>();
    for (const [key, history] of keyHistories) {
        const [older, newer] = [typeAt(history, before), typeAt(history, after)];
        if (older !== newer) schema.set(key, { kind: 'unsure', before: older, after: newer });
        else if (older !== undefined) schema.set(key, { kind: 'known', type: older });
    }
    for (const [key, type] of Object.entries(extensions)) schema.set(key, { kind: 'known', type });
    return schema;
}

/** The type of a key in one sample. */
export function typeAt(history: KeyHistory, sample: string): SettingType | undefined {
    const last = Object.keys(history)
        .sort(compareVersions)
        .findLast((at) => compareVersions(at, sample) <= 0);
    return last === undefined ? undefined : (history[last] ?? undefined);
}

/** The first sample that has a key, and the first of those behind it that lack it. */
export function lifeOf(key: string): { readonly first: string; readonly gone: string | undefined } | undefined {
    const history = keyHistories.get(key);
    if (history === undefined) return undefined;
    const samples = Object.keys(history).sort(compareVersions);
    return { first: samples[0] ?? '', gone: samples.find((sample) => history[sample] === null) };
}
