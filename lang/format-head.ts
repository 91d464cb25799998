// The canonical text of one head: spacing, lists, raw blocks. Tokens keep their spelling.
import type { IToken } from 'chevrotain';
import { commonMargin } from './literals.ts';
import { endOf, tokens } from './tokens.ts';

/** Longer lines have their lists exploded. Counted in code points. */
const maxColumns = 88;

export const indentStep = '    ';

export interface HeadText {
    readonly source: string;
    readonly head: readonly IToken[];
    /** Comments inside the head, which only lists can hold. */
    readonly comments: readonly IToken[];
    readonly depth: number;
    /** What follows on the same line: ` {` or nothing. */
    readonly suffix: string;
}

/** The head as it stands in a canonical file, without the indentation of its first line. */
export function formatHead(text: HeadText): string {
    const pieces = piecesOf(text.head);
    const inline = join(pieces.map((piece) => inlinePiece(piece, text.depth)));
    const columns = Array.from(inline).length + indentStep.length * text.depth + text.suffix.length;
    const tooLong = columns > maxColumns && !inline.includes('\n');
    return join(
        pieces.map((piece) => {
            if (!('open' in piece)) return inlinePiece(piece, text.depth);
            const comments = text.comments.filter((comment) => isBetween(comment, piece));
            const several = text.source.slice(piece.open.startOffset, piece.close.startOffset).includes('\n');
            const explode = piece.items.length > 0 && (tooLong || several);
            return explode || comments.length > 0
                ? explodedList(piece, comments, text)
                : inlinePiece(piece, text.depth);
        }),
    );
}

type Piece = { readonly token: IToken } | ListPiece;

interface ListPiece {
    readonly open: IToken;
    readonly items: readonly (readonly IToken[])[];
    readonly close: IToken;
}

function piecesOf(head: readonly IToken[]): readonly Piece[] {
    const pieces: Piece[] = [];
    let list: { open: IToken; items: IToken[][] } | undefined;
    for (const token of head) {
        if (token.tokenType === tokens.leftBracket) list = { open: token, items: [] };
        else if (list === undefined) pieces.push({ token });
        else if (token.tokenType === tokens.rightBracket) {
            pieces.push({ ...list, close: token });
            list = undefined;
        } else addToList(list.items, token);
    }
    return pieces;
}

/** Commas may be missing in the source: only a dot joins what stands before and after it. */
function addToList(items: IToken[][], token: IToken): void {
    if (token.tokenType === tokens.comma) return;
    const last = items.at(-1);
    const joins = token.tokenType === tokens.dot || last?.at(-1)?.tokenType === tokens.dot;
    if (joins && last !== undefined) last.push(token);
    else items.push([token]);
}

function join(parts: readonly string[]): string {
    return parts.reduce((line, part) => line + (line === '' || isTight(line, part) ? '' : ' ') + part, '');
}

function isTight(before: string, after: string): boolean {
    return before.endsWith('(') || before.endsWith('.') || after === ')' || after === ',' || after === '.';
}

function inlinePiece(piece: Piece, depth: number): string {
    if (!('open' in piece)) return tokenText(piece.token, depth);
    return `[${piece.items.map((item) => itemText(item, depth)).join(', ')}]`;
}

function itemText(item: readonly IToken[], depth: number): string {
    return item.map((token) => tokenText(token, depth)).join('');
}

function tokenText(token: IToken, depth: number): string {
    return token.tokenType === tokens.rawBlock ? formatRawBlock(token.image, depth) : token.image;
}

/** Moves a block's lines to its statement's indentation; the text it stands for stays the same. */
function formatRawBlock(image: string, depth: number): string {
    const lines = image.slice(3, -3).replaceAll('\r\n', '\n').split('\n');
    const [first = '', ...rest] = lines;
    if (rest.length === 0 || first.trim() !== '') return `'''${lines.join('\n')}'''`;
    const margin = commonMargin(rest);
    const moved = rest.map((line, index) => {
        if (line.trim() !== '') return indentStep.repeat(depth + 1) + line.slice(margin.length);
        return index === rest.length - 1 ? indentStep.repeat(depth) : '';
    });
    return `'''\n${moved.join('\n')}'''`;
}

function explodedList(list: ListPiece, comments: readonly IToken[], { source, depth }: HeadText): string {
    const indent = indentStep.repeat(depth + 1);
    const lines: string[] = [];
    let at = endOf(list.open);
    let next = 0;
    const addBlank = (start: number): void => {
        if (lines.length > 0 && hasBlankLine(source, at, start)) lines.push('');
    };
    const addComments = (before: number): void => {
        for (let comment = comments[next]; comment !== undefined && comment.startOffset < before; ) {
            addBlank(comment.startOffset);
            lines.push(indent + comment.image.trimEnd());
            at = endOf(comment);
            next += 1;
            comment = comments[next];
        }
    };
    for (const item of list.items) {
        const start = item[0]?.startOffset ?? at;
        addComments(start);
        addBlank(start);
        at = endOf(item.at(-1) ?? list.open);
        const tail = comments[next];
        const hasTail = tail !== undefined && /^[ \t,]*$/.test(source.slice(at, tail.startOffset));
        lines.push(`${indent}${itemText(item, depth + 1)},${hasTail ? ` ${tail.image.trimEnd()}` : ''}`);
        if (!hasTail) continue;
        at = endOf(tail);
        next += 1;
    }
    addComments(list.close.startOffset);
    return ['[', ...lines, `${indentStep.repeat(depth)}]`].join('\n');
}

function isBetween(comment: IToken, list: ListPiece): boolean {
    return comment.startOffset > list.open.startOffset && comment.startOffset < list.close.startOffset;
}

/** Whether the white space between two things holds an empty line. */
export function hasBlankLine(source: string, from: number, to: number): boolean {
    const first = source.indexOf('\n', from);
    if (first < 0 || first >= to) return false;
    const second = source.indexOf('\n', first + 1);
    return second >= 0 && second < to;
}
