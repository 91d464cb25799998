// Rows as a table for people.
import type { Row, Unit } from './row.ts';
import type { Summary } from './summary.ts';

const columns = ['', 'rpkg', 'peer', '', 'ratio', 'goal'] as const;

/** A heading, one line per row, and whatever could not be measured, in capitals. */
export function renderTable(title: string, rows: readonly Row[]): string {
    const cells = [columns, ...rows.map(cellsOf)];
    const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
    const lines = cells.map((row) => `  ${row.map((cell, at) => pad(cell, widths[at] ?? 0, at)).join('  ')}`.trimEnd());
    // One peer is often missing in several rows, for one reason.
    const missing = new Set(
        rows.flatMap((row) => (row.kind === 'not-measured' ? [`  NOT MEASURED: ${row.peer}: ${row.reason}`] : [])),
    );
    return `${[title, ...lines, ...missing].join('\n')}\n`;
}

type Cells = readonly string[];

function cellsOf(row: Row): Cells {
    if (row.kind === 'not-measured') return [row.what, '', row.peer, 'NOT MEASURED', '', goalText(row.goal)];
    const { what, unit, ours } = row;
    if (row.kind === 'sole') return [what, summaryText(ours, unit), '', '', '', ''];
    const { peer, theirs, ratio, goal } = row;
    return [what, summaryText(ours, unit), peer, summaryText(theirs, unit), ratioText(ratio), verdict(ratio, goal)];
}

function summaryText({ median, low, high, samples }: Summary, unit: Unit): string {
    const spread = samples.length === 1 ? '' : ` (${figure(low)}–${figure(high)})`;
    return `${figure(median)} ${unit}${spread}`;
}

function ratioText({ median, low, high, samples }: Summary): string {
    return samples.length === 1 ? median.toFixed(2) : `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** Three digits that mean something. */
function figure(value: number): string {
    if (value >= 100) return value.toFixed(0);
    return value.toFixed(value >= 10 ? 1 : 2);
}

function goalText(goal: number | undefined): string {
    return goal === undefined ? '' : `≤ ${Number.isInteger(goal * 10) ? goal.toFixed(1) : goal.toFixed(2)}`;
}

function verdict(ratio: Summary, goal: number | undefined): string {
    if (goal === undefined) return '';
    return `${goalText(goal)} ${ratio.median <= goal ? 'met' : 'MISSED'}`;
}

/** Words to the left; figures under each other. */
function pad(cell: string, width: number, column: number): string {
    return column === 0 || column === 2 ? cell.padEnd(width) : cell.padStart(width);
}
