// A tree of the store as an ordinary folder of the user's.
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Failure } from '../runtime/failure.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import type { Store } from '../runtime/store/store.ts';

/** Copies the tree to a path where nothing is yet; folders above it are made. */
export async function exportTree(store: Store, tree: TreeDigest, path: string): Promise<Result<void, Failure>> {
    try {
        mkdirSync(dirname(path), { recursive: true });
        const copied = await store.materialise(tree, path);
        if (!copied.ok) return copied;
        chmodSync(path, 0o755);
        return success(undefined);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        return failure({ kind: 'system', code, operation: 'write', path });
    }
}
