// Wording of what is wrong with a setting of bootstrap.
import { nearest } from '../../lang/suggest.ts';
import { formerKey, type KeyRule, ruleFor } from './key-rules.ts';
import { type Rule, type RustcProblem, ruleText } from './problem.ts';
import { isFrom, type Release } from './release.ts';
import { type KeyState, keyHistories, lifeOf, type Schema } from './schema.ts';
import { type SettingType, typeWords } from './setting-types.ts';
import type { WordRule } from './setting-words.ts';
import { type Setting, splitKey } from './settings.ts';

/** A setting that a release does not read: renamed, removed, of a later release, or a mistake of writing. */
export function unknownKey(release: Release, schema: Schema, setting: Setting): RustcProblem {
    const rule = ruleFor(setting.key);
    if (rule?.gone !== undefined && isFrom(release, rule.gone.release))
        return goneKey(release, rule, rule.gone, setting);
    const life = lifeOf(setting.key);
    if (life !== undefined && !isFrom(release, life.first)) return futureKey(release, life.first, setting);
    const section = [...keyHistories.keys()].find((key) => key.startsWith(`${setting.key}.`));
    const sectionLife = section === undefined ? undefined : lifeOf(section);
    if (sectionLife !== undefined && !isFrom(release, sectionLife.first))
        return futureKey(release, sectionLife.first, setting);
    return {
        code: 'rustc/unknown-key',
        severity: 'error',
        key: setting.name,
        message: `${release.version} has no setting \`${setting.name}\``,
        help: `${suggestion(schema, setting)}${newerHelp(release)}`,
        rule: { release: release.samples[0] ?? release.version, source: schemaSource(release) },
    };
}

function goneKey(release: Release, { to, instead }: KeyRule, rule: Rule, setting: Setting): RustcProblem {
    const help = to === undefined ? (instead ?? 'leave it away') : `write \`${namedLike(to, setting)}\``;
    return {
        code: to === undefined ? 'rustc/removed-key' : 'rustc/renamed-key',
        severity: 'error',
        key: setting.name,
        message: `\`${setting.name}\` is no setting of ${release.version} any more (${ruleText(rule)})`,
        help,
        rule,
    };
}

function futureKey(release: Release, first: string, setting: Setting): RustcProblem {
    const former = formerKey(setting.key);
    const name = former === undefined ? undefined : namedLike(former, setting);
    const rule = { release: first, source: `src/bootstrap of ${first} is the first known that reads it` };
    return {
        code: 'rustc/future-key',
        severity: 'error',
        key: setting.name,
        message: `\`${setting.name}\` is no setting of ${release.version} yet (${ruleText(rule)})`,
        help: name === undefined ? `leave it away, or build ${first} or newer` : `write \`${name}\``,
        rule,
    };
}

export function wrongType(release: Release, types: readonly SettingType[], { name, value }: Setting): RustcProblem {
    const words = types.map(typeWords).join(', or ');
    return {
        code: 'rustc/wrong-type',
        severity: 'error',
        key: name,
        message: `\`${name}\` is ${JSON.stringify(value)}, but must be ${words} for ${release.version}`,
        help: `give ${words}`,
        rule: { release: release.samples[0] ?? release.version, source: schemaSource(release) },
    };
}

export function wrongWord(
    release: Release,
    words: readonly (string | boolean)[],
    { source }: WordRule,
    { name, value }: Setting,
): RustcProblem {
    const near =
        typeof value === 'string'
            ? nearest(
                  value,
                  words.filter((word) => typeof word === 'string'),
              )
            : undefined;
    const list = words.map((word) => JSON.stringify(word)).join(', ');
    return {
        code: 'rustc/wrong-word',
        severity: 'error',
        key: name,
        message: `\`${name}\` of ${release.version} cannot be ${JSON.stringify(value)}`,
        help: near === undefined ? `it is one of ${list}` : `did you mean "${near}"? It is one of ${list}`,
        rule: { release: release.version, source },
    };
}

export function deprecatedKey(release: Release, { to, instead }: KeyRule, rule: Rule, setting: Setting): RustcProblem {
    return {
        code: 'rustc/deprecated-key',
        severity: 'warning',
        key: setting.name,
        message: `${release.version} reads \`${setting.name}\`, but it is deprecated (${ruleText(rule)})`,
        help: to === undefined ? (instead ?? 'leave it away') : `write \`${namedLike(to, setting)}\``,
        rule,
    };
}

export function unsureKey(
    release: Release,
    state: Extract<KeyState, { kind: 'unsure' }>,
    { name }: Setting,
): RustcProblem {
    const [before = '', after = ''] = release.samples;
    const say = (sample: string, type: SettingType | undefined): string =>
        type === undefined ? `${sample} does not know it` : `in ${sample} it is ${typeWords(type)}`;
    return {
        code: 'rustc/unsure-key',
        severity: 'warning',
        key: name,
        message: `it is not known whether ${release.version} reads \`${name}\` as it is written: ${say(before, state.before)}, ${say(after, state.after)}`,
        help: 'look into src/bootstrap of the release, or let `rpkg rustc-schema` read it',
    };
}

/** Same target or tool: `rust.x` for `target.T.y` has none, so the place-holder stays. */
function namedLike(key: string, { name, key: pattern }: Setting): string {
    const open = pattern.indexOf('*');
    const close = pattern.length - open - 1;
    return open < 0 ? key.replace('*', 'TRIPLE') : key.replace('*', name.slice(open, name.length - close));
}

function suggestion(schema: Schema, { name, key }: Setting): string {
    const own = splitKey(key);
    const inSection = [...schema.keys()].filter((each) => splitKey(each).section === own.section);
    const near = nearest(
        own.name,
        inSection.map((each) => splitKey(each).name),
    );
    if (near !== undefined)
        return `did you mean \`${splitKey(name).section === '' ? near : `${splitKey(name).section}.${near}`}\`?`;
    const elsewhere = [...schema.keys()].filter((each) => splitKey(each).name === own.name);
    if (elsewhere.length > 0)
        return `did you mean ${elsewhere.map((each) => `\`${each.replace('*', 'TRIPLE')}\``).join(' or ')}?`;
    const sections = new Set([...schema.keys()].map((each) => each.split('.')[0] ?? ''));
    const section = nearest(name.split('.')[0] ?? '', sections);
    if (!sections.has(name.split('.')[0] ?? '') && section !== undefined) return `did you mean \`${section}\`?`;
    return inSection.length === 0
        ? 'leave it away'
        : `\`${splitKey(name).section}\` has no such setting: leave it away`;
}

function newerHelp(release: Release): string {
    return release.known === 'newer'
        ? `; if ${release.version} has it, say so as an extension of the schema, or let \`rpkg rustc-schema\` read its sources`
        : '';
}

function schemaSource(release: Release): string {
    return `the settings that src/bootstrap of ${release.samples.join(' and of ')} reads`;
}
