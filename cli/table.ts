// Parts of longer answers: titled sections, and columns.

/** Nothing when there are no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [] : ['', title, ...lines];
}

/** Columns of equal width, two blanks apart. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
    return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
