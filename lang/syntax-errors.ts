// The wording of every lexical and syntactic diagnostic, and nothing else. Each code has a page in
// `spec/diagnostics/syntax/`.
import type { Diagnostic, Label } from './diagnostic.ts';
import { hexLength } from './literals.ts';
import type { SourceFile, Span } from './source.ts';

export const syntaxCodes = [
    'syntax/bad-escape',
    'syntax/bad-hash',
    'syntax/bad-interpolation',
    'syntax/bad-number',
    'syntax/block-with-operator',
    'syntax/condition-assignment',
    'syntax/control-character',
    'syntax/else-without-when',
    'syntax/extra-brace',
    'syntax/extra-bracket',
    'syntax/foreign-operator',
    'syntax/misplaced-brace',
    'syntax/misplaced-else',
    'syntax/missing-brace',
    'syntax/missing-condition',
    'syntax/missing-edition',
    'syntax/missing-name',
    'syntax/missing-operator',
    'syntax/missing-value',
    'syntax/nested-definition',
    'syntax/nested-list',
    'syntax/number-range',
    'syntax/outside-definition',
    'syntax/reserved-word',
    'syntax/stray-character',
    'syntax/too-deep',
    'syntax/too-large',
    'syntax/two-statements',
    'syntax/unclosed-block',
    'syntax/unclosed-list',
    'syntax/unclosed-paren',
    'syntax/unclosed-string',
    'syntax/unexpected',
    'syntax/unknown-edition',
    'syntax/unnamed-block',
] as const;

type SyntaxCode = (typeof syntaxCodes)[number];

/** Every stage stops collecting here: nobody reads more, and a binary file would give millions. */
export const maxDiagnostics = 500;

interface Remark {
    readonly span: Span;
    readonly text: string;
}

interface Wording {
    readonly message: string;
    readonly at: Remark;
    readonly also?: readonly Remark[];
    readonly help?: string | undefined;
}

function diagnostic(file: SourceFile, code: SyntaxCode, wording: Wording): Diagnostic {
    const primary: Label = { file, ...wording.at, primary: true };
    const others = (wording.also ?? []).map((remark): Label => ({ file, ...remark, primary: false }));
    const { message, help } = wording;
    const labels = [primary, ...others];
    return { code, severity: 'error', message, labels, ...(help === undefined ? {} : { help }) };
}

/** Source text in a message: short, and on one line. */
function quoted(text: string): string {
    const [line = ''] = text.split(/\r?\n/, 1);
    const short = line.length > 40 || line.length < text.length ? `${line.slice(0, 40).toWellFormed()}…` : line;
    return `\`${short}\``;
}

export function tooLarge(file: SourceFile, limit: number): Diagnostic {
    return diagnostic(file, 'syntax/too-large', {
        message: `a recipe file holds at most ${limit / 2 ** 20} Mi characters`,
        at: { span: { start: limit, end: limit }, text: 'the limit is here' },
        help: 'split it into several files and import them with `use`',
    });
}

export function missingEdition(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/missing-edition', {
        message: 'the first line must be `rpkg 1`',
        at: { span, text: 'expected `rpkg 1` here' },
        help: 'begin the file with the line `rpkg 1`: it tells which edition of the language follows',
    });
}

export function unknownEdition(file: SourceFile, span: Span, newest: number): Diagnostic {
    return diagnostic(file, 'syntax/unknown-edition', {
        message: `edition ${file.text.slice(span.start, span.end)} of the language is not known to this rpkg`,
        at: { span, text: `the newest known edition is ${newest}` },
        help: 'use an rpkg that knows this edition',
    });
}

export function strayCharacter(file: SourceFile, span: Span): Diagnostic {
    const written = file.text.slice(span.start, span.end);
    const code = (written.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const ascii = /^[\x20-\x7e]+$/.test(written);
    const hidden = /^[\p{C}\p{Z}]/u.test(written);
    const elsewhere = hidden ? 'remove it; words are parted by ordinary spaces' : 'text belongs between double quotes';
    return diagnostic(file, 'syntax/stray-character', {
        message: ascii ? `${quoted(written)} means nothing here` : `the character U+${code} means nothing here`,
        at: { span, text: 'not part of the language' },
        help: written.startsWith('/') ? 'comments start with `#`' : elsewhere,
    });
}

export function controlCharacter(file: SourceFile, span: Span): Diagnostic {
    const code = (file.text.codePointAt(span.start) ?? 0).toString(16);
    return diagnostic(file, 'syntax/control-character', {
        message: `the invisible character U+${code.toUpperCase().padStart(4, '0')} is not allowed in a recipe`,
        at: { span, text: 'here' },
        help: `in a "…" string it can be written as \\u{${code}}`,
    });
}

export function unclosedString(file: SourceFile, span: Span): Diagnostic {
    const written = file.text.slice(span.start, span.end);
    const quote = written.startsWith("'''") ? "'''" : written.charAt(0);
    const overLines = quote === '"' && written.includes('\n');
    return diagnostic(file, 'syntax/unclosed-string', {
        message: overLines ? 'a string must end on the line on which it starts' : 'this string is never closed',
        at: { span: { start: span.start, end: span.start + quote.length }, text: 'the string starts here' },
        help: overLines ? "write `\\n` for a line break, or use a '''…''' block" : `close it with \`${quote}\``,
    });
}

export function badEscape(file: SourceFile, span: Span, written: string): Diagnostic {
    return diagnostic(file, 'syntax/bad-escape', {
        message: `${quoted(written)} is not an escape`,
        at: { span, text: 'unknown escape' },
        help: "the escapes are \\n \\t \\\\ \\\" \\u{…} and \\(name); write \\\\ for a backslash, or use a raw '…' string",
    });
}

export function badCodePoint(file: SourceFile, span: Span, written: string): Diagnostic {
    return diagnostic(file, 'syntax/bad-escape', {
        message: `${quoted(written)} is not a Unicode character`,
        at: { span, text: 'expected one to six hexadecimal digits of a character, at most 10ffff' },
    });
}

export function badInterpolation(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/bad-interpolation', {
        message: '\\(…) holds the name of a field or fact and nothing else',
        at: { span, text: String.raw`expected something like \(target.arch)` },
        help: String.raw`write \\( for a backslash before a parenthesis`,
    });
}

export function constantText(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/bad-interpolation', {
        message: 'nothing is interpolated in names, labels, imports, reasons and messages',
        at: { span, text: 'this text must be constant' },
    });
}

export function badNumber(file: SourceFile, span: Span, unit: string | undefined): Diagnostic {
    const written = file.text.slice(span.start, span.end);
    return diagnostic(file, 'syntax/bad-number', {
        message: `${quoted(written)} is not a number, version, size or duration`,
        at: { span, text: unit === undefined ? 'cannot be read' : `did you mean the unit \`${unit}\`?` },
        help: 'numbers are 12, versions 1.86.0, sizes 4GiB (KiB MiB GiB TiB), durations 90min (ms s min h d); other text belongs in quotes',
    });
}

export function numberRange(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/number-range', {
        message: `${quoted(file.text.slice(span.start, span.end))} is too large`,
        at: { span, text: 'must stay below 2^53 in bytes, seconds or units' },
    });
}

export function badHash(file: SourceFile, span: Span, problem: 'length' | 'digits'): Diagnostic {
    const written = file.text.slice(span.start, span.end);
    const length = hexLength(written);
    const digits = written.length - written.indexOf(':') - 1;
    return diagnostic(file, 'syntax/bad-hash', {
        message: problem === 'length' ? `a hash of this kind has ${length} digits` : 'a hash holds only 0-9 and a-f',
        at: { span, text: problem === 'length' ? `this one has ${digits}` : 'something else is in it' },
        help: `write the algorithm, a colon and ${length} lower-case hexadecimal digits`,
    });
}

export function unclosedList(file: SourceFile, open: Span, next: Span | undefined): Diagnostic {
    const start = { span: open, text: 'the list starts here' };
    return diagnostic(file, 'syntax/unclosed-list', {
        message: 'a list is never closed',
        at: next === undefined ? start : { span: next, text: 'expected `]` before this' },
        also: next === undefined ? [] : [start],
        help: 'close the list with `]`',
    });
}

export function nestedList(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/nested-list', {
        message: 'a list cannot hold another list',
        at: { span, text: 'a second list starts here' },
        help: 'write one flat list, or use labelled blocks for records',
    });
}

export function unclosedParen(file: SourceFile, open: Span): Diagnostic {
    return diagnostic(file, 'syntax/unclosed-paren', {
        message: 'a parenthesis is never closed',
        at: { span: open, text: 'opened here' },
        help: 'close it with `)` on the same line',
    });
}

export function extraBracket(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/extra-bracket', {
        message: `this ${quoted(file.text.slice(span.start, span.end))} closes nothing`,
        at: { span, text: 'nothing is open here' },
        help: 'remove it',
    });
}

/** `opens` has the innermost block first; `next` is what indentation shows to stand behind it. */
export function unclosedBlock(file: SourceFile, opens: readonly Span[], next: Span | undefined): Diagnostic {
    const [innermost = { start: 0, end: 0 }, ...outer] = opens;
    const hint = next === undefined ? [] : [{ span: next, text: 'the indentation suggests `}` before this' }];
    return diagnostic(file, 'syntax/unclosed-block', {
        message: outer.length === 0 ? 'a block is never closed' : `${opens.length} blocks are never closed`,
        at: { span: innermost, text: 'this block needs a `}`' },
        also: [...outer.map((span) => ({ span, text: 'and this one' })), ...hint],
        help: 'close the block with `}` on a line of its own',
    });
}

export function nestedDefinition(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/nested-definition', {
        message: 'recipes and overlays are not defined inside a block',
        at: { span, text: 'a definition starts here' },
        help: 'close the blocks above it with `}`',
    });
}

export function extraBrace(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/extra-brace', {
        message: 'this `}` closes nothing',
        at: { span, text: 'no block that is open belongs to it' },
        help: 'remove it, or add the `{` that is missing above',
    });
}

export function strayBrace(file: SourceFile, span: Span): Diagnostic {
    const brace = quoted(file.text.slice(span.start, span.end));
    return diagnostic(file, 'syntax/extra-brace', {
        message: `this ${brace} belongs to no block`,
        at: { span, text: 'not expected here' },
        help: 'remove it',
    });
}

export function missingBrace(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/missing-brace', {
        message: 'the block of this line is missing its `{`',
        at: { span, text: 'expected `{` at the end of the line' },
    });
}

export function unnamedBlock(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/unnamed-block', {
        message: 'a block needs a name',
        at: { span, text: 'expected a name before this' },
        help: 'remove the `{`, or write what it belongs to before it',
    });
}

export function misplacedBrace(file: SourceFile, brace: Span, head: Span): Diagnostic {
    return diagnostic(file, 'syntax/misplaced-brace', {
        message: 'a `{` stands at the end of the line that it belongs to',
        at: { span: brace, text: 'move this `{` up' },
        also: [{ span: head, text: 'to the end of this line' }],
    });
}

export function misplacedElse(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/misplaced-else', {
        message: '`else` stands on the line of the `}` before it',
        at: { span, text: 'write this behind the `}`' },
        help: 'a line that starts with `else` is a statement of its own: write `} else {`',
    });
}

export function elseWithoutWhen(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/else-without-when', {
        message: 'this `else` belongs to no `when`',
        at: { span, text: 'no `when` block ends here, or it already has its last `else`' },
    });
}

export function tooDeep(file: SourceFile, span: Span, limit: number): Diagnostic {
    return diagnostic(file, 'syntax/too-deep', {
        message: `nothing nests more than ${limit} deep`,
        at: { span, text: 'one level too many; what follows was not read' },
    });
}

export function twoStatements(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/two-statements', {
        message: 'there are two statements on one line',
        at: { span, text: 'the second one starts here' },
        help: 'start a new line before it',
    });
}

export function outsideDefinition(file: SourceFile, span: Span, near: string | undefined): Diagnostic {
    return diagnostic(file, 'syntax/outside-definition', {
        message: 'only `use`, `recipe`, `overlay` and `profile` may stand at the top of a file',
        at: { span, text: near === undefined ? 'this belongs inside a block' : `did you mean \`${near}\`?` },
        help: near === undefined ? 'put it between the braces of a recipe, overlay or profile' : undefined,
    });
}

export function reservedWord(file: SourceFile, span: Span): Diagnostic {
    const word = file.text.slice(span.start, span.end);
    return diagnostic(file, 'syntax/reserved-word', {
        message: `${quoted(word)} is a reserved word`,
        at: { span, text: 'cannot be used as a name' },
        help: `choose another one; names of fields and labels may be written in quotes: "${word}"`,
    });
}

export function missingName(file: SourceFile, span: Span, what: string): Diagnostic {
    return diagnostic(file, 'syntax/missing-name', {
        message: `this ${what} has no name`,
        at: { span, text: 'expected a name before this' },
        help: `write for instance \`${what} hello …\``,
    });
}

export function missingValue(file: SourceFile, span: Span, operator: string): Diagnostic {
    return diagnostic(file, 'syntax/missing-value', {
        message: `a value is missing after \`${operator}\``,
        at: { span, text: 'expected a value here' },
    });
}

export function missingOperator(file: SourceFile, span: Span, field: string): Diagnostic {
    return diagnostic(file, 'syntax/missing-operator', {
        message: `${quoted(field)} is neither set nor a block`,
        at: { span, text: 'expected an operator such as `=`, or `{`, before this' },
        help: 'the operators are `=` `?=` `:=` `+=` `^=` `-=`',
    });
}

export function missingCondition(file: SourceFile, span: Span, keyword: string): Diagnostic {
    return diagnostic(file, 'syntax/missing-condition', {
        message: `a condition is missing after \`${keyword}\``,
        at: { span, text: 'expected something like `target.arch == amd64`' },
    });
}

export function conditionAssignment(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/condition-assignment', {
        message: '`=` sets a field; it does not compare',
        at: { span, text: 'write `==` to compare' },
    });
}

export function blockWithOperator(file: SourceFile, span: Span): Diagnostic {
    return diagnostic(file, 'syntax/block-with-operator', {
        message: 'a block is not assigned',
        at: { span, text: 'remove this operator' },
        help: 'write the name, its labels and `{`',
    });
}

export function foreignOperator(file: SourceFile, span: Span, instead: string | undefined): Diagnostic {
    const written = file.text.slice(span.start, span.end);
    return diagnostic(file, 'syntax/foreign-operator', {
        message: `${quoted(written)} is not an operator of this language`,
        at: { span, text: instead === undefined ? 'not known' : `write \`${instead}\` instead` },
        help: written === ';' ? 'the end of the line ends a statement; remove the semicolon' : undefined,
    });
}

export interface Unexpected {
    readonly expected: string;
    /** Undefined at the end of a line. */
    readonly found: string | undefined;
    readonly help?: string | undefined;
}

export function unexpected(file: SourceFile, span: Span, { expected, found, help }: Unexpected): Diagnostic {
    return diagnostic(file, 'syntax/unexpected', {
        message: found === undefined ? `expected ${expected}` : `expected ${expected}, found ${quoted(found)}`,
        at: { span, text: `expected ${expected}` },
        help,
    });
}
