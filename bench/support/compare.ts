// Measuring rpkg beside its peers: in every round each of them runs once, one after the other, so that whatever else the
// machine does meets all of them alike.
import type { Row, Unit } from './row.ts';
import { type Summary, summarise } from './summary.ts';

/** One run; gives its figure in the unit of the comparison. */
export type Once = () => Promise<number>;

export type Peer =
    | { readonly name: string; readonly goal?: number; readonly once: Once }
    | { readonly name: string; readonly goal?: number; readonly missing: string };

export interface Comparison {
    readonly what: string;
    readonly unit: Unit;
    readonly rounds: number;
    /** Rounds before the first that counts: they fill the caches of the system. */
    readonly warmUps?: number;
    readonly ours: Once;
    readonly peers?: readonly Peer[];
}

/** One row for each peer, or a single one when there is none to compare with. */
export async function compare({
    what,
    unit,
    rounds,
    warmUps = 0,
    ours,
    peers = [],
}: Comparison): Promise<readonly Row[]> {
    const present = peers.flatMap((peer) => ('once' in peer ? [peer] : []));
    const samples = await inRounds([...present.map(({ once }) => once), ours], rounds, warmUps);
    const own = samples.at(-1) ?? [];
    const missing = peers.flatMap((peer): Row[] =>
        'once' in peer ? [] : [{ kind: 'not-measured', what, peer: peer.name, reason: peer.missing, ...goalOf(peer) }],
    );
    if (present.length === 0) return [{ kind: 'sole', what, unit, ours: summarise(own) }, ...missing];
    const compared = present.map((peer, at): Row => {
        const theirs = samples[at] ?? [];
        const ratio = ratioOf(own, theirs);
        return {
            kind: 'compared',
            what,
            unit,
            ours: summarise(own),
            peer: peer.name,
            theirs: summarise(theirs),
            ratio,
            ...goalOf(peer),
        };
    });
    return [...compared, ...missing];
}

async function inRounds(contestants: readonly Once[], rounds: number, warmUps: number): Promise<readonly number[][]> {
    const samples = contestants.map((): number[] => []);
    for (let round = -warmUps; round < rounds; round++) {
        for (const [at, once] of contestants.entries()) {
            const figure = await once();
            if (round >= 0) samples[at]?.push(figure);
        }
    }
    return samples;
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): Summary {
    return summarise(ours.map((own, round) => own / (theirs[round] ?? NaN)));
}

function goalOf({ goal }: Peer): { readonly goal?: number } {
    return goal === undefined ? {} : { goal };
}
