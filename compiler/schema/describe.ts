// Types in words, for messages, hovers and documentation.
import type { FieldType, ScalarType } from './types.ts';

/** `a duration such as 90min`: fits after "takes". */
export function describeType(type: FieldType): string {
    switch (type.kind) {
        case 'set':
            return `a list of ${describeItems(type.of)}`;
        case 'flags':
            return 'a list of strings';
        case 'strings':
            return 'a list of strings';
        case 'argv':
            return 'a list of strings, the program first';
        case 'bool':
            return '`true` or `false`';
        case 'int':
            return `a whole number from ${type.min} to ${type.max}`;
        case 'enum':
            return type.words.length === 1
                ? `the word ${alternatives(type.words)}`
                : `one of the words ${alternatives(type.words)}`;
        case 'label':
            return `the label of a \`${type.head}\` block`;
        case 'ref':
            return `the name of a recipe of kind \`${type.to}\``;
        case 'union':
            return type.of.map(describeType).join(', or ');
        default:
            return plain[type.kind];
    }
}

const plain = {
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
    switch (type.kind) {
        case 'word':
            return 'words';
        case 'name':
            return 'words or strings';
        case 'enum':
            return `the words ${alternatives(type.words)}`;
        case 'label':
            return `labels of \`${type.head}\` blocks`;
        default:
            return `values, each ${describeType(type)}`;
    }
}

function alternatives(words: readonly string[]): string {
    return words.map((word) => `\`${word}\``).join(', ');
}
