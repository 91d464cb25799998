// One line of a result, as data; how it looks is the business of `render.ts`.
import type { Summary } from './summary.ts';

export type Unit = 'ms' | 's' | 'MB';

interface Measured {
    /** What rpkg did. */
    readonly what: string;
    readonly unit: Unit;
    readonly ours: Summary;
}

/** A figure that stands alone, for information. */
export interface SoleRow extends Measured {
    readonly kind: 'sole';
}

export interface ComparedRow extends Measured {
    readonly kind: 'compared';
    readonly peer: string;
    readonly theirs: Summary;
    /** Ours to theirs within one round, so that a load which comes and goes touches both. */
    readonly ratio: Summary;
    /** The largest ratio that is good enough; without one the row is for information. */
    readonly goal?: number;
}

export interface MissingRow {
    readonly kind: 'not-measured';
    readonly what: string;
    readonly peer: string;
    /** What is missing, or went wrong. */
    readonly reason: string;
    readonly goal?: number;
}

export type Row = SoleRow | ComparedRow | MissingRow;

/** False for a missed goal, and for one that nothing was measured for. */
export function isGood(row: Row): boolean {
    if (row.kind === 'compared') return row.goal === undefined || row.ratio.median <= row.goal;
    return row.kind === 'sole';
}
