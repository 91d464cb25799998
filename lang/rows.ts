// Tokens → rows: the logical lines of a file. A list may span lines, nothing else does, so brackets and parentheses are
// balanced here, and a bracket that nobody closed ends where the next statement starts. Knows nothing of blocks.
import type { IToken } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import type { Lexed } from './lexer.ts';
import { indentAt } from './scan.ts';
import type { SourceFile } from './source.ts';
import { extraBracket, maxDiagnostics, nestedList, tooDeep, unclosedList, unclosedParen } from './syntax-errors.ts';
import { endOf, impliedToken, isName, isOperator, isText, spanOf, tokens } from './tokens.ts';

export interface Row {
    readonly tokens: readonly IToken[];
    /** Columns of white space before the first token. */
    readonly indent: number;
    /** Something in this row was already complained about, so what does not parse in it needs no second complaint. */
    readonly blamed: boolean;
}

export interface Rows {
    readonly rows: readonly Row[];
    readonly diagnostics: readonly Diagnostic[];
}

/** How many parentheses nest. */
const maxParens = 32;

interface Joiner {
    readonly source: SourceFile;
    readonly input: readonly IToken[];
    /** Offsets of what the lexer complained about, sorted. */
    readonly complaints: readonly number[];
    nextComplaint: number;
    readonly rows: Row[];
    readonly diagnostics: Diagnostic[];
    row: IToken[];
    /** The row's own diagnostics so far. */
    blamed: boolean;
    list: IToken | undefined;
    /** Brackets opened inside the list. */
    nested: number;
    readonly parens: IToken[];
    /** Parentheses beyond the limit, left out. */
    skippedParens: number;
}

/** Groups tokens into rows. */
export function rowsOf(source: SourceFile, lexed: Lexed): Rows {
    const joiner: Joiner = {
        source,
        input: lexed.tokens,
        complaints: lexed.diagnostics.map(({ labels }) => labels[0]?.span.start ?? 0),
        nextComplaint: 0,
        rows: [],
        diagnostics: [],
        row: [],
        blamed: false,
        list: undefined,
        nested: 0,
        parens: [],
        skippedParens: 0,
    };
    for (const [index, token] of lexed.tokens.entries()) {
        if (token.tokenType === tokens.newline) takeNewline(joiner, index);
        else if (joiner.list !== undefined) takeInList(joiner, token);
        else takeOutside(joiner, token);
    }
    closeList(joiner, undefined);
    endRow(joiner, source.text.length);
    return { rows: joiner.rows, diagnostics: joiner.diagnostics };
}

function takeNewline(joiner: Joiner, index: number): void {
    const newline = joiner.input[index];
    if (newline === undefined) return;
    if (joiner.list !== undefined) {
        if (!startsStatement(joiner.input, index + 1)) return;
        closeList(joiner, joiner.input[index + 1]);
    }
    endRow(joiner, newline.startOffset);
}

function takeInList(joiner: Joiner, token: IToken): void {
    switch (token.tokenType) {
        case tokens.leftBracket:
            if (joiner.nested === 0) blame(joiner, nestedList(joiner.source, spanOf(token)));
            joiner.nested += 1;
            return;
        case tokens.rightBracket:
            if (joiner.nested > 0) joiner.nested -= 1;
            else {
                joiner.list = undefined;
                joiner.row.push(token);
            }
            return;
        case tokens.leftBrace:
        case tokens.rightBrace:
        case tokens.because:
            closeList(joiner, token);
            takeOutside(joiner, token);
            return;
        default:
            joiner.row.push(token);
    }
}

function takeOutside(joiner: Joiner, token: IToken): void {
    switch (token.tokenType) {
        case tokens.leftBracket:
            joiner.list = token;
            joiner.nested = 0;
            break;
        case tokens.leftParen:
            if (!openParen(joiner, token)) return;
            break;
        case tokens.rightParen:
            if (!closeParen(joiner, token)) return;
            break;
        case tokens.rightBracket:
            blame(joiner, extraBracket(joiner.source, spanOf(token)));
            return;
        case tokens.leftBrace:
        case tokens.rightBrace:
            closeParens(joiner);
            break;
        default:
            break;
    }
    joiner.row.push(token);
}

function openParen(joiner: Joiner, token: IToken): boolean {
    if (joiner.parens.length < maxParens) {
        joiner.parens.push(token);
        return true;
    }
    if (joiner.skippedParens === 0) blame(joiner, tooDeep(joiner.source, spanOf(token), maxParens));
    joiner.skippedParens += 1;
    return false;
}

function closeParen(joiner: Joiner, token: IToken): boolean {
    if (joiner.skippedParens > 0) {
        joiner.skippedParens -= 1;
        return false;
    }
    if (joiner.parens.pop() !== undefined) return true;
    blame(joiner, extraBracket(joiner.source, spanOf(token)));
    return false;
}

function closeList(joiner: Joiner, next: IToken | undefined): void {
    if (joiner.list === undefined) return;
    blame(joiner, unclosedList(joiner.source, spanOf(joiner.list), next === undefined ? undefined : spanOf(next)));
    joiner.row.push(impliedToken(tokens.rightBracket, endOf(joiner.row.at(-1) ?? joiner.list)));
    joiner.list = undefined;
}

function closeParens(joiner: Joiner): void {
    joiner.skippedParens = 0;
    const [first] = joiner.parens;
    if (first === undefined) return;
    blame(joiner, unclosedParen(joiner.source, spanOf(first)));
    const end = endOf(joiner.row.at(-1) ?? first);
    while (joiner.parens.pop() !== undefined) joiner.row.push(impliedToken(tokens.rightParen, end));
}

/** One complaint about brackets per row, and none where the lexer complained already. */
function blame(joiner: Joiner, diagnostic: Diagnostic): void {
    const at = diagnostic.labels[0]?.span.start ?? 0;
    const known = joiner.blamed || complainedAround(joiner, joiner.row[0]?.startOffset ?? at);
    if (!known && joiner.diagnostics.length < maxDiagnostics) joiner.diagnostics.push(diagnostic);
    joiner.blamed = true;
}

/** Whether the lexer complained about the row up to the end of the line that its last token is on. */
function complainedAround(joiner: Joiner, start: number): boolean {
    skipComplaints(joiner, start);
    const next = joiner.complaints[joiner.nextComplaint] ?? Infinity;
    const end = joiner.source.text.indexOf('\n', endOf(joiner.row.at(-1) ?? impliedToken(tokens.newline, start)));
    return next <= (end < 0 ? joiner.source.text.length : end);
}

function skipComplaints(joiner: Joiner, before: number): void {
    while ((joiner.complaints[joiner.nextComplaint] ?? Infinity) < before) joiner.nextComplaint += 1;
}

function endRow(joiner: Joiner, end: number): void {
    closeParens(joiner);
    const [first] = joiner.row;
    if (first !== undefined) {
        const lineStart = joiner.source.text.lastIndexOf('\n', first.startOffset) + 1;
        skipComplaints(joiner, lineStart);
        const complained = (joiner.complaints[joiner.nextComplaint] ?? Infinity) <= end;
        const indent = indentAt(joiner.source.text, lineStart);
        joiner.rows.push({ tokens: joiner.row, indent, blamed: joiner.blamed || complained });
    }
    joiner.row = [];
    joiner.blamed = false;
}

/**
 * Whether the row at `index` can only be a statement: it leaves a block, opens one, or sets something. An item of a list
 * can do none of these.
 */
function startsStatement(input: readonly IToken[], index: number): boolean {
    const first = input[index];
    if (first === undefined) return true;
    const { tokenType } = first;
    if (tokenType === tokens.rightBrace || tokenType === tokens.when || tokenType === tokens.else) return true;
    if (tokenType === tokens.apply || tokenType === tokens.assert) return true;
    if (!isName(first) && !isText(first)) return false;
    let at = index + 1;
    while (input[at]?.tokenType === tokens.dot) at += 2;
    const after = input[at];
    if (after !== undefined && (isOperator(after) || after.tokenType === tokens.foreign)) return true;
    for (; at < input.length && !endsItems.has(input[at]?.tokenType); at += 1)
        if (input[at]?.tokenType === tokens.leftBrace) return true;
    return false;
}

/** Up to here a row that starts inside a list could hold items. */
const endsItems: ReadonlySet<unknown> = new Set([tokens.newline, tokens.rightBracket]);
