// Values and conditions in the language's own spelling, on one line: what `why`, `diff` and the plan's provenance show.
import type { Atom, Condition, Path, TextPart, Value } from './ast.ts';

/** An atom as it could be written in a recipe. */
export function printAtom(atom: Atom): string {
    switch (atom.kind) {
        case 'path':
            return printPath(atom);
        case 'text':
            return `"${atom.parts.map(printPart).join('')}"`;
        case 'raw':
            return printRaw(atom.text);
        case 'hash':
        case 'version':
        case 'duration':
        case 'size':
            return atom.text;
        case 'int':
        case 'bool':
            return String(atom.value);
    }
}

/** A value as it could be written in a recipe. */
export function printValue(value: Value): string {
    return value.kind === 'list' ? `[${value.items.map(printAtom).join(', ')}]` : printAtom(value);
}

/** A condition with only the parentheses that it needs. */
export function printCondition(condition: Condition): string {
    switch (condition.kind) {
        case 'or':
            return condition.terms.map((term) => parenthesised(term, ['or'])).join(' or ');
        case 'and':
            return condition.terms.map((term) => parenthesised(term, ['or', 'and'])).join(' and ');
        case 'not':
            return `not ${parenthesised(condition.term, ['or', 'and', 'not'])}`;
        case 'truth':
            return printAtom(condition.atom);
        case 'compare':
            return `${printAtom(condition.left)} ${condition.operator} ${printAtom(condition.right)}`;
        case 'in':
            return `${printAtom(condition.left)} in ${printValue(condition.list)}`;
    }
}

function parenthesised(condition: Condition, weaker: readonly Condition['kind'][]): string {
    const text = printCondition(condition);
    return weaker.includes(condition.kind) ? `(${text})` : text;
}

function printPath(path: Path): string {
    return path.names.map((name) => name.text).join('.');
}

function printPart(part: TextPart): string {
    return part.kind === 'literal' ? escapeText(part.text) : `\\(${printPath(part)})`;
}

/** What a raw string cannot hold on one line is written as a `"…"` string of the same value. */
function printRaw(text: string): string {
    return text.includes("'") || needsEscape.test(text) ? `"${escapeText(text)}"` : `'${text}'`;
}

const needsEscape = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function escapeText(text: string): string {
    return text.replaceAll(/["\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
        if (character === '\n') return String.raw`\n`;
        if (character === '\t') return String.raw`\t`;
        if (character === '"' || character === '\\') return `\\${character}`;
        return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    });
}
