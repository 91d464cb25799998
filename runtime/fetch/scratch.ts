import { demand } from '../host/demand.ts';
import { removeTree } from '../store/remove-tree.ts';
import type { Store } from '../store/store.ts';

/** Runs work that needs a private folder on the store's file system, and removes the folder afterwards. */
export async function inScratch<Value>(
    store: Store,
    prefix: string,
    work: (folder: string) => Promise<Value>,
): Promise<Value> {
    const folder = demand(await store.temporary(prefix));
    try {
        return await work(folder);
    } finally {
        // What cannot be removed now goes with the store's other temporary files.
        await removeTree(folder);
    }
}
