// What a benchmark makes of its samples: rounds, ratios, goals, and what is said when a peer is missing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, type Peer } from '../../bench/support/compare.ts';
import { renderTable } from '../../bench/support/render.ts';
import { isGood, type Row } from '../../bench/support/row.ts';
import { summarise } from '../../bench/support/summary.ts';

/** A contestant that takes the given figures, and notes its turns. */
function scripted(turns: string[], name: string, figures: readonly number[]): () => Promise<number> {
    const rest = figures.values();
    return () => {
        turns.push(name);
        return Promise.resolve(rest.next().value ?? NaN);
    };
}

function measured(peers: readonly Peer<number>[], ours: () => Promise<number>, goals: Record<string, number>) {
    const figures = [{ what: 'work', unit: 'ms', of: Number, goals }] as const;
    return compare({ rounds: 2, warmUps: 1, ours, peers, figures });
}

test('in every round each contestant runs once, and warm-ups do not count', async () => {
    const turns: string[] = [];
    const peer = { name: 'peer', once: scripted(turns, 'peer', [1000, 10, 100]) };
    const rows = await measured([peer], scripted(turns, 'rpkg', [5000, 5, 200]), { peer: 1 });
    expect(turns).toEqual(['peer', 'rpkg', 'peer', 'rpkg', 'peer', 'rpkg']);
    expect(rows).toMatchObject([
        { kind: 'compared', goal: 1, ours: { samples: [5, 200] }, theirs: { samples: [10, 100] } },
    ]);
    // Within the rounds: 0.5 and 2.
    expect(rows).toMatchObject([{ ratio: { samples: [0.5, 2], median: 1.25 } }]);
    expect(rows.every(isGood)).toBe(false);
});

test('a missing peer is told, and its goal is not met', async () => {
    const peers = [{ name: 'nix', missing: 'apt install nix-bin' }];
    const rows = await measured(peers, scripted([], 'rpkg', [1, 2, 3]), { nix: 0.3 });
    expect(rows.map(({ kind }) => kind)).toEqual(['sole', 'not-measured']);
    expect(rows.every(isGood)).toBe(false);
    expect(renderTable('title', rows)).toContain('NOT MEASURED: nix: apt install nix-bin\n');
});

test.each<[string, number | undefined, string]>([
    ['met', 2, '0.50  ≤ 2.0 met'],
    ['missed', 0.3, '0.50  ≤ 0.3 MISSED'],
    ['for information', undefined, '0.50\n'],
])('a goal that is %s', (_, goal, text) => {
    const row: Row = {
        ...{ kind: 'compared', what: 'work', unit: 'ms', peer: 'peer' },
        ...{ ours: summarise([5]), theirs: summarise([10]), ratio: summarise([0.5]) },
        ...(goal === undefined ? {} : { goal }),
    };
    expect(renderTable('title', [row])).toContain(text);
});

test('quartiles enclose the median, and all of them lie among the samples', () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
        fc.property(samples, (values) => {
            const { low, median, high } = summarise(values);
            const ordered = [Math.min(...values), low, median, high, Math.max(...values)];
            for (const [at, value] of ordered.entries())
                expect(value).toBeGreaterThanOrEqual((ordered[at - 1] ?? 0) - 1e-6);
        }),
    );
});
