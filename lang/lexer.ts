// Text → tokens, comments and lexical diagnostics. Loses nothing: tokens, comments, the characters complained about and
// the white space between them are the source. Never throws, whatever the text.
import { type IToken, Lexer } from 'chevrotain';
import type { Diagnostic } from './diagnostic.ts';
import { lineColumn, type SourceFile, type Span } from './source.ts';
import { controlCharacter, maxDiagnostics, strayCharacter, unclosedString } from './syntax-errors.ts';
import { spanOf, tokens, vocabulary } from './tokens.ts';

export interface Lexed {
    readonly tokens: readonly IToken[];
    readonly comments: readonly IToken[];
    /** Runs of characters that are no token. */
    readonly strays: readonly Span[];
    /** Sorted by place. */
    readonly diagnostics: readonly Diagnostic[];
}

let lexer: Lexer | undefined;

/** Splits a file into tokens. */
export function lex(source: SourceFile): Lexed {
    // Chevrotain's validation of the vocabulary costs start-up time; a test does it instead.
    lexer ??= new Lexer(vocabulary, {
        positionTracking: 'onlyOffset',
        ensureOptimizations: true,
        skipValidations: true,
    });
    const result = lexer.tokenize(source.text);
    const comments = result.groups['comments'] ?? [];
    const strays = result.errors.map(({ offset, length }) => ({ start: offset, end: offset + length }));
    return { tokens: result.tokens, comments, strays, diagnostics: problems(source, result.tokens, strays) };
}

/** Characters that reorder or hide text in an editor, and what no UTF-8 file can hold. */
const invisible = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;

function problems(source: SourceFile, lexed: readonly IToken[], strays: readonly Span[]): readonly Diagnostic[] {
    const found: readonly Problem[] = [
        ...strays.map((span) => ({ at: span.start, sure: false, diagnostic: () => strayCharacter(source, span) })),
        ...lexed
            .filter((token) => isOpen(token))
            .map((token) => ({
                at: token.startOffset,
                sure: true,
                diagnostic: () => unclosedString(source, spanOf(token)),
            })),
        ...invisibles(source, strays),
    ];
    const sorted = found.toSorted((a, b) => a.at - b.at);
    return onePerLine(source, sorted)
        .slice(0, maxDiagnostics)
        .map((problem) => problem.diagnostic());
}

function isOpen({ tokenType }: IToken): boolean {
    return tokenType === tokens.openText || tokenType === tokens.openRaw || tokenType === tokens.openRawBlock;
}

interface Problem {
    readonly at: number;
    /** False for what another problem on the same line may explain. */
    readonly sure: boolean;
    readonly diagnostic: () => Diagnostic;
}

/** A forgotten quote turns the rest of its line inside out: then only the quote is to blame. */
function onePerLine(source: SourceFile, sorted: readonly Problem[]): readonly Problem[] {
    const lines = Map.groupBy(sorted, ({ at }) => lineColumn(source, at).line);
    return [...lines.values()].flatMap((line) => {
        const sure = line.filter((problem) => problem.sure);
        return sure.length > 0 ? sure : line.slice(0, 1);
    });
}

function invisibles(source: SourceFile, strays: readonly Span[]): readonly Problem[] {
    if (!invisible.test(source.text)) return [];
    const reported = new Set<number>();
    for (const stray of strays) for (let at = stray.start; at < stray.end; at += 1) reported.add(at);
    return [...source.text.matchAll(new RegExp(invisible, 'gu'))]
        .filter((match) => !reported.has(match.index))
        .map((match) => {
            const span = { start: match.index, end: match.index + match[0].length };
            return { at: span.start, sure: true, diagnostic: () => controlCharacter(source, span) };
        });
}
