// Settings that a patch of the recipe adds to the build system. Nobody but the recipe knows them, so it has to name the patch.
import type { Release } from '../rustc/release.ts';
import { schemaOf } from '../rustc/schema.ts';
import { isSettingType, type SettingType } from '../rustc/setting-types.ts';
import { type Evaluated, labelsOf, textOf } from '../value.ts';
import { knownSetting, unpatchedSetting } from './rustc-errors.ts';
import { type Checked, splitSourcePath } from './rustc-fields.ts';

/** Key, as the table of settings has it, and its type. */
export function extensionsOf({ root }: Evaluated): Readonly<Record<string, SettingType>> {
    return Object.fromEntries(
        [...labelsOf(root, 'extend')].flatMap(([key, group]) => {
            const type = textOf(group, 'type') ?? '';
            return isSettingType(type) ? [[key, type]] : [];
        }),
    );
}

/** Refuses settings that the release has anyway: their patch would be of no use, or not apply. */
export function checkExtensions({ evaluated, diagnostics }: Checked, release: Release): void {
    const schema = schemaOf(release);
    for (const [key, group] of labelsOf(evaluated.root, 'extend'))
        if (schema.get(key)?.kind === 'known') diagnostics.push(knownSetting(key, release.version, group.place));
}

/** Refuses settings whose patch is not applied. `isApplied` is asked for the label of a source and a path in it. */
export function checkExtensionPatches(
    { evaluated, diagnostics }: Checked,
    isApplied: (source: string, path: string) => boolean,
): void {
    for (const [key, group] of labelsOf(evaluated.root, 'extend')) {
        const patch = textOf(group, 'patch') ?? '';
        const named = splitSourcePath(patch);
        if (named === undefined || !isApplied(named.source, named.path))
            diagnostics.push(unpatchedSetting(key, patch, group.fields.get('patch')?.place));
    }
}
