// The table of settings with one more sample in it: how a new release gets into rpkg. The text is that of schema-table.json.
import { compareBytes } from '../plan/bytes.ts';
import { compareVersions } from '../versions.ts';
import { sampledReleases } from './release.ts';
import { type KeyHistory, keyHistories, type Sample, sampleOf, typeAt } from './schema.ts';
import type { SettingType } from './setting-types.ts';

/** What was read from the sources of one release. */
export interface NewSample extends Sample {
    readonly release: string;
    readonly keys: ReadonlyMap<string, SettingType>;
}

/** schema-table.json with this sample added, or put in the place of the one that is there. */
export function mergedTable(added: NewSample): string {
    const releases = [...new Set([...sampledReleases, added.release])].sort(compareVersions);
    const keys = [...new Set([...keyHistories.keys(), ...added.keys.keys()])].sort(compareBytes);
    const typeIn = (key: string, release: string): SettingType | undefined => {
        if (release === added.release) return added.keys.get(key);
        const history = keyHistories.get(key);
        return history === undefined ? undefined : typeAt(history, release);
    };
    const samples = releases.map((release) => `${JSON.stringify(release)}: ${sampleText(release, added)}`);
    const histories = keys.flatMap((key) => {
        const history = historyOf(releases, (release) => typeIn(key, release));
        return Object.keys(history).length === 0 ? [] : [`${JSON.stringify(key)}: ${inlineText(history)}`];
    });
    const block = (lines: readonly string[]): string => lines.map((line) => `        ${line}`).join(',\n');
    return `{\n    "samples": {\n${block(samples)}\n    },\n    "keys": {\n${block(histories)}\n    }\n}\n`;
}

/** Only where the type is another one than in the sample before. */
function historyOf(
    releases: readonly string[],
    typeIn: (release: string) => SettingType | undefined,
): Readonly<KeyHistory> {
    const history: Record<string, SettingType | null> = {};
    let last: SettingType | undefined;
    for (const release of releases) {
        const type = typeIn(release);
        if (type !== last) history[release] = type ?? null;
        last = type;
    }
    return history;
}

function sampleText(release: string, added: NewSample): string {
    const sample = release === added.release ? added : sampleOf(release);
    const { source = '', change } = sample ?? {};
    return inlineText(change === undefined ? { source } : { source, change });
}

function inlineText(record: Readonly<Record<string, unknown>>): string {
    const pairs = Object.entries(record).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    return `{ ${pairs.join(', ')} }`;
}
