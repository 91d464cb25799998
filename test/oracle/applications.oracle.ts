// Real applications: our unit graph against Cargo's, in the profiles and for the targets that people build.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { applications, fetchApplication } from './applications.ts';
import { type GraphRequest, plainRequest } from './cargo-graph.ts';
import { check, inPairs, newTally, summary } from './check.ts';

const triple = 'x86_64-unknown-linux-gnu';
const requests: readonly GraphRequest[] = [
    plainRequest,
    { ...plainRequest, profile: 'release' },
    { ...plainRequest, target: triple },
    { ...plainRequest, allTargets: true },
    { ...plainRequest, profile: 'release', target: triple, allTargets: true },
    { ...plainRequest, allFeatures: true, target: triple },
    { ...plainRequest, noDefaultFeatures: true, profile: 'release' },
];

const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
const total = newTally();

afterAll(async () => {
    console.log(summary('applications', total));
    await deleteTree(below);
});

test.each(applications)('$name $version', async ({ name, version, units }) => {
    const place = { label: name, ...(await fetchApplication({ name, version }, path.join(below, name))) };
    const tally = newTally();
    const plain = newTally();
    await check(place, plainRequest, plain);
    expect(plain.units, 'the table of applications').toBe(units);
    await inPairs(requests, (request) => check(place, request, tally));
    for (const key of ['graphs', 'units', 'equal', 'refused', 'refusedByBoth'] as const) total[key] += tally[key];
    expect(tally.differences.join('\n\n')).toBe('');
    // Features of other systems and missing crates: Cargo refuses some, never the ordinary ones.
    expect(tally.graphs).toBeGreaterThanOrEqual(5);
});
