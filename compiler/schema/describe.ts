// Types in words, for messages, hovers and documentation.
import type { FieldType, ScalarType } from './types.ts';

/** `a duration such as 90min`: fits after "takes". */
export function describeType(type: FieldType): string {
    if (type.kind === 'set') return `a list of ${describeItems(type.of)}`;
    if (type.kind === 'int') return `a whole number from ${type.min} to ${type.max}`;
    if (type.kind === 'enum')
        return `${type.words.length === 1 ? 'the word' : 'one of the words'} ${alternatives(type.words)}`;
    if (type.kind === 'label') return `the label of a \`${type.head}\` block`;
    if (type.kind === 'ref') return `the name of a recipe of kind \`${type.to}\``;
    if (type.kind === 'union') return type.of.map(describeType).join(', or ');
    return plain[type.kind];
}

const plain = {
    bool: '`true` or `false`',
    flags: 'a list of strings',
    strings: 'a list of strings',
    argv: 'a list of strings, the program first',
    string: 'a string',
    text: "text: a string, or `'''…'''` for several lines",
    version: 'a version such as `1.86.0`',
    'version-req': 'version requirements such as `">=1.2, <2"`',
    duration: 'a duration such as `90min`',
    size: 'a size such as `4GiB`',
    hash: 'a hash `sha256:…` of 64 hexadecimal digits',
    url: 'a URL such as `"https://…"`',
    path: 'a relative path without `..`',
    commit: 'a whole commit hash of 40 or 64 hexadecimal digits',
    triple: 'a Rust target triple',
    word: 'a word',
    name: 'a word or a string',
    any: 'any value',
} as const;

function describeItems(type: ScalarType): string {
    if (type.kind === 'word') return 'words';
    if (type.kind === 'name') return 'words or strings';
    if (type.kind === 'enum') return `the words ${alternatives(type.words)}`;
    if (type.kind === 'label') return `labels of \`${type.head}\` blocks`;
    return `values, each ${describeType(type)}`;
}

function alternatives(words: readonly string[]): string {
    return words.map((word) => `\`${word}\``).join(', ');
}
