import * as path from 'node:path';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { check, inPairs, type Tally } from './check.ts';
import { generateWorkspace } from './generate.ts';

/**
 * Compares all requests of the seeds' workspaces; gives how many workspaces Cargo refused. With `resolve`, we choose the
 * versions ourselves where Cargo takes those that it chose before.
 */
export async function checkSeeds(
    seeds: readonly number[],
    below: string,
    tally: Tally,
    resolve = false,
): Promise<number> {
    let refused = 0;
    await inPairs(seeds, async (seed) => {
        const tree = path.join(below, String(seed));
        const made = await generateWorkspace(seed, tree);
        if (made === undefined) refused++;
        else
            for (const request of made.requests)
                await check({ label: `seed ${seed}`, ...made, resolve }, request, tally);
        await deleteTree(tree);
    });
    return refused;
}
