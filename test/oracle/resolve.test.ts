// Versions that we choose from a folder of crates against those that Cargo chose from it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { debianCrates } from '../support/debian-crates.ts';
import { cargoEnvironment, plainRequest, runCargo } from './cargo-graph.ts';
import { compareGraphs, describeComparison } from './compare.ts';
import type { GraphJson } from './unit-json.ts';
import { planFolder } from './plan-folder.ts';
import { newTally } from './check.ts';
import { checkSeeds } from './seeds.ts';

test('without a lock file, unit graphs of made-up workspaces are those of Cargo', async () => {
    const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
    const tally = newTally();
    const seeds = Array.from({ length: 12 }, (_, index) => index + 101);
    try {
        await checkSeeds(seeds, below, tally, true);
    } finally {
        await deleteTree(below);
    }
    expect(tally.differences.join('\n\n')).toBe('');
    expect(tally.equal).toBe(tally.graphs);
    expect(tally.graphs).toBeGreaterThan(40);
});

const debian = debianCrates("versions of Debian's crates");

test.skipIf(debian === undefined)("of Debian's crates, just is made of the versions that Cargo takes", async () => {
    const { folder: crates, just } = debian ?? { folder: '', just: '' };
    const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
    const folder = path.join(below, 'just');
    try {
        fs.cpSync(`${crates}/just-${just}`, folder, { recursive: true });
        const source = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = ${JSON.stringify(crates)}\n`;
        fs.mkdirSync(`${folder}/.cargo`);
        fs.writeFileSync(`${folder}/.cargo/config.toml`, source);
        const ours = await planFolder({
            ...plainRequest,
            profile: 'release',
            folder,
            resolve: true,
            environment: cargoEnvironment(),
        });
        expect(ours.problems).toEqual([]);
        const options = ['--release', '--offline', '--unit-graph', '-Zunstable-options', '-Zavoid-dev-deps'];
        const theirs = await runCargo(folder, ['build', ...options]);
        expect(theirs.status, theirs.stderr).toBe(0);
        const comparison = compareGraphs(ours.json ?? {}, JSON.parse(theirs.stdout) as GraphJson);
        expect(comparison.equal ? '' : describeComparison(comparison)).toBe('');
    } finally {
        await deleteTree(below);
    }
});
