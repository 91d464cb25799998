// The settings of a bootstrap configuration against what one release reads: bootstrap itself stops at the first unknown key,
// after minutes of building itself.
import { checkCombinations } from './config-combinations.ts';
import { deprecatedKey, unknownKey, unsureKey, wrongType, wrongWord } from './config-errors.ts';
import { ruleFor } from './key-rules.ts';
import type { RustcProblem } from './problem.ts';
import { isFrom, type Release } from './release.ts';
import { keyHistories, type Schema, schemaOf } from './schema.ts';
import { accepts, type SettingType } from './setting-types.ts';
import { wordRuleFor, wordsOf } from './setting-words.ts';
import { type Setting, type Settings, settingsOf } from './settings.ts';

/**
 * What is wrong with a configuration for a release, in byte order of the settings, and then what is wrong with settings
 * together. `extensions` are keys that a patch of the recipe adds to bootstrap. Without an error the file that `writeConfig`
 * makes of it is read by that release's bootstrap; warnings are about what the tables cannot tell, or what is deprecated.
 */
export function checkConfig(
    release: Release,
    settings: Settings,
    extensions: Readonly<Record<string, SettingType>> = {},
): readonly RustcProblem[] {
    const schema = schemaOf(release, extensions);
    const isSection = sectionTest([...schema.keys(), ...keyHistories.keys()]);
    const each = settingsOf(settings, (key) => schema.has(key) || keyHistories.has(key), isSection).flatMap((setting) =>
        checkSetting(release, schema, setting),
    );
    return [...each, ...checkCombinations(release, settings)];
}

function checkSetting(release: Release, schema: Schema, setting: Setting): readonly RustcProblem[] {
    const state = schema.get(setting.key);
    if (state === undefined) return [unknownKey(release, schema, setting)];
    if (state.kind === 'unsure') {
        const types = [state.before, state.after].filter((type) => type !== undefined);
        const fitting = types.filter((type) => accepts(type, setting.value));
        if (fitting.length === 0) return [wrongType(release, types, setting)];
        // Read before and after, and of a type that takes this value in both: nothing is left to doubt.
        return fitting.length === 2 ? checkWords(release, setting) : [unsureKey(release, state, setting)];
    }
    if (!accepts(state.type, setting.value)) return [wrongType(release, [state.type], setting)];
    return [...checkWords(release, setting), ...checkDeprecated(release, setting)];
}

function checkWords(release: Release, setting: Setting): readonly RustcProblem[] {
    const rule = wordRuleFor(setting.key);
    if (rule === undefined) return [];
    const words = wordsOf(rule, release);
    const given: readonly unknown[] = Array.isArray(setting.value) ? setting.value : [setting.value];
    const wrong = given.find((value) => !words.some((word) => word === value));
    return wrong === undefined ? [] : [wrongWord(release, words, rule, { ...setting, value: wrong })];
}

function checkDeprecated(release: Release, setting: Setting): readonly RustcProblem[] {
    const rule = ruleFor(setting.key);
    if (rule?.deprecated === undefined || !isFrom(release, rule.deprecated.release)) return [];
    return [deprecatedKey(release, rule, rule.deprecated, setting)];
}

/** Whether a key is a table that has keys of its own: `rust`, `target.*`. */
function sectionTest(keys: readonly string[]): (key: string) => boolean {
    const sections = new Set<string>();
    for (const key of keys)
        for (let dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) sections.add(key.slice(0, dot));
    return (key) => sections.has(key);
}
