// Our unit graph of a folder against Cargo's.
import { planFolder } from './plan-folder.ts';
import { cargoEnvironment, cargoGraph, describeRequest, type GraphRequest } from './cargo-graph.ts';
import { compareGraphs, describeComparison } from './compare.ts';

/** What a run of many comparisons adds up to. */
export interface Tally {
    graphs: number;
    units: number;
    equal: number;
    /** Requests that Cargo refuses; of these, the ones that we refuse too. */
    refused: number;
    refusedByBoth: number;
    readonly differences: string[];
    /** What Cargo says against requests that we take. */
    readonly taken: string[];
}

export function newTally(): Tally {
    return { graphs: 0, units: 0, equal: 0, refused: 0, refusedByBoth: 0, differences: [], taken: [] };
}

/** Compares, and adds the result to the tally. */
export async function check(
    place: { readonly label: string; readonly folder: string; readonly crates?: string; readonly resolve?: boolean },
    request: GraphRequest,
    tally: Tally,
): Promise<void> {
    const { label, ...where } = place;
    const [theirs, ours] = await Promise.all([
        cargoGraph(place.folder, request),
        planFolder({ ...request, ...where, environment: cargoEnvironment() }),
    ]);
    const title = `${label}: ${describeRequest(request)}`;
    if ('refused' in theirs) {
        tally.refused++;
        if (ours.json === undefined) tally.refusedByBoth++;
        else tally.taken.push(`${title}\n${errorOf(theirs.refused)}`);
        return;
    }
    tally.graphs++;
    tally.units += theirs.graph.units.length;
    if (ours.json === undefined) {
        const problems = ours.problems.map(({ code, message }) => `${code}: ${message}`);
        tally.differences.push([`${title}\nwe refuse it`, ...problems].join('\n'));
        return;
    }
    const comparison = compareGraphs(ours.json, theirs.graph);
    if (comparison.equal) tally.equal++;
    else tally.differences.push(`${title}\n${describeComparison(comparison)}`);
}

function errorOf(text: string): string {
    const lines = text.split('\n');
    return lines.slice(lines.findIndex((line) => line.startsWith('error'))).join('\n');
}

export function summary(title: string, tally: Tally): string {
    const { graphs, units, equal, refused, refusedByBoth } = tally;
    const refusals = refused === 0 ? '' : `; ${refused} requests refused by Cargo, ${refusedByBoth} of them by us too`;
    return `${title}: ${graphs} graphs, ${units} units, ${equal} equal${refusals}`;
}

/** Runs the jobs, two at a time. */
export async function inPairs<T>(items: readonly T[], job: (item: T) => Promise<void>): Promise<void> {
    const waiting = items.values();
    await Promise.all(
        [1, 2].map(async () => {
            for (const item of waiting) await job(item);
        }),
    );
}
