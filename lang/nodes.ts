// Tokens → leaf nodes of the syntax tree. Literals are decoded here; what is wrong with one is reported, and the node
// made nevertheless.
import type { IToken } from 'chevrotain';
import type { Assign, Atom, Comparison, Condition, List, Name, Operator, Path, Text, Value } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import {
    decodeInt,
    decodeQuantity,
    decodeText,
    dedentRaw,
    hashProblem,
    type LiteralProblem,
    units,
} from './literals.ts';
import type { SourceFile, Span } from './source.ts';
import { nearest } from './suggest.ts';
import * as errors from './syntax-errors.ts';
import { isText, spanOf, tokens } from './tokens.ts';

/** What making a node needs besides its tokens. */
export interface NodeContext {
    readonly source: SourceFile;
    readonly report: (diagnostic: Diagnostic) => void;
}

/** A name, label, import or reason: strings are decoded but may not interpolate. */
export function nameNode(token: IToken, context: NodeContext): Name {
    if (!isText(token)) return { text: token.image, span: spanOf(token) };
    const text = textNode(token, context);
    const variable = text.parts.find((part) => part.kind === 'path');
    if (variable !== undefined) context.report(errors.constantText(context.source, variable.span));
    return { text: text.parts.map((part) => (part.kind === 'literal' ? part.text : '')).join(''), span: text.span };
}

export function textNode(token: IToken, context: NodeContext): Text {
    const { pieces, problems } = decodeText(token.image, token.tokenType === tokens.text || closedLate(token));
    const base = token.startOffset;
    for (const problem of problems) context.report(problemDiagnostic(problem, base, context.source));
    const parts = pieces.map((piece) =>
        piece.kind === 'literal'
            ? piece
            : {
                  kind: 'path' as const,
                  names: piece.names.map(({ text, span }) => ({ text, span: shift(span, base) })),
                  span: shift(piece.span, base),
              },
    );
    return { kind: 'text', parts, span: spanOf(token) };
}

/** A string that reached over lines does end with a quote. */
function closedLate(token: IToken): boolean {
    return token.image.includes('\n') && token.image.endsWith('"');
}

function problemDiagnostic(problem: LiteralProblem, base: number, source: SourceFile): Diagnostic {
    const span = shift(problem.span, base);
    switch (problem.kind) {
        case 'escape':
            return errors.badEscape(source, span, problem.written);
        case 'code-point':
            return errors.badCodePoint(source, span, problem.written);
        case 'interpolation':
            return errors.badInterpolation(source, span);
    }
}

function shift(span: Span, by: number): Span {
    return { start: span.start + by, end: span.end + by };
}

export function rawNode(token: IToken): Atom {
    const block = token.image.startsWith("'''");
    const quotes = block ? 3 : 1;
    const closed = token.tokenType !== tokens.openRaw && token.tokenType !== tokens.openRawBlock;
    const content = token.image.slice(quotes, closed ? -quotes : undefined);
    return { kind: 'raw', text: block ? dedentRaw(content) : content, span: spanOf(token) };
}

export function hashNode(token: IToken, context: NodeContext): Atom {
    const span = spanOf(token);
    const problem = hashProblem(token.image);
    if (problem !== undefined) context.report(errors.badHash(context.source, span, problem));
    return { kind: 'hash', text: token.image, span };
}

export function hashName(token: IToken, context: NodeContext): Name {
    hashNode(token, context);
    return { text: token.image, span: spanOf(token) };
}

/** A version as it is written; what starts with a digit and is nothing at all also arrives here. */
export function versionName(token: IToken, context: NodeContext): Name {
    const span = spanOf(token);
    if (token.tokenType === tokens.badNumber) {
        const unit = /^\d+([A-Za-z]+)$/.exec(token.image)?.[1];
        const near = unit === undefined ? undefined : nearUnit(unit);
        context.report(errors.badNumber(context.source, span, near));
    }
    return { text: token.image, span };
}

const unitsElsewhere: ReadonlyMap<string, string> = new Map([
    ['k', 'KiB'],
    ['kb', 'KiB'],
    ['m', 'min'],
    ['mb', 'MiB'],
    ['g', 'GiB'],
    ['gb', 'GiB'],
    ['tb', 'TiB'],
    ['sec', 's'],
    ['hours', 'h'],
    ['days', 'd'],
]);

function nearUnit(unit: string): string | undefined {
    const lower = unit.toLowerCase();
    const sameLetters = units.find((known) => known.toLowerCase() === lower);
    return sameLetters ?? unitsElsewhere.get(lower) ?? nearest(unit, units);
}

export function versionNode(token: IToken, context: NodeContext): Atom {
    return { kind: 'version', ...versionName(token, context) };
}

export function quantityNode(token: IToken, context: NodeContext): Atom {
    const span = spanOf(token);
    const quantity = decodeQuantity(token.image);
    if (quantity !== undefined) return { ...quantity, text: token.image, span };
    context.report(errors.numberRange(context.source, span));
    return { kind: 'duration', seconds: 0, text: token.image, span };
}

export function intNode(token: IToken, context: NodeContext): Atom {
    const span = spanOf(token);
    const value = decodeInt(token.image);
    if (value === undefined) context.report(errors.numberRange(context.source, span));
    return { kind: 'int', value: value ?? 0, span };
}

export function boolNode(token: IToken): Atom {
    return { kind: 'bool', value: token.tokenType === tokens.true, span: spanOf(token) };
}

export function pathNode(names: readonly Name[]): Path {
    return { kind: 'path', names, span: around(names) };
}

export function listNode(open: IToken, items: readonly Atom[], close: IToken): List {
    return { kind: 'list', items, span: { start: open.startOffset, end: spanOf(close).end } };
}

export interface Reason {
    readonly because: Name;
    readonly until: Name | undefined;
}

export interface AssignParts {
    readonly path: readonly Name[];
    readonly operator: IToken;
    readonly value: Value;
    readonly reason: Reason | undefined;
}

export function assignNode({ path, operator, value, reason }: AssignParts): Assign {
    const last = reason?.until ?? reason?.because ?? value;
    return {
        kind: 'assign',
        path,
        operator: operator.image as Operator,
        operatorSpan: spanOf(operator),
        value,
        ...(reason === undefined ? {} : { because: reason.because }),
        ...(reason?.until === undefined ? {} : { until: reason.until }),
        span: { start: around(path).start, end: last.span.end },
    };
}

/** `or` and `and` with one term are that term. */
export function logicNode(kind: 'or' | 'and', terms: readonly Condition[]): Condition {
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : { kind, terms, span: around(terms) };
}

export function notNode(not: IToken | undefined, term: Condition): Condition {
    if (not === undefined) return term;
    return { kind: 'not', term, span: { start: not.startOffset, end: term.span.end } };
}

export type ComparisonRest = { readonly operator: IToken; readonly right: Atom } | { readonly list: List };

export function comparisonNode(left: Atom, rest: ComparisonRest | undefined): Condition {
    if (rest === undefined) return { kind: 'truth', atom: left, span: left.span };
    if ('list' in rest) return { kind: 'in', left, list: rest.list, span: around([left, rest.list]) };
    const operator = rest.operator.image as Comparison;
    return { kind: 'compare', left, operator, right: rest.right, span: around([left, rest.right]) };
}

function around(parts: readonly { readonly span: Span }[]): Span {
    return { start: parts[0]?.span.start ?? 0, end: parts.at(-1)?.span.end ?? 0 };
}
