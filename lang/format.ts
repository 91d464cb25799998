// The canonical form of a recipe file: four spaces, one statement per line, no alignment, at most one empty line,
// imports sorted. Comments stay where they are. A file with errors is not formatted.
import type { IToken } from 'chevrotain';
import { type Diagnostic, isError } from './diagnostic.ts';
import { formatHead, hasBlankLine, indentStep } from './format-head.ts';
import { lex } from './lexer.ts';
import { headSpan } from './head-shape.ts';
import type { Body, Line } from './outline.ts';
import { parseText } from './parse.ts';
import type { SourceFile } from './source.ts';
import { endOf, tokens } from './tokens.ts';

export type Formatted = { readonly text: string } | { readonly diagnostics: readonly Diagnostic[] };

/** The canonical text of a file, or why it has none. Formatting twice changes nothing. */
export function format(source: SourceFile): Formatted {
    const { header, outline, diagnostics } = parseText(source);
    if (diagnostics.some(isError)) return { diagnostics };
    const { comments } = lex(source);
    const writer: Writer = { source: source.text, comments, next: 0, out: [], at: 0, wantBlank: false, opened: true };
    writeLine(writer, { head: header, blamed: false }, 0);
    let index = 0;
    while (index < outline.lines.length) {
        writer.wantBlank = true;
        const uses = countUses(outline.lines, index);
        if (uses > 0) writeUses(writer, outline.lines.slice(index, index + uses));
        else writeChain(writer, outline.lines.slice(index, index + 1), 0);
        index += Math.max(uses, 1);
    }
    writeComments(writer, source.text.length, 0);
    return { text: `${writer.out.join('\n')}\n` };
}

interface Writer {
    readonly source: string;
    readonly comments: readonly IToken[];
    /** Index of the first comment that is not written yet. */
    next: number;
    readonly out: string[];
    /** Where in the source the last thing that was written ends. */
    at: number;
    /** An empty line goes before the next thing in any case. */
    wantBlank: boolean;
    /** Nothing was written in this block yet: no empty line goes before the next thing. */
    opened: boolean;
}

interface Item {
    readonly text: string;
    readonly depth: number;
    /** Where it starts in the source. */
    readonly start: number;
}

function put(writer: Writer, { text, depth, start }: Item): void {
    if (!writer.opened && (writer.wantBlank || hasBlankLine(writer.source, writer.at, start))) writer.out.push('');
    writer.wantBlank = false;
    writer.opened = false;
    writer.out.push(indentStep.repeat(depth) + text);
}

function append(writer: Writer, text: string): void {
    writer.out.push(`${writer.out.pop() ?? ''}${text}`);
}

/** Comments on lines of their own. */
function writeComments(writer: Writer, before: number, depth: number): void {
    for (let comment = writer.comments[writer.next]; comment !== undefined; comment = writer.comments[writer.next]) {
        if (comment.startOffset >= before) return;
        put(writer, { text: comment.image.trimEnd(), depth, start: comment.startOffset });
        writer.at = endOf(comment);
        writer.next += 1;
    }
}

/** A comment behind what was just written, on the same line. */
function writeTail(writer: Writer): void {
    const comment = writer.comments[writer.next];
    if (comment === undefined || !/^[ \t]*$/.test(writer.source.slice(writer.at, comment.startOffset))) return;
    append(writer, ` ${comment.image.trimEnd()}`);
    writer.at = endOf(comment);
    writer.next += 1;
}

function writeLine(writer: Writer, line: Line, depth: number): void {
    writeChain(writer, [line], depth);
}

/** A line with its block, and the `else` lines that go on behind the block's `}`. */
function writeChain(writer: Writer, lines: readonly Line[], depth: number): void {
    for (const [index, { head, body }] of lines.entries()) {
        const { start, end } = headSpan(head);
        if (index === 0) writeComments(writer, start, depth);
        const comments = takeComments(writer, end);
        const suffix = body === undefined ? '' : ' {';
        const text = formatHead({ source: writer.source, head, comments, depth, suffix });
        if (index === 0) put(writer, { text, depth, start });
        else append(writer, ` ${text}`);
        writer.at = end;
        if (body !== undefined) writeBody(writer, body, depth);
    }
    writeTail(writer);
}

/** The comments inside a head, which `formatHead` places. */
function takeComments(writer: Writer, before: number): readonly IToken[] {
    const from = writer.next;
    while ((writer.comments[writer.next]?.startOffset ?? before) < before) writer.next += 1;
    return writer.comments.slice(from, writer.next);
}

function writeBody(writer: Writer, { open, lines, close }: Body, depth: number): void {
    append(writer, ' {');
    writer.at = endOf(open);
    writeTail(writer);
    const length = writer.out.length;
    const tail = writer.at > endOf(open);
    writer.opened = true;
    for (let index = 0; index < lines.length; ) {
        let end = index + 1;
        while (lines[end]?.head[0]?.tokenType === tokens.else) end += 1;
        writeChain(writer, lines.slice(index, end), depth + 1);
        index = end;
    }
    writeComments(writer, close.startOffset, depth + 1);
    writer.opened = false;
    if (writer.out.length === length && !tail) append(writer, '}');
    else writer.out.push(`${indentStep.repeat(depth)}}`);
    writer.at = endOf(close);
}

function countUses(lines: readonly Line[], from: number): number {
    let count = 0;
    while (lines[from + count]?.head[0]?.tokenType === tokens.use) count += 1;
    return count;
}

/** Imports are sorted by path in byte order; each takes the comments directly above it and behind it along. */
function writeUses(writer: Writer, uses: readonly Line[]): void {
    writeDetached(writer, headSpan(uses[0]?.head ?? []).start);
    const chunks = uses.map((line) => {
        const out: string[] = [];
        const chunk: Writer = { ...writer, out, wantBlank: false, opened: true };
        writeLine(chunk, line, 0);
        writer.next = chunk.next;
        writer.at = chunk.at;
        return { path: line.head[1]?.image ?? '', lines: out.filter((text) => text !== '') };
    });
    chunks.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    if (writer.out.length > 0) writer.out.push('');
    writer.out.push(...chunks.flatMap((chunk) => chunk.lines));
    writer.wantBlank = false;
    writer.opened = false;
}

/** Comments that an empty line parts from the first import belong to the file. */
function writeDetached(writer: Writer, use: number): void {
    let end = writer.next;
    let attachedFrom = writer.next;
    for (; (writer.comments[end]?.startOffset ?? use) < use; end += 1) {
        const comment = writer.comments[end];
        const after = writer.comments[end + 1]?.startOffset ?? use;
        if (comment !== undefined && hasBlankLine(writer.source, endOf(comment), Math.min(after, use)))
            attachedFrom = end + 1;
    }
    const last = attachedFrom > writer.next ? writer.comments[attachedFrom - 1] : undefined;
    if (last !== undefined) writeComments(writer, endOf(last), 0);
}
