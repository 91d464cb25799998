// Rows → the tree of lines and blocks. Normally braces alone decide. When they do not add up, the file is read a second
// time with indentation as the guide, and the reading with fewer complaints wins: people indent what they mean.
// Knows nothing of what a line says beyond its first words.
import type { IToken } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import { couldOpen, headSpan, isMisleading, opensDefinition, strayBraces } from './head-shape.ts';
import type { Row } from './rows.ts';
import type { SourceFile } from './source.ts';
import { nearest } from './suggest.ts';
import {
    extraBrace,
    maxDiagnostics,
    misplacedBrace,
    misplacedElse,
    missingBrace,
    nestedDefinition,
    outsideDefinition,
    strayBrace,
    tooDeep,
    twoStatements,
    unclosedBlock,
    unnamedBlock,
} from './syntax-errors.ts';
import { endOf, impliedToken, isName, isReserved, isText, spanOf, tokens } from './tokens.ts';

/** A statement or definition up to its block, and the block when it has one. */
export interface Line {
    readonly head: readonly IToken[];
    readonly body?: Body;
    /** Already complained about. */
    readonly blamed: boolean;
}

export interface Body {
    readonly open: IToken;
    readonly lines: readonly Line[];
    readonly close: IToken;
}

export interface Outline {
    readonly lines: readonly Line[];
    readonly diagnostics: readonly Diagnostic[];
}

/** A definition in a block speaks loudly for a brace that is missing before it. */
const nestedWeight = 1;

/** How many blocks nest. */
const maxDepth = 64;

interface Frame {
    readonly head: readonly IToken[];
    readonly blamed: boolean;
    readonly open: IToken;
    readonly indent: number;
    readonly lines: Line[];
}

interface Reader {
    readonly source: SourceFile;
    /** Indentation decides where braces are missing or too many. */
    readonly guided: boolean;
    readonly diagnostics: Diagnostic[];
    /** Oddities that are no error by themselves, but speak against this reading. */
    oddities: number;
    readonly top: Line[];
    readonly frames: Frame[];
    row: Row;
    head: IToken[];
    headBlamed: boolean;
    /** A brace of this row was left out. */
    dropped: boolean;
    /** A block ended in this row just before the current head. */
    afterBlock: boolean;
    /** The last line of the file's top was out of place too: one complaint is enough. */
    outside: boolean;
    full: boolean;
    lastEnd: number;
}

/** The lines of a file below its header. */
export function outlineOf(source: SourceFile, rows: readonly Row[]): Outline {
    const plain = read(source, rows, false);
    if (plain.cost === 0) return plain;
    const guided = read(source, rows, true);
    return guided.cost <= plain.cost ? guided : plain;
}

function read(source: SourceFile, rows: readonly Row[], guided: boolean): Outline & { readonly cost: number } {
    const nothing: Row = { tokens: [], indent: 0, blamed: false };
    const reader: Reader = {
        source,
        guided,
        diagnostics: [],
        oddities: 0,
        top: [],
        frames: [],
        row: nothing,
        head: [],
        headBlamed: false,
        dropped: false,
        afterBlock: false,
        outside: false,
        full: false,
        lastEnd: rows[0]?.tokens[0]?.startOffset ?? 0,
    };
    for (const [index, row] of rows.entries()) {
        if (reader.full) break;
        readRow(reader, row, rows[index + 1]);
    }
    closeAtEnd(reader);
    const { top, diagnostics, oddities } = reader;
    return { lines: top, diagnostics, cost: diagnostics.length + oddities };
}

function readRow(reader: Reader, row: Row, next: Row | undefined): void {
    reader.row = row;
    reader.afterBlock = false;
    reader.dropped = false;
    const skipFirst = reader.guided && settle(reader, row);
    const strays = reader.guided ? strayBraces(row, next) : undefined;
    for (const token of skipFirst ? row.tokens.slice(1) : row.tokens) {
        if (reader.full) return;
        if (strays?.has(token) === true) dropBrace(reader, token);
        else if (token.tokenType === tokens.leftBrace) openBlock(reader, token);
        else if (token.tokenType === tokens.rightBrace) closeBrace(reader, token);
        else take(reader, token);
        reader.lastEnd = endOf(token);
    }
    if (reader.head.length > 0) endOfRow(reader, row, next);
}

/** What stands around the brace is most likely one broken head. */
function dropBrace(reader: Reader, token: IToken): void {
    if (!reader.dropped && !reader.row.blamed) complain(reader, strayBrace(reader.source, spanOf(token)));
    if (reader.head.length === 0) reader.afterBlock = false;
    reader.headBlamed = true;
    reader.dropped = true;
}

/** Ends blocks that the row's indentation shows to be over; true when its leading `}` belongs to none. */
function settle(reader: Reader, row: Row): boolean {
    const [first] = row.tokens;
    if (first === undefined || isMisleading(row)) return false;
    if (first.tokenType !== tokens.rightBrace) {
        while ((reader.frames.at(-1)?.indent ?? -1) >= row.indent) closeUnclosed(reader, first);
        return false;
    }
    while ((reader.frames.at(-1)?.indent ?? -1) > row.indent && (reader.frames.at(-2)?.indent ?? -1) >= row.indent)
        closeUnclosed(reader, first);
    const innermost = reader.frames.at(-1);
    if (innermost !== undefined && innermost.indent >= row.indent) return false;
    complainAboutBrace(reader, first);
    reader.afterBlock = true;
    return true;
}

function take(reader: Reader, token: IToken): void {
    if (reader.head.length === 0) startHead(reader, token);
    reader.head.push(token);
}

function startHead(reader: Reader, token: IToken): void {
    const isElse = token.tokenType === tokens.else;
    const follows = reader.afterBlock && !isElse && (isName(token) || isText(token) || isReserved(token));
    if (isElse && !reader.afterBlock) complainAboutElse(reader, token);
    if (follows && !reader.row.blamed) complain(reader, twoStatements(reader.source, spanOf(token)));
    reader.headBlamed = reader.row.blamed || reader.dropped || follows;
    reader.afterBlock = false;
}

function complainAboutElse(reader: Reader, token: IToken): void {
    const body = lines(reader).at(-1)?.body;
    if (body === undefined || body.close.image === '' || !continues(lines(reader).at(-1))) return;
    complain(reader, misplacedElse(reader.source, spanOf(token)));
}

function continues(line: Line | undefined): boolean {
    const first = line?.head[0]?.tokenType;
    return first === tokens.when || first === tokens.else;
}

function openBlock(reader: Reader, token: IToken): void {
    const { head, headBlamed: blamed } = reader;
    const frame = { open: token, indent: reader.row.indent, lines: [] };
    if (head.length > 0) {
        pushFrame(reader, { ...frame, head, blamed });
        return;
    }
    const above = lines(reader).at(-1);
    if (above !== undefined && above.body === undefined && !reader.afterBlock && couldOpen(above.head)) {
        lines(reader).pop();
        if (!above.blamed) complain(reader, misplacedBrace(reader.source, spanOf(token), headSpan(above.head)));
        pushFrame(reader, { ...frame, head: above.head, blamed: above.blamed });
        return;
    }
    complain(reader, unnamedBlock(reader.source, spanOf(token)));
    if (!reader.guided) pushFrame(reader, { ...frame, head, blamed: true });
}

function pushFrame(reader: Reader, frame: Frame): void {
    const [first] = frame.head;
    if (first !== undefined && reader.frames.length > 0 && opensDefinition(frame.head)) {
        complain(reader, nestedDefinition(reader.source, spanOf(first)));
        reader.oddities += nestedWeight;
    }
    reader.head = [];
    reader.afterBlock = false;
    if (reader.frames.length < maxDepth) {
        reader.frames.push(frame);
        return;
    }
    complain(reader, tooDeep(reader.source, spanOf(frame.open), maxDepth));
    reader.full = true;
}

function closeBrace(reader: Reader, token: IToken): void {
    const innermost = reader.frames.at(-1);
    const doubled = reader.guided && reader.afterBlock && (innermost?.indent ?? -1) < reader.row.indent;
    flushHead(reader);
    reader.afterBlock = true;
    if (innermost !== undefined && !doubled) closeFrame(reader, token);
    else complainAboutBrace(reader, token);
}

/** Below something that is out of place, a `}` too many is only its end. */
function complainAboutBrace(reader: Reader, token: IToken): void {
    if (reader.outside) reader.oddities += 1;
    else complain(reader, extraBrace(reader.source, spanOf(token)));
}

/** The block was not closed before `next`, which stands too far left to be in it. */
function closeUnclosed(reader: Reader, next: IToken): void {
    const frame = reader.frames.at(-1);
    if (frame === undefined) return;
    flushHead(reader);
    if (frame.open.image !== '' && !frame.blamed)
        complain(reader, unclosedBlock(reader.source, [spanOf(frame.open)], spanOf(next)));
    closeFrame(reader, impliedToken(tokens.rightBrace, reader.lastEnd));
}

/** One complaint for all blocks that are open at the end: most likely the file was cut off. */
function closeAtEnd(reader: Reader): void {
    flushHead(reader);
    const opens = reader.frames.filter((frame) => frame.open.image !== '' && !frame.blamed).reverse();
    if (opens.length > 0 && !reader.full && !reader.row.blamed) {
        complain(
            reader,
            unclosedBlock(
                reader.source,
                opens.map((frame) => spanOf(frame.open)),
                undefined,
            ),
        );
        reader.oddities += opens.length - 1;
    }
    while (reader.frames.length > 0) closeFrame(reader, impliedToken(tokens.rightBrace, reader.lastEnd));
}

function closeFrame(reader: Reader, close: IToken): void {
    const frame = reader.frames.pop();
    if (frame === undefined) return;
    const { head, blamed, open, lines: inner } = frame;
    addLine(reader, { head, blamed, body: { open, lines: inner, close } });
}

function endOfRow(reader: Reader, row: Row, next: Row | undefined): void {
    const deeper = next !== undefined && next.indent > row.indent && next.tokens[0]?.tokenType !== tokens.leftBrace;
    if (!deeper || !couldOpen(reader.head)) {
        flushHead(reader);
        return;
    }
    if (!reader.guided) {
        reader.oddities += 1;
        flushHead(reader);
        return;
    }
    if (!reader.headBlamed)
        complain(reader, missingBrace(reader.source, { start: reader.lastEnd, end: reader.lastEnd }));
    const open = impliedToken(tokens.leftBrace, reader.lastEnd);
    pushFrame(reader, { head: reader.head, blamed: reader.headBlamed, open, indent: row.indent, lines: [] });
}

function flushHead(reader: Reader): void {
    if (reader.head.length === 0) return;
    const { head, headBlamed: blamed } = reader;
    reader.head = [];
    addLine(reader, { head, blamed });
}

function addLine(reader: Reader, line: Line): void {
    if (reader.frames.length > 0) {
        lines(reader).push(line);
        return;
    }
    const known = asDefinition(reader, line);
    if (known !== undefined) reader.top.push(known);
    reader.outside = known === undefined;
}

/** Only definitions may stand at the top; a misspelt keyword is taken for what it was meant to be. */
function asDefinition(reader: Reader, line: Line): Line | undefined {
    const [first, ...rest] = line.head;
    if (first === undefined || isDefinition(first)) return line;
    const word = line.body !== undefined && isName(first) ? nearest(first.image, definitionWords.keys()) : undefined;
    const type = definitionWords.get(word ?? '');
    if (!reader.outside && !line.blamed) complain(reader, outsideDefinition(reader.source, spanOf(first), word));
    if (type === undefined) return undefined;
    return { ...line, head: [{ ...impliedToken(type, first.startOffset), image: first.image }, ...rest], blamed: true };
}

const definitionWords: ReadonlyMap<string, typeof tokens.use> = new Map([
    ['use', tokens.use],
    ['recipe', tokens.recipe],
    ['overlay', tokens.overlay],
    ['profile', tokens.profile],
]);

function isDefinition(token: IToken): boolean {
    return [...definitionWords.values()].includes(token.tokenType);
}

function lines(reader: Reader): Line[] {
    return reader.frames.at(-1)?.lines ?? reader.top;
}

function complain(reader: Reader, diagnostic: Diagnostic): void {
    if (reader.diagnostics.length < maxDiagnostics) reader.diagnostics.push(diagnostic);
    else reader.oddities += 1;
}
