// Literal text → value or problem. Knows how strings, numbers and hashes are spelt; knows neither tokens nor wording.
// Offsets in what is returned are offsets into the literal's image.
import type { Span } from './source.ts';

type TextPiece =
    | { readonly kind: 'literal'; readonly text: string }
    | { readonly kind: 'path'; readonly names: readonly Piece[]; readonly span: Span };

interface Piece {
    readonly text: string;
    readonly span: Span;
}

export type LiteralProblem =
    | { readonly kind: 'escape'; readonly span: Span; readonly written: string }
    | { readonly kind: 'code-point'; readonly span: Span; readonly written: string }
    | { readonly kind: 'interpolation'; readonly span: Span };

export interface DecodedText {
    readonly pieces: readonly TextPiece[];
    readonly problems: readonly LiteralProblem[];
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
    ['n', '\n'],
    ['t', '\t'],
    ['\\', '\\'],
    ['"', '"'],
]);

const codePointEscape = /\\u\{([0-9A-Fa-f]{0,8})\}/y;
const interpolation = /\\\(([^()"\\]*)\)?/y;
const pathName = /^[A-Za-z_]\w*$/;

/** The content between the quotes of `"…"`: escapes are decoded, `\(a.b)` becomes a path. */
export function decodeText(image: string, closed: boolean): DecodedText {
    const pieces: TextPiece[] = [];
    const problems: LiteralProblem[] = [];
    const end = closed ? image.length - 1 : image.length;
    let literal = '';
    let at = 1;
    while (at < end) {
        const slash = image.indexOf('\\', at);
        if (slash < 0 || slash >= end) break;
        literal += image.slice(at, slash);
        const escape = decodeEscape(image, slash);
        at = Math.min(escape.end, end);
        if (escape.problem !== undefined) problems.push(escape.problem);
        if (escape.path === undefined) literal += escape.text;
        else {
            if (literal !== '') pieces.push({ kind: 'literal', text: literal });
            literal = '';
            pieces.push(escape.path);
        }
    }
    literal += image.slice(at, end);
    if (literal !== '') pieces.push({ kind: 'literal', text: literal });
    return { pieces, problems };
}

interface Escape {
    readonly end: number;
    readonly text: string;
    readonly path?: TextPiece & { readonly kind: 'path' };
    readonly problem?: LiteralProblem;
}

function decodeEscape(image: string, slash: number): Escape {
    const next = image.charAt(slash + 1);
    const simple = simpleEscapes.get(next);
    if (simple !== undefined) return { end: slash + 2, text: simple };
    if (next === '(') return decodeInterpolation(image, slash);
    codePointEscape.lastIndex = slash;
    const matched = codePointEscape.exec(image);
    if (matched === null) {
        const written = String.fromCodePoint(image.codePointAt(slash + 1) ?? 0x20);
        const span = { start: slash, end: slash + 1 + (next === '' ? 0 : written.length) };
        return { end: span.end, text: '', problem: { kind: 'escape', span, written: image.slice(slash, span.end) } };
    }
    const [written, digits = ''] = matched;
    const end = slash + written.length;
    const value = digits === '' ? -1 : Number.parseInt(digits, 16);
    if (isScalar(value)) return { end, text: String.fromCodePoint(value) };
    return { end, text: '', problem: { kind: 'code-point', span: { start: slash, end }, written } };
}

function decodeInterpolation(image: string, slash: number): Escape {
    interpolation.lastIndex = slash;
    const [written = '\\(', inner = ''] = interpolation.exec(image) ?? [];
    const span = { start: slash, end: slash + written.length };
    const names = splitNames(inner, slash + 2);
    if (!written.endsWith(')') || names === undefined)
        return { end: span.end, text: '', problem: { kind: 'interpolation', span } };
    return {
        end: span.end,
        text: '',
        path: { kind: 'path', names, span: { start: span.start + 2, end: span.end - 1 } },
    };
}

function splitNames(inner: string, start: number): readonly Piece[] | undefined {
    const names: Piece[] = [];
    let at = start;
    for (const text of inner.split('.')) {
        if (!text.split('-').every((word, index) => (index === 0 ? pathName : /^\w+$/).test(word))) return undefined;
        names.push({ text, span: { start: at, end: at + text.length } });
        at += text.length + 1;
    }
    return names;
}

/** A Unicode scalar value: everything but surrogates. */
function isScalar(value: number): boolean {
    return (value >= 0 && value < 0xd800) || (value > 0xdfff && value <= 0x10ffff);
}

/**
 * The content of `'''…'''`. When the opening quotes end their line, the content starts on the next one and the white
 * space that all its lines have in common is cut off; lines of white space become empty. Otherwise it is taken as it is.
 */
export function dedentRaw(content: string): string {
    const lines = content.replaceAll('\r\n', '\n').split('\n');
    const [first = '', ...rest] = lines;
    if (rest.length === 0 || first.trim() !== '') return lines.join('\n');
    const margin = commonMargin(rest);
    return rest.map((line) => (isBlank(line) ? '' : line.slice(margin.length))).join('\n');
}

/** The white space that all lines have in common, blank ones aside. */
export function commonMargin(lines: readonly string[]): string {
    let margin: string | undefined;
    for (const line of lines) {
        if (isBlank(line)) continue;
        const own = /^[ \t]*/.exec(line)?.[0] ?? '';
        margin = margin === undefined ? own : commonPrefix(margin, own);
    }
    return margin ?? '';
}

function commonPrefix(a: string, b: string): string {
    let length = 0;
    while (length < a.length && a[length] === b[length]) length += 1;
    return a.slice(0, length);
}

function isBlank(line: string): boolean {
    return /^[ \t\r]*$/.test(line);
}

const secondsPerUnit: ReadonlyMap<string, number> = new Map([
    ['ms', 0.001],
    ['s', 1],
    ['min', 60],
    ['h', 3600],
    ['d', 86_400],
]);

const bytesPerUnit: ReadonlyMap<string, number> = new Map([
    ['KiB', 2 ** 10],
    ['MiB', 2 ** 20],
    ['GiB', 2 ** 30],
    ['TiB', 2 ** 40],
]);

/** All units there are, for suggestions. */
export const units: readonly string[] = [...secondsPerUnit.keys(), ...bytesPerUnit.keys()];

export type Quantity =
    | { readonly kind: 'duration'; readonly seconds: number }
    | { readonly kind: 'size'; readonly bytes: number };

/** `90min` in seconds, rounded up, or `4GiB` in bytes; undefined when the number is too large to be kept exactly. */
export function decodeQuantity(image: string): Quantity | undefined {
    const count = Number.parseInt(image, 10);
    const unit = image.replace(/^\d+/, '');
    const bytes = count * (bytesPerUnit.get(unit) ?? Number.NaN);
    if (Number.isSafeInteger(bytes)) return { kind: 'size', bytes };
    const seconds = unit === 'ms' ? Math.ceil(count / 1000) : count * (secondsPerUnit.get(unit) ?? Number.NaN);
    return Number.isSafeInteger(count) && Number.isSafeInteger(seconds) ? { kind: 'duration', seconds } : undefined;
}

/** Undefined when the number is too large to be kept exactly. */
export function decodeInt(image: string): number | undefined {
    const value = Number(image);
    return Number.isSafeInteger(value) ? value : undefined;
}

const hexLengths: ReadonlyMap<string, number> = new Map([
    ['sha256', 64],
    ['sha512', 128],
    ['blake3', 64],
]);

/** What is wrong with a hash, or undefined. */
export function hashProblem(image: string): 'length' | 'digits' | undefined {
    const [algorithm = '', digits = ''] = image.split(':');
    if (!/^[0-9a-f]*$/.test(digits)) return 'digits';
    return digits.length === hexLengths.get(algorithm) ? undefined : 'length';
}

/** How many hexadecimal digits the algorithm of a hash literal gives. */
export function hexLength(image: string): number {
    return hexLengths.get(image.split(':')[0] ?? '') ?? 0;
}
