// Measuring rpkg beside its peers: in every round each of them runs once, one after the other, so that whatever else the
// machine does meets all of them alike.
import type { Row, Unit } from './row.ts';
import { type Summary, summarise } from './summary.ts';

/** One run, and what was measured of it. */
export type Once<Run> = () => Promise<Run>;

export type Peer<Run> =
    | { readonly name: string; readonly once: Once<Run> }
    | { readonly name: string; readonly missing: string };

/** One figure of every run. */
export interface Figure<Run> {
    readonly what: string;
    readonly unit: Unit;
    readonly of: (run: Run) => number;
    /** Peer → the largest ratio that is good enough. */
    readonly goals?: Readonly<Record<string, number>>;
}

export interface Comparison<Run> {
    readonly rounds: number;
    /** Rounds before the first that counts: they fill the caches of the system. */
    readonly warmUps?: number;
    readonly ours: Once<Run>;
    readonly peers: readonly Peer<Run>[];
    readonly figures: readonly Figure<Run>[];
}

/** For each figure one row for each peer, or a single row when there is none to compare with. */
export async function compare<Run>(comparison: Comparison<Run>): Promise<readonly Row[]> {
    const { rounds, warmUps = 0, ours, peers, figures } = comparison;
    const present = peers.flatMap((peer) => ('once' in peer ? [peer] : []));
    const runs = await inRounds([...present.map(({ once }) => once), ours], rounds, warmUps);
    const own = runs.at(-1) ?? [];
    return figures.flatMap((figure) => [
        ...(present.length === 0 ? [soleRow(figure, own)] : []),
        ...present.map(({ name }, at) => comparedRow(figure, own, name, runs[at] ?? [])),
        ...peers.flatMap((peer) => ('once' in peer ? [] : [missingRow(figure, peer)])),
    ]);
}

async function inRounds<Run>(
    contestants: readonly Once<Run>[],
    rounds: number,
    warmUps: number,
): Promise<readonly (readonly Run[])[]> {
    const runs = contestants.map((): Run[] => []);
    for (let round = -warmUps; round < rounds; round++) {
        for (const [at, once] of contestants.entries()) {
            const run = await once();
            if (round >= 0) runs[at]?.push(run);
        }
    }
    return runs;
}

function soleRow<Run>({ what, unit, of }: Figure<Run>, own: readonly Run[]): Row {
    return { kind: 'sole', what, unit, ours: summarise(own.map(of)) };
}

function comparedRow<Run>(figure: Figure<Run>, own: readonly Run[], peer: string, others: readonly Run[]): Row {
    const { what, unit, of } = figure;
    const ours = own.map(of);
    const theirs = others.map(of);
    const ratio = ratioOf(ours, theirs);
    return {
        ...{ kind: 'compared', what, unit, peer, ratio },
        ...{ ours: summarise(ours), theirs: summarise(theirs) },
        ...goalOf(figure, peer),
    };
}

function missingRow<Run>(figure: Figure<Run>, { name, missing }: { name: string; missing: string }): Row {
    return { kind: 'not-measured', what: figure.what, peer: name, reason: missing, ...goalOf(figure, name) };
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): Summary {
    return summarise(ours.map((own, round) => own / (theirs[round] ?? NaN)));
}

function goalOf<Run>({ goals }: Figure<Run>, peer: string): { readonly goal?: number } {
    const goal = goals?.[peer];
    return goal === undefined ? {} : { goal };
}
