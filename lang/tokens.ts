// The vocabulary: every token type in one table, in the order in which the lexer tries them. Labels are the words that
// diagnostics use for a token.
import { createToken, type IToken, type ITokenConfig, Lexer, type TokenType } from 'chevrotain';
import {
    type Scanner,
    scanByteOrderMark,
    scanIdentifier,
    scanNewlines,
    scanNumber,
    scanOpenRaw,
    scanOpenText,
    scanRaw,
    scanRawBlock,
    scanText,
} from './scan.ts';
import type { Span } from './source.ts';

const digits = Array.from('0123456789');
const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_');

const versionPattern = /^\d+(?:\.\d+)+(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const quantityPattern = /^\d+(?:ms|min|s|h|d|KiB|MiB|GiB|TiB)$/;
const intPattern = /^(?:0|[1-9]\d*)$/;
/** Longer runs are no number anybody means, and the patterns above must not be run on megabytes. */
const maxNumberLength = 256;

const name = createToken({ name: 'Name', pattern: Lexer.NA, label: 'a name' });
const identifier = scanned(scanIdentifier, {
    name: 'Identifier',
    label: 'a name',
    start_chars_hint: letters,
    categories: name,
});
const text = scanned(scanText, { name: 'Text', label: 'a string', start_chars_hint: ['"'] });
const raw = scanned(scanRaw, { name: 'Raw', label: 'a raw string', start_chars_hint: ["'"] });
const version = numeric('Version', 'a version', versionPattern);

export const tokens = {
    byteOrderMark: scanned(scanByteOrderMark, {
        name: 'ByteOrderMark',
        label: 'a byte order mark',
        start_chars_hint: ['\u{feff}'],
        group: Lexer.SKIPPED,
    }),
    space: createToken({ name: 'Space', pattern: /[ \t]+/, group: Lexer.SKIPPED }),
    comment: createToken({ name: 'Comment', pattern: /#[^\r\n]*/, group: 'comments' }),
    newline: scanned(scanNewlines, { name: 'Newline', label: 'the end of the line', start_chars_hint: ['\r', '\n'] }),

    rawBlock: scanned(scanRawBlock, {
        name: 'RawBlock',
        label: 'a raw string',
        start_chars_hint: ["'"],
        categories: raw,
    }),
    openRawBlock: scanned(blockOnly(scanOpenRaw), {
        name: 'OpenRawBlock',
        label: 'a raw string',
        start_chars_hint: ["'"],
        categories: raw,
    }),
    raw,
    openRaw: scanned(scanOpenRaw, { name: 'OpenRaw', label: 'a raw string', start_chars_hint: ["'"], categories: raw }),
    text,
    openText: scanned(scanOpenText, { name: 'OpenText', label: 'a string', start_chars_hint: ['"'], categories: text }),
    hash: createToken({ name: 'Hash', pattern: /(?:sha256|sha512|blake3):[0-9A-Za-z_]*/, label: 'a hash' }),
    version,
    quantity: numeric('Quantity', 'a size or duration', quantityPattern),
    int: numeric('Int', 'a number', intPattern),
    /** Starts with a digit and is nothing of the above; the parser takes it for a version. */
    badNumber: scanned(scanNumber, {
        name: 'BadNumber',
        label: 'a number',
        start_chars_hint: digits,
        categories: version,
    }),

    /** Spellings of other languages, told apart from stray characters so that the right one can be named. */
    foreign: createToken({
        name: 'Foreign',
        pattern: /=>|===|=<|&&|\|\||->|;|:(?!=)|!(?!=)/,
        label: 'a foreign operator',
    }),
    replace: symbol('Replace', ':='),
    defaultTo: symbol('DefaultTo', '?='),
    append: symbol('Append', '+='),
    remove: symbol('Remove', '-='),
    prepend: symbol('Prepend', '^='),
    equal: symbol('Equal', '=='),
    notEqual: symbol('NotEqual', '!='),
    atMost: symbol('AtMost', '<='),
    atLeast: symbol('AtLeast', '>='),
    below: symbol('Below', '<'),
    above: symbol('Above', '>'),
    define: symbol('Define', '='),
    leftBrace: symbol('LeftBrace', '{'),
    rightBrace: symbol('RightBrace', '}'),
    leftBracket: symbol('LeftBracket', '['),
    rightBracket: symbol('RightBracket', ']'),
    leftParen: symbol('LeftParen', '('),
    rightParen: symbol('RightParen', ')'),
    comma: symbol('Comma', ','),
    dot: symbol('Dot', '.'),

    when: reserved('when'),
    else: reserved('else'),
    assert: reserved('assert'),
    apply: reserved('apply'),
    because: reserved('because'),
    until: reserved('until'),
    and: reserved('and'),
    or: reserved('or'),
    not: reserved('not'),
    in: reserved('in'),
    true: reserved('true'),
    false: reserved('false'),

    rpkg: contextual('rpkg'),
    use: contextual('use'),
    as: contextual('as'),
    recipe: contextual('recipe'),
    is: contextual('is'),
    from: contextual('from'),
    overlay: contextual('overlay'),
    on: contextual('on'),
    profile: contextual('profile'),

    identifier,
    /** Never lexed: identifiers and contextual keywords are names. */
    name,
} as const;

export const vocabulary: TokenType[] = Object.values(tokens);

const reservedTypes: ReadonlySet<TokenType> = new Set<TokenType>([
    tokens.when,
    tokens.else,
    tokens.assert,
    tokens.apply,
    tokens.because,
    tokens.until,
    tokens.and,
    tokens.or,
    tokens.not,
    tokens.in,
    tokens.true,
    tokens.false,
]);

const operatorTypes: ReadonlySet<TokenType> = new Set<TokenType>([
    tokens.define,
    tokens.replace,
    tokens.defaultTo,
    tokens.append,
    tokens.remove,
    tokens.prepend,
]);

/** Reserved words can never be names. */
export function isReserved(token: IToken): boolean {
    return reservedTypes.has(token.tokenType);
}

/** `=`, `:=`, `?=`, `+=`, `-=` or `^=`. */
export function isOperator(token: IToken): boolean {
    return operatorTypes.has(token.tokenType);
}

export function isName(token: IToken): boolean {
    return token.tokenType.CATEGORIES?.includes(name) === true;
}

/** A string, closed or not. */
export function isText(token: IToken): boolean {
    return token.tokenType === tokens.text || token.tokenType === tokens.openText;
}

/** A token without text, put in where one is missing. */
export function impliedToken(tokenType: TokenType, offset: number): IToken {
    return { tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0, image: '', startOffset: offset };
}

export function endOf(token: IToken): number {
    return token.startOffset + token.image.length;
}

export function spanOf(token: IToken): Span {
    return { start: token.startOffset, end: endOf(token) };
}

function scanned(scan: Scanner, config: Omit<ITokenConfig, 'pattern'>): TokenType {
    return createToken({
        ...config,
        line_breaks: true,
        pattern: (source, offset) => {
            const end = scan(source, offset);
            return end === undefined ? null : [source.slice(offset, end)];
        },
    });
}

function numeric(name: string, label: string, pattern: RegExp): TokenType {
    const scan: Scanner = (source, at) => {
        const end = scanNumber(source, at);
        if (end === undefined || end - at > maxNumberLength) return undefined;
        return pattern.test(source.slice(at, end)) ? end : undefined;
    };
    return scanned(scan, { name, label, start_chars_hint: digits });
}

function blockOnly(scan: Scanner): Scanner {
    return (source, at) => (source.startsWith("'''", at) ? scan(source, at) : undefined);
}

function symbol(tokenName: string, image: string): TokenType {
    return createToken({ name: tokenName, pattern: image, label: `\`${image}\`` });
}

function reserved(word: string): TokenType {
    return createToken({ name: titled(word), pattern: word, label: `\`${word}\``, longer_alt: identifier });
}

function contextual(word: string): TokenType {
    return createToken({
        name: titled(word),
        pattern: word,
        label: `\`${word}\``,
        longer_alt: identifier,
        categories: name,
    });
}

/** Chevrotain wants tokens and rules to have different names: tokens start with a capital letter. */
function titled(word: string): string {
    return word.charAt(0).toUpperCase() + word.slice(1);
}
