// What the sources of a release say about themselves, beside the settings: for comparing the tables with them.
import { llvmWindow } from './llvm.ts';
import { type PinFile, readPinFile } from './pin-file.ts';
import type { ReadSchema, SourceFile } from './read-schema.ts';
import type { Release } from './release.ts';
import { keyHistories, sampleOf, schemaOf } from './schema.ts';
import type { SettingType } from './setting-types.ts';
import { checkCargoPair, stage0Window } from './stage0.ts';

export interface SourceFacts {
    /** The newest change of the configuration that bootstrap tells of. */
    readonly change: number | undefined;
    readonly oldestLlvm: number | undefined;
    readonly pin: PinFile | undefined;
    /** `version` of src/tools/cargo/Cargo.toml. */
    readonly cargo: string | undefined;
}

/** `files` are those of src/bootstrap; the other two are undefined when the sources lack them. */
export function sourceFacts(
    files: readonly SourceFile[],
    pinFile: string | undefined,
    cargoManifest: string | undefined,
): SourceFacts {
    const tracker = files.find(({ path }) => path.endsWith('change_tracker.rs'))?.text ?? '';
    const newest = [...tracker.matchAll(/\bchange_id:\s*(\d+)/g)].at(-1)?.[1];
    const oldest = files.map(({ text }) => /need >=\s*(\d+)/.exec(text)?.[1]).find((major) => major !== undefined);
    return {
        change: newest === undefined ? undefined : Number(newest),
        oldestLlvm: oldest === undefined ? undefined : Number(oldest),
        pin: pinFile === undefined ? undefined : readPinFile(pinFile),
        cargo: cargoManifest === undefined ? undefined : /^version\s*=\s*"([^"]+)"/m.exec(cargoManifest)?.[1],
    };
}

export interface KeyDifference {
    readonly key: string;
    readonly table: SettingType | undefined;
    readonly sources: SettingType | undefined;
}

/** Settings in which the table of a release is another than what was read. What the table leaves open is no difference. */
export function schemaDifferences(release: Release, { keys }: ReadSchema): readonly KeyDifference[] {
    const schema = schemaOf(release);
    return [...new Set([...keyHistories.keys(), ...keys.keys()])].flatMap((key) => {
        const state = schema.get(key);
        if (state?.kind === 'unsure') return [];
        const [table, sources] = [state?.type, keys.get(key)];
        return table === sources ? [] : [{ key, table, sources }];
    });
}

/** What the other tables say of a release, and the sources do not. One line each. */
export function factDifferences(release: Release, facts: SourceFacts): readonly string[] {
    const { oldest } = llvmWindow(release);
    const { previous, same } = stage0Window(release);
    const change = release.known === 'read' ? sampleOf(release.samples[0] ?? '')?.change : undefined;
    const pinned = facts.pin?.compiler.version;
    return [
        ...(facts.oldestLlvm !== undefined && facts.oldestLlvm !== oldest
            ? [
                  `oldest LLVM: the table has ${String(oldest)}, the sources ${String(facts.oldestLlvm)} (compiler/rustc/llvm.ts)`,
              ]
            : []),
        ...(change !== undefined && facts.change !== change
            ? [`newest change: the table has ${String(change)}, the sources ${String(facts.change)}`]
            : []),
        ...(pinned !== undefined && ![previous, same].some((minor) => pinned.startsWith(`${minor}.`))
            ? [`stage0: the table takes ${previous} and ${same}, the sources pin ${pinned} (compiler/rustc/stage0.ts)`]
            : []),
        ...(facts.cargo === undefined ? [] : checkCargoPair(release, facts.cargo).map(({ message }) => message)),
    ];
}
