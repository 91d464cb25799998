// The front door of the language: text → syntax tree and diagnostics. Never throws, takes linear time, and always gives
// a tree of what could be understood.
import type { IToken } from 'chevrotain';
import type { Comment, File } from './ast.ts';
import { buildFile } from './build-ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type Lexed, lex } from './lexer.ts';
import { type Outline, outlineOf } from './outline.ts';
import { type Row, rowsOf } from './rows.ts';
import type { SourceFile } from './source.ts';
import { maxDiagnostics, missingEdition, tooLarge, unknownEdition } from './syntax-errors.ts';
import { endOf, spanOf, tokens } from './tokens.ts';

/** The newest edition of the language that this rpkg knows. */
const newestEdition = 1;

/** In UTF-16 units. Nobody writes a recipe of this size, and memory has an end. */
const maxLength = 4 * 2 ** 20;

export interface Parsed {
    /** Complete when there are no errors; otherwise what could be understood. */
    readonly ast: File;
    readonly comments: readonly Comment[];
    /** Sorted by place. */
    readonly diagnostics: readonly Diagnostic[];
}

/** Parsed, with what the formatter needs besides. */
export interface ParsedText extends Parsed {
    readonly header: readonly IToken[];
    readonly outline: Outline;
}

/** Parses a recipe file. */
export function parse(source: SourceFile): Parsed {
    const { ast, comments, diagnostics } = parseText(source);
    return { ast, comments, diagnostics };
}

/** Parses a recipe file and keeps its tokens. */
export function parseText(source: SourceFile): ParsedText {
    if (source.text.length > maxLength) return refused(source, tooLarge(source, maxLength));
    const lexed = lex(source);
    const { rows, diagnostics: rowProblems } = rowsOf(source, lexed);
    const { edition, header, body, problem } = readHeader(source, rows);
    if (edition > newestEdition && problem !== undefined) return refused(source, problem, edition);
    const outline = outlineOf(source, body);
    const built = buildFile(source, edition, outline.lines);
    const diagnostics = [
        ...lexed.diagnostics,
        ...rowProblems,
        ...(problem === undefined ? [] : [problem]),
        ...outline.diagnostics,
        ...built.diagnostics,
    ]
        .sort((a, b) => placeOf(a) - placeOf(b))
        .slice(0, maxDiagnostics);
    return { ast: built.ast, comments: commentsOf(lexed), diagnostics, header, outline };
}

function placeOf(diagnostic: Diagnostic): number {
    return diagnostic.labels[0]?.span.start ?? 0;
}

function commentsOf(lexed: Lexed): readonly Comment[] {
    return lexed.comments.map((token) => {
        const text = token.image.trimEnd();
        return { text, span: { start: token.startOffset, end: token.startOffset + text.length } };
    });
}

interface Header {
    readonly edition: number;
    readonly header: readonly IToken[];
    /** The rows below the header. */
    readonly body: readonly Row[];
    readonly problem?: Diagnostic;
}

/** The first row must be `rpkg 1`. One that is nothing else either was probably meant to be. */
function readHeader(source: SourceFile, rows: readonly Row[]): Header {
    const [first, ...body] = rows;
    const header = first?.tokens ?? [];
    const [keyword, number, ...rest] = header;
    if (first === undefined || keyword === undefined || startsDefinition(first)) {
        const start = keyword?.startOffset ?? source.text.length;
        const end = keyword === undefined ? start : endOf(keyword);
        return { edition: newestEdition, header: [], body: rows, problem: missingEdition(source, { start, end }) };
    }
    if (keyword.tokenType !== tokens.rpkg || number?.tokenType !== tokens.int || rest.length > 0) {
        const span = { start: keyword.startOffset, end: endOf(header.at(-1) ?? keyword) };
        const problem = first.blamed ? {} : { problem: missingEdition(source, span) };
        return { edition: newestEdition, header, body, ...problem };
    }
    const edition = Number(number.image);
    if (edition === newestEdition) return { edition, header, body };
    const problem = unknownEdition(source, spanOf(number), newestEdition);
    return { edition: edition > newestEdition ? edition : newestEdition, header, body, problem };
}

function startsDefinition({ tokens: row }: Row): boolean {
    const words: readonly unknown[] = [tokens.use, tokens.recipe, tokens.overlay, tokens.profile];
    return words.includes(row[0]?.tokenType) || row.some((token) => token.tokenType === tokens.leftBrace);
}

/** Nothing of the file is read: it may mean something else than what this parser would see in it. */
function refused(source: SourceFile, problem: Diagnostic, edition: number = newestEdition): ParsedText {
    const span = { start: 0, end: source.text.length };
    return {
        ast: { kind: 'file', source, edition, uses: [], definitions: [], span },
        comments: [],
        diagnostics: [problem],
        header: [],
        outline: { lines: [], diagnostics: [] },
    };
}
