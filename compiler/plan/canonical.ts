// Canonical JSON after RFC 8785, for the values a plan has: objects, arrays, strings, integers, booleans.
// The RFC orders keys by UTF-16 code units; that is the one place in rpkg where another order than bytes is right,
// because other implementations of the RFC must arrive at the same text.
import { createHash } from 'node:crypto';
import { type Hash, hashOf } from './digest.ts';
import { checkedText, inKeyOrder } from './key-order.ts';

/**
 * The RFC 8785 text; undefined members are left out. Throws on what a plan may not hold: fractions, unsafe integers,
 * null, text with half of a surrogate pair.
 */
export function canonicalJson(value: unknown): string {
    const ordered = inKeyOrder(value);
    return ordered === undefined ? write(value, '', '') : JSON.stringify(ordered);
}

/** The same order of keys, one item per line, with a final newline: the form in which plans and locks are stored. */
export function prettyJson(value: unknown): string {
    const ordered = inKeyOrder(value);
    return `${ordered === undefined ? write(value, '\n', '  ') : JSON.stringify(ordered, undefined, 2)}\n`;
}

/** `sha256:…` of the canonical text. */
export function hashJson(value: unknown): Hash {
    return hashOf(createHash('sha256').update(canonicalJson(value)).digest('hex'));
}

/** For values whose order no object of JavaScript has. */
function write(value: unknown, newline: string, step: string): string {
    if (typeof value === 'string') return writeText(value);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') {
        if (!Number.isSafeInteger(value)) throw new Error(`not an integer that JSON keeps: ${value}`);
        return JSON.stringify(value);
    }
    if (typeof value !== 'object' || value === null) throw new Error(`not a value of a plan: ${String(value)}`);
    const inner = newline + step;
    if (Array.isArray(value)) {
        if (value.length === 0) return '[]';
        return `[${inner}${value.map((item) => write(item, inner, step)).join(`,${inner}`)}${newline}]`;
    }
    const colon = step === '' ? ':' : ': ';
    const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => writeText(key) + colon + write(member, inner, step));
    if (members.length === 0) return '{}';
    return `{${inner}${members.join(`,${inner}`)}${newline}}`;
}

function writeText(text: string): string {
    return JSON.stringify(checkedText(text));
}
