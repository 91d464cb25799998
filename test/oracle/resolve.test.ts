// Versions that we choose from a folder of crates against those that Cargo chose from it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
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
