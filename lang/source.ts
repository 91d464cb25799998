// Text with a name, and places in it. Line and column are derived late, only when something is shown.

/** A recipe file: `path` as the user should see it, `text` whole. */
export interface SourceFile {
    readonly path: string;
    readonly text: string;
}

/** Half-open range of UTF-16 offsets into a `SourceFile.text`. */
export interface Span {
    readonly start: number;
    readonly end: number;
}

/** A span together with the file it lies in. */
export interface Place {
    readonly file: SourceFile;
    readonly span: Span;
}

export interface LineColumn {
    /** Both count from 1. Columns count UTF-16 units, as editors do. */
    readonly line: number;
    readonly column: number;
}

const lineStarts = new WeakMap<SourceFile, readonly number[]>();

function startsOf(file: SourceFile): readonly number[] {
    let starts = lineStarts.get(file);
    if (starts === undefined) {
        const found = [0];
        for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) found.push(at + 1);
        starts = found;
        lineStarts.set(file, starts);
    }
    return starts;
}

/** Line and column of an offset; an offset past the end gives the end. */
export function lineColumn(file: SourceFile, offset: number): LineColumn {
    const starts = startsOf(file);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(offset, file.text.length) - (starts[low] ?? 0) + 1 };
}

/** The text of a line (counted from 1) without its line ending. */
export function lineText(file: SourceFile, line: number): string {
    const starts = startsOf(file);
    const start = starts[line - 1] ?? file.text.length;
    const end = starts[line] === undefined ? file.text.length : starts[line] - 1;
    return file.text.slice(start, end).replace(/\r$/, '');
}
