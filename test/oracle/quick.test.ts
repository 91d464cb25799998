// A few of the workspaces that `npm run test:oracle` compares by the hundred.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { newTally } from './check.ts';
import { checkSeeds } from './seeds.ts';

test('unit graphs of a dozen made-up workspaces are those of Cargo', async () => {
    const below = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-oracle-'));
    const tally = newTally();
    const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
    try {
        expect(await checkSeeds(seeds, below, tally)).toBeLessThan(3);
    } finally {
        await deleteTree(below);
    }
    expect(tally.differences.join('\n\n')).toBe('');
    expect(tally.equal).toBe(tally.graphs);
    expect(tally.graphs).toBeGreaterThan(40);
});
