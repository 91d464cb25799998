// Where a lexeme ends: hand-written scanners for what has no bounded regular expression. V8 throws on repeated groups
// over megabytes of text, and the lexer must not throw on anything. Each takes an offset and gives the end, or undefined.

export type Scanner = (text: string, at: number) => number | undefined;

const newline = 10;
const carriageReturn = 13;
const quote = 34;
const apostrophe = 39;
const backslash = 92;

/** How far a string that is closed on a later line may reach; beyond it, the quote was simply forgotten. */
const maxStrayLines = 10;

/** One line break and all blank lines after it. */
export function scanNewlines(text: string, at: number): number | undefined {
    let end = lineBreakAt(text, at);
    if (end === undefined) return undefined;
    for (;;) {
        const next = lineBreakAt(text, skipBlanks(text, end));
        if (next === undefined) return end;
        end = next;
    }
}

/** A byte order mark counts as white space at the very start of a file and nowhere else. */
export function scanByteOrderMark(text: string, at: number): number | undefined {
    return at === 0 && text.startsWith('\u{feff}') ? 1 : undefined;
}

/** Letters, digits and underscores, with hyphens only between them. */
export function scanIdentifier(text: string, at: number): number | undefined {
    if (!isWord(text.charCodeAt(at)) || isDigit(text.charCodeAt(at))) return undefined;
    let end = at;
    while (isWord(text.charCodeAt(end)) || (text[end] === '-' && isWord(text.charCodeAt(end + 1)))) end += 1;
    return end;
}

/** `"…"` on one line. */
export function scanText(text: string, at: number): number | undefined {
    if (text.charCodeAt(at) !== quote) return undefined;
    for (let end = at + 1; end < text.length; end += 1) {
        const code = text.charCodeAt(end);
        if (code === quote) return end + 1;
        if (lineBreakAt(text, end) !== undefined) return undefined;
        if (code === backslash && lineBreakAt(text, end + 1) === undefined) end += 1;
    }
    return undefined;
}

/** A `"` that its own line does not close: to the end of what was probably meant to be the string. */
export function scanOpenText(text: string, at: number): number | undefined {
    if (text.charCodeAt(at) !== quote) return undefined;
    return closeOnLaterLine(text, at) ?? endBeforePunctuation(text, at + 1);
}

/** `'…'` on one line. */
export function scanRaw(text: string, at: number): number | undefined {
    if (text.charCodeAt(at) !== apostrophe) return undefined;
    for (let end = at + 1; end < text.length && lineBreakAt(text, end) === undefined; end += 1) {
        if (text.charCodeAt(end) === apostrophe) return end + 1;
    }
    return undefined;
}

/** `'''…'''` over any number of lines, unless what closes it plainly opens the next one. */
export function scanRawBlock(text: string, at: number): number | undefined {
    if (!text.startsWith("'''", at)) return undefined;
    const close = text.indexOf("'''", at + 3);
    return close < 0 || opensAnother(text, at, close) ? undefined : close + 3;
}

/** An apostrophe that opens a raw string which is not closed. A raw block ends where indentation says so. */
export function scanOpenRaw(text: string, at: number): number | undefined {
    if (text.charCodeAt(at) !== apostrophe) return undefined;
    if (!text.startsWith("'''", at)) return endBeforePunctuation(text, at + 1);
    const indent = indentAt(text, lineStart(text, at, 0));
    let end = lineEnd(text, at);
    for (let next = end + 1; next < text.length; next = lineEnd(text, next) + 1) {
        const content = skipBlanks(text, next);
        const over = lineBreakAt(text, content) === undefined && indentAt(text, next) <= indent;
        if (!over || quotesOnly.test(text.slice(content, lineEnd(text, next)))) end = lineEnd(text, next);
        if (over) break;
    }
    return text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
}

/** What was meant to close a raw block. */
const quotesOnly = /^'{1,2}[ \t\r]*$/;

/** A run that starts with a digit and could be meant as one number, version, size or duration. */
export function scanNumber(text: string, at: number): number | undefined {
    if (!isDigit(text.charCodeAt(at))) return undefined;
    let end = at + 1;
    while (isWord(text.charCodeAt(end)) || '.+-'.includes(text.charAt(end) || ' ')) end += 1;
    while ('+-'.includes(text.charAt(end - 1))) end -= 1;
    return end;
}

/** Columns of white space at the start of a line; a tab reaches to the next multiple of four. */
export function indentAt(text: string, start: number): number {
    let width = 0;
    for (let at = start; ; at += 1) {
        if (text[at] === ' ') width += 1;
        else if (text[at] === '\t') width += 4 - (width % 4);
        else return width;
    }
}

function closeOnLaterLine(text: string, at: number): number | undefined {
    let start = lineEnd(text, at) + 1;
    for (let line = 0; line < maxStrayLines && start < text.length; line += 1) {
        const odd = oddQuote(text, start);
        if (looksLikeStatement(text, start)) return undefined;
        if (odd !== undefined) return odd + 1;
        start = lineEnd(text, start) + 1;
    }
    return undefined;
}

/** The last quote of the line when the line has an odd number of them. */
function oddQuote(text: string, start: number): number | undefined {
    let count = 0;
    let last: number | undefined;
    for (let at = start; at < text.length && text.charCodeAt(at) !== newline; at += 1) {
        const code = text.charCodeAt(at);
        if (code === backslash) at += 1;
        else if (code === quote) {
            count += 1;
            last = at;
        }
    }
    return count % 2 === 1 ? last : undefined;
}

const statementStart = /[ \t]*(?:[\w.-]+[ \t]*[:?+^-]?=|[}\]#]|(?:when|apply|assert|recipe|overlay|profile|use)[ \t])/y;
const blockStart = /[ \t]*[\w-]+[ \t][^\r\n]*\{[ \t]*$/my;

function looksLikeStatement(text: string, start: number): boolean {
    statementStart.lastIndex = start;
    blockStart.lastIndex = start;
    return statementStart.test(text) || blockStart.test(text);
}

/** Brackets and commas at the end of the line were hardly meant to be in the string. */
function endBeforePunctuation(text: string, from: number): number {
    let end = lineEnd(text, from);
    while (end > from && (' \t\r,]{'.includes(text.charAt(end - 1)) || isLoneBrace(text, end - 1))) end -= 1;
    return end;
}

function isLoneBrace(text: string, at: number): boolean {
    return text[at] === '}' && (text[at - 1] === ' ' || text[at - 1] === '\t');
}

const assignment = /^[ \t]*[\w.-]+[ \t]*[:?+^-]?=[ \t]*$/;

function opensAnother(text: string, open: number, close: number): boolean {
    const start = lineStart(text, close, open);
    if (start <= open || !assignment.test(text.slice(start, close))) return false;
    if (lineBreakAt(text, skipBlanks(text, close + 3)) === undefined) return false;
    return indentAt(text, start) <= indentAt(text, lineStart(text, open, 0));
}

function lineStart(text: string, at: number, notBefore: number): number {
    let start = at;
    while (start > notBefore && text.charCodeAt(start - 1) !== newline) start -= 1;
    return start;
}

function lineEnd(text: string, at: number): number {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
}

function lineBreakAt(text: string, at: number): number | undefined {
    const code = text.charCodeAt(at);
    if (code === newline) return at + 1;
    return code === carriageReturn && text.charCodeAt(at + 1) === newline ? at + 2 : undefined;
}

function skipBlanks(text: string, at: number): number {
    let end = at;
    while (text[end] === ' ' || text[end] === '\t') end += 1;
    return end;
}

function isDigit(code: number): boolean {
    return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
    return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}
