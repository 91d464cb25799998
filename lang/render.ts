// A diagnostic as terminal text or as JSON. The only code that draws one.
import type { Diagnostic, Label } from './diagnostic.ts';
import { lineColumn, lineText, type SourceFile } from './source.ts';
import { type Cell, cellsOf, visible } from './visible.ts';

export interface RenderOptions {
    readonly color: boolean;
}

type Style = 'error' | 'warning' | 'frame' | 'bold';

const escapeCodes: Readonly<Record<Style, string>> = {
    error: '\u001b[1;31m',
    warning: '\u001b[1;33m',
    frame: '\u001b[1;34m',
    bold: '\u001b[1m',
};

type Paint = (style: Style, text: string) => string;

/** How much of a long line is shown, in UTF-16 units: before the place, and in all. */
const contextBefore = 60;
const longestLine = 160;

/** Several lines of text, without a line break at the end. */
export function renderDiagnostic(diagnostic: Diagnostic, { color }: RenderOptions): string {
    const paint: Paint = (style, text) => (color ? `${escapeCodes[style]}${text}\u001b[0m` : text);
    const { code, severity, message, labels, help } = diagnostic;
    const title = `${paint(severity, `${severity}[${code}]`)}${paint('bold', `: ${visible(message)}`)}`;
    const width = Math.max(1, ...labels.map((label) => String(startOf(label).line).length));
    const margin = ' '.repeat(width + 1);
    const lines = [title, ...groupByFile(labels).flatMap((group) => renderFile(group, { severity, width, paint }))];
    if (help !== undefined) lines.push(`${margin}${paint('frame', '=')} ${paint('bold', 'help')}: ${visible(help)}`);
    return lines.join('\n');
}

interface Drawing {
    readonly severity: 'error' | 'warning';
    /** Digits of the largest line number. */
    readonly width: number;
    readonly paint: Paint;
}

/** The file of the primary label comes first. */
function groupByFile(labels: readonly Label[]): readonly (readonly Label[])[] {
    const primaryFirst = labels.toSorted((a, b) => Number(b.primary) - Number(a.primary));
    return [...Map.groupBy(primaryFirst, (label) => label.file).values()];
}

function renderFile(labels: readonly Label[], drawing: Drawing): readonly string[] {
    const [first] = labels;
    if (first === undefined) return [];
    const { width, paint } = drawing;
    const { line, column } = startOf(first);
    const margin = ' '.repeat(width + 1);
    const bar = paint('frame', '|');
    const lines = [
        `${margin}${paint('frame', '-->')} ${visible(first.file.path)}:${line}:${column}`,
        `${margin} ${bar}`,
    ];
    let last: number | undefined;
    const inOrder = labels.toSorted((a, b) => a.span.start - b.span.start);
    for (const [number, onLine] of Map.groupBy(inOrder, (label) => startOf(label).line)) {
        if (last !== undefined && number > last + 1) lines.push(paint('frame', '...'));
        last = number;
        const gutter = paint('frame', ` ${String(number).padStart(width)} |`);
        const shown = windowOf(first.file, number, onLine);
        lines.push(`${gutter} ${shown.cells.map((cell) => cell.shown).join('')}`.trimEnd());
        for (const label of onLine) lines.push(`${margin} ${bar} ${marker(label, shown, drawing)}`);
    }
    return lines;
}

interface Window {
    readonly cells: readonly Cell[];
    /** Offset in the file of the first cell. */
    readonly offset: number;
}

/** The part of a line that holds its labels: a recipe may be one line of a megabyte. */
function windowOf(file: SourceFile, number: number, labels: readonly Label[]): Window {
    const text = lineText(file, number);
    const [first] = labels;
    if (first === undefined) return { cells: [], offset: 0 };
    const lineStart = first.span.start - (startOf(first).column - 1);
    if (text.length <= longestLine) return { cells: cellsOf(text), offset: lineStart };
    const from = Math.max(0, first.span.start - lineStart - contextBefore);
    const part = text.slice(from, from + longestLine).toWellFormed();
    const ending = from + longestLine < text.length ? '…' : '';
    return {
        cells: cellsOf(from > 0 ? `…${part}${ending}` : part + ending),
        offset: lineStart + from - (from > 0 ? 1 : 0),
    };
}

function marker({ span, primary, text }: Label, { cells, offset }: Window, { severity, paint }: Drawing): string {
    let indent = 0;
    let length = 0;
    for (const { width, start } of cells) {
        if (start + offset < span.start) indent += width;
        else if (start + offset < span.end) length += width;
    }
    const line = (primary ? '^' : '-').repeat(Math.max(1, length));
    const remark = text === '' ? line : `${line} ${visible(text)}`;
    return `${' '.repeat(indent)}${paint(primary ? severity : 'frame', remark)}`;
}

function startOf({ file, span }: Label): { readonly line: number; readonly column: number } {
    return lineColumn(file, span.start);
}

export interface DiagnosticJson {
    readonly code: string;
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly labels: readonly LabelJson[];
    readonly help?: string;
}

/** Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
interface LabelJson {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
    readonly text: string;
    readonly primary: boolean;
}

/** The form that `--json` prints. */
export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
    const { code, severity, message, help } = diagnostic;
    const labels = diagnostic.labels.map(({ file, span, text, primary }): LabelJson => {
        const { line, column } = lineColumn(file, span.start);
        const { line: endLine, column: endColumn } = lineColumn(file, span.end);
        return { file: file.path, line, column, endLine, endColumn, text, primary };
    });
    return { code, severity, message, labels, ...(help === undefined ? {} : { help }) };
}
