// What a row or head looks like before anything of it is parsed: the clues by which blocks are told apart when braces are
// missing or too many.
import type { IToken } from 'chevrotain';
import type { Row } from './rows.ts';
import type { Span } from './source.ts';
import { endOf, isName, isOperator, isText, tokens } from './tokens.ts';

/** From the first to the last token of a head. */
export function headSpan(head: readonly IToken[]): Span {
    const [first] = head;
    const last = head.at(-1);
    return { start: first?.startOffset ?? 0, end: last === undefined ? 0 : endOf(last) };
}

/** Without its `{` a head still shows that it wants a block: it sets nothing and is no statement by itself. */
export function couldOpen(head: readonly IToken[]): boolean {
    const [first] = head;
    if (first === undefined || head.some(isOperator)) return false;
    if (first.tokenType === tokens.when || first.tokenType === tokens.else) return true;
    if (first.tokenType === tokens.use && isText(head[1] ?? first)) return false;
    return head.every((token) => isName(token) || isText(token) || headTypes.has(token.tokenType));
}

/** What else the head of a block or definition may hold besides names and strings. */
const headTypes: ReadonlySet<unknown> = new Set([tokens.version, tokens.dot, tokens.comma]);

/** `recipe x is`, `recipe x from` or `overlay x on`: nothing else than a definition starts like this. */
export function opensDefinition(head: readonly IToken[]): boolean {
    const [first, , third] = [head[0]?.tokenType, head[1]?.tokenType, head[2]?.tokenType];
    if (first === tokens.recipe) return third === tokens.is || third === tokens.from;
    return first === tokens.overlay && third === tokens.on;
}

/**
 * Braces that an indented file has no use for: a `}` in the middle of a row that opened nothing, a `{` that does not end
 * its row or that nothing indented follows.
 */
export function strayBraces(whole: Row, next: Row | undefined): ReadonlySet<IToken> {
    const { tokens: row, indent } = whole;
    const first = isMisleading(whole) ? 0 : 1;
    const opened: IToken[] = [];
    const strays: IToken[] = [];
    for (const [index, token] of row.entries()) {
        if (token.tokenType === tokens.leftBrace) opened.push(token);
        else if (token.tokenType === tokens.rightBrace && opened.pop() === undefined && index >= first)
            strays.push(token);
    }
    const last = row.at(-1);
    const ends = next?.tokens[0]?.tokenType === tokens.rightBrace && next.indent >= indent;
    const opensBlock = next === undefined || next.indent > indent || ends;
    strays.push(...opened.filter((token) => token !== last || !opensBlock));
    return new Set(strays.filter((token) => token !== last || token.tokenType === tokens.leftBrace));
}

/** Whether the row starts with something that was hardly meant to stand there, so that its indentation says nothing. */
export function isMisleading({ tokens: [first, second], blamed }: Row): boolean {
    if (first === undefined) return true;
    if (first.tokenType === tokens.leftBrace) return second !== undefined;
    if (first.tokenType === tokens.rightBrace)
        return second !== undefined && second.tokenType !== tokens.else && second.tokenType !== tokens.rightBrace;
    return blamed && isText(first);
}
