// What several runs of the same thing say together.

export interface Summary {
    readonly median: number;
    /** Quartiles: half of all runs lie between them. */
    readonly low: number;
    readonly high: number;
    /** In the order of measuring. */
    readonly samples: readonly number[];
}

/** Summary of at least one sample. */
export function summarise(samples: readonly number[]): Summary {
    if (samples.length === 0) throw new Error('nothing was measured');
    const sorted = [...samples].sort((a, b) => a - b);
    return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), samples };
}

/** Between two samples the value is interpolated. */
function quantile(sorted: readonly number[], part: number): number {
    const at = (sorted.length - 1) * part;
    const below = sorted[Math.floor(at)] ?? NaN;
    const above = sorted[Math.ceil(at)] ?? NaN;
    return below + (above - below) * (at - Math.floor(at));
}
