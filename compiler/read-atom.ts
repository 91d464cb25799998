// One value of the language → one value of a schema type, or what was expected and how it would be spelled.
import type { Atom, Path, Text } from '../lang/ast.ts';
import { printAtom } from '../lang/print.ts';
import { nearest } from '../lang/suggest.ts';
import { isPlain } from './field-key.ts';
import type { ScalarType } from './schema/types.ts';
import { targets } from './targets.ts';

export type Reading =
    | { readonly ok: true; readonly value: string | number | boolean }
    /** `instead`: the nearest correct spelling. */
    | { readonly ok: false; readonly instead?: string | undefined };

function good(value: string | number | boolean): Reading {
    return { ok: true, value };
}

function bad(instead?: string): Reading {
    return { ok: false, instead };
}

/** The references inside a string; empty for everything else. */
export function holesOf(atom: Atom): readonly Path[] {
    return atom.kind === 'text' ? atom.parts.filter((part) => part.kind === 'path') : [];
}

/** Text of a string that has no interpolations. */
export function plainText(atom: Atom): string | undefined {
    return holesOf(atom).length > 0 ? undefined : textIn(atom);
}

/** Text of a string. Where it has interpolations, they count as nothing. */
function textIn(atom: Atom): string | undefined {
    if (atom.kind === 'raw') return atom.text;
    return atom.kind === 'text' ? literalText(atom) : undefined;
}

function literalText(text: Text): string {
    return text.parts.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
}

/** The word that a path of one name is. */
export function wordIn(atom: Atom): string | undefined {
    return atom.kind === 'path' && atom.names.length === 1 ? atom.names[0]?.text : undefined;
}

/**
 * Reads `atom` as `type`. A string with interpolations is only asked whether a string is welcome; ask again when they
 * are filled in.
 */
export function readAtom(atom: Atom, type: ScalarType): Reading {
    switch (type.kind) {
        case 'bool':
            return atom.kind === 'bool' ? good(atom.value) : bad(truth(atom));
        case 'int':
            return readInt(atom, type.min, type.max);
        case 'version':
            return atom.kind === 'version'
                ? good(atom.text)
                : bad(matching(atom, /^\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.+-]+)?$/));
        case 'duration':
            return atom.kind === 'duration' ? good(atom.seconds) : bad(quantity(atom, /^\d+(?:ms|s|min|h|d)$/, 's'));
        case 'size':
            return atom.kind === 'size' ? good(atom.bytes) : bad(quantity(atom, /^\d+(?:[KMGT]i?)?B$/, 'MiB'));
        case 'hash':
            return readHash(atom);
        case 'word':
            return readWord(atom);
        case 'enum':
            return readEnum(atom, type.words);
        case 'name':
        case 'label':
            return readName(atom);
        case 'triple':
            return readTriple(atom);
        case 'ref':
            return atom.kind === 'path'
                ? good(atom.names.map(({ text }) => text).join('.'))
                : bad(matching(atom, /^[a-z_][\w.-]*$/i));
        case 'union':
            return readUnion(atom, type.of);
        case 'any':
            return good(anyValue(atom));
        case 'string':
        case 'text':
        case 'url':
        case 'path':
        case 'commit':
        case 'version-req':
            return readText(atom, type.kind);
    }
}

function readUnion(atom: Atom, types: readonly ScalarType[]): Reading {
    const readings = types.map((type) => readAtom(atom, type));
    return (
        readings.find(({ ok }) => ok) ??
        bad(readings.flatMap((reading) => (reading.ok ? [] : (reading.instead ?? [])))[0])
    );
}

type TextKind = 'string' | 'text' | 'url' | 'path' | 'commit' | 'version-req';

const comparator = String.raw`\s*(?:\*|(?:[<>]=?|=|\^|~)?\s*\d+(?:\.\d+)*(?:\.\*)?(?:-[0-9A-Za-z.-]+)?)\s*`;

const forms: Readonly<Record<TextKind, RegExp>> = {
    string: /^[^\n]*$/,
    text: /^/,
    url: /^[a-z][a-z0-9+.-]*:\/\/[^\s]+$/i,
    path: /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\n]+$/,
    commit: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
    'version-req': new RegExp(`^${comparator}(?:,${comparator})*$`),
};

function readText(atom: Atom, kind: TextKind): Reading {
    const text = textIn(atom);
    if (text === undefined) {
        const spelled = printAtom(atom);
        return bad(forms[kind].test(spelled) ? `"${spelled}"` : undefined);
    }
    if (holesOf(atom).length > 0 || forms[kind].test(text)) return good(text);
    return bad(kind === 'url' && /^[\w-]+(?:\.[\w-]+)+(?:\/\S*)?$/.test(text) ? `"https://${text}"` : undefined);
}

function readInt(atom: Atom, min: number, max: number): Reading {
    if (atom.kind === 'int')
        return atom.value >= min && atom.value <= max
            ? good(atom.value)
            : bad(String(Math.min(Math.max(atom.value, min), max)));
    return bad(matching(atom, /^\d+$/));
}

function readHash(atom: Atom): Reading {
    if (wordIn(atom) === 'todo') return good('todo');
    if (atom.kind === 'hash') return /^sha256:[0-9a-f]{64}$/.test(atom.text) ? good(atom.text) : bad();
    const text = textIn(atom);
    if (text !== undefined && /^[0-9a-f]{64}$/.test(text)) return bad(`sha256:${text}`);
    return bad(matching(atom, /^sha256:[0-9a-f]{64}$/));
}

function readWord(atom: Atom): Reading {
    const word = wordIn(atom);
    if (word !== undefined) return good(word);
    const text = plainText(atom);
    return bad(text !== undefined && isPlain(text) ? text : undefined);
}

function readEnum(atom: Atom, words: readonly string[]): Reading {
    const word = wordIn(atom);
    if (word !== undefined && words.includes(word)) return good(word);
    const written = word ?? textIn(atom) ?? printAtom(atom);
    return bad(words.includes(written) ? written : nearest(written, words));
}

function readName(atom: Atom): Reading {
    const word = wordIn(atom);
    return word === undefined ? readText(atom, 'string') : good(word);
}

function readTriple(atom: Atom): Reading {
    const triple = wordIn(atom) ?? textIn(atom);
    if (triple === undefined) return bad();
    return holesOf(atom).length > 0 || targets.has(triple) ? good(triple) : bad(nearest(triple, targets.keys()));
}

/** A string whose content would have been right without the quotes. */
function matching(atom: Atom, form: RegExp): string | undefined {
    const text = plainText(atom);
    return text !== undefined && form.test(text) ? text : undefined;
}

function quantity(atom: Atom, form: RegExp, unit: string): string | undefined {
    return atom.kind === 'int' ? `${atom.value}${unit}` : matching(atom, form);
}

function truth(atom: Atom): string | undefined {
    const word = wordIn(atom) ?? textIn(atom) ?? '';
    if (/^(?:true|yes|on|y)$/i.test(word)) return 'true';
    return /^(?:false|no|off|none|n)$/i.test(word) ? 'false' : undefined;
}

function anyValue(atom: Atom): string | number | boolean {
    if (atom.kind === 'int' || atom.kind === 'bool') return atom.value;
    return textIn(atom) ?? printAtom(atom);
}
