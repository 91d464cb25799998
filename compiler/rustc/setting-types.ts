// Types of settings in the configuration of bootstrap, and which values each of them takes.

interface TypeRule {
    /** For messages: "must be …". */
    readonly words: string;
    readonly accepts: (value: unknown) => boolean;
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isOneOf =
    (...words: readonly unknown[]) =>
    (value: unknown): boolean =>
        words.includes(value);

const rules = {
    boolean: { words: 'true or false', accepts: isBoolean },
    integer: { words: 'a number that is not negative', accepts: isCount },
    string: { words: 'text', accepts: isText },
    path: { words: 'a path', accepts: isText },
    strings: { words: 'a list of texts', accepts: isTexts },
    paths: { words: 'a list of paths', accepts: isTexts },
    'string-or-boolean': {
        words: 'text, true or false',
        accepts: (value: unknown) => isText(value) || isBoolean(value),
    },
    'path-or-boolean': {
        words: 'a path, true or false',
        accepts: (value: unknown) => isText(value) || isBoolean(value),
    },
    'string-table': {
        words: 'a table of texts',
        accepts: (value: unknown) => isRecord(value) && Object.values(value).every(isText),
    },
    /** `RustOptimize` */
    optimize: {
        words: 'true, false, 0, 1, 2, 3, "s" or "z"',
        accepts: isOneOf(true, false, 0, 1, 2, 3, 's', 'z'),
    },
    /** `DebuginfoLevel` */
    'debuginfo-level': {
        words: '0, 1, 2, "none", "line-directives-only", "line-tables-only", "limited" or "full"',
        accepts: isOneOf(0, 1, 2, 'none', 'line-directives-only', 'line-tables-only', 'limited', 'full'),
    },
    /** `LldMode`, later `BootstrapOverrideLld` */
    'lld-mode': {
        words: 'true, false, "external" or "self-contained"',
        accepts: isOneOf(true, false, 'external', 'self-contained'),
    },
    /** `DefaultLinuxLinkerOverride` */
    'linux-linker': { words: '"off" or "self-contained-lld-cc"', accepts: isOneOf('off', 'self-contained-lld-cc') },
    /** `CompressDebuginfo` */
    'compress-debuginfo': { words: 'true, false, "zlib" or "off"', accepts: isOneOf(true, false, 'zlib', 'off') },
    'change-id': {
        words: '"ignore" or the number of a change',
        accepts: (value: unknown) => value === 'ignore' || isCount(value),
    },
} as const satisfies Readonly<Record<string, TypeRule>>;

export type SettingType = keyof typeof rules;

export const settingTypes = Object.keys(rules);

export function isSettingType(word: string): word is SettingType {
    return Object.hasOwn(rules, word);
}

export function accepts(type: SettingType, value: unknown): boolean {
    return rules[type].accepts(value);
}

export function typeWords(type: SettingType): string {
    return rules[type].words;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
