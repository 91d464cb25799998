// Workspaces made up from seeds: our unit graph against Cargo's. ORACLE_SEEDS=FROM-TO asks for other seeds;
// `node test/oracle/one-seed.ts SEED FOLDER` writes one and keeps it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { newTally, summary } from './check.ts';
import { checkSeeds } from './seeds.ts';

const [from = 1000, to = 1280] = (process.env['ORACLE_SEEDS'] ?? '').split('-').filter(Boolean).map(Number);
const perTest = 20;
const chunks = Array.from({ length: Math.ceil((to - from) / perTest) }, (_, index) => ({
    first: from + index * perTest,
    last: Math.min(to, from + (index + 1) * perTest) - 1,
}));

const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
const total = newTally();
let workspaces = 0;
let refusedWorkspaces = 0;

afterAll(async () => {
    console.log(summary(`${workspaces} workspaces (${refusedWorkspaces} refused by Cargo)`, total));
    await deleteTree(below);
});

test.each(chunks)('seeds $first to $last', async ({ first, last }) => {
    const tally = newTally();
    const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const refused = await checkSeeds(seeds, below, tally);
    workspaces += seeds.length;
    refusedWorkspaces += refused;
    for (const key of ['graphs', 'units', 'equal', 'refused', 'refusedByBoth'] as const) total[key] += tally[key];
    expect(tally.differences.join('\n\n')).toBe('');
});

test('Cargo accepts nearly all of them', () => {
    expect(refusedWorkspaces / workspaces).toBeLessThan(0.1);
    expect(total.refused / (total.refused + total.graphs)).toBeLessThan(0.1);
});
