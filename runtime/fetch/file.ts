// One pinned file in a tree of its own.
import { constants } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import type { Result } from '../result.ts';
import { guarded } from '../store/guard.ts';
import { emptyDirectory } from '../store/tree.ts';
import { type PendingTree, place } from '../store/write-tree.ts';
import type { FetchContext } from './context.ts';
import { download } from './download.ts';
import { inScratch } from './scratch.ts';

type FileSource = Source & { readonly type: 'file' };

export async function fetchFile(source: FileSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const { store } = context;
    return await guarded(async () => {
        const blob = demand(await download(source, context));
        return await inScratch(store, 'file', async (folder) => {
            const path = join(folder, 'file');
            await copyFile(blob, path, constants.COPYFILE_FICLONE);
            const { size } = await stat(path);
            const hex = source.hash.slice('sha256:'.length);
            const tree: PendingTree = emptyDirectory();
            place(source.name, tree, source.name, {
                kind: 'file' as const,
                digest: { hex, size },
                executable: source.executable,
                source: { kind: 'own-file' as const, path },
            });
            return demand(await store.writeTree(tree, source.name));
        });
    });
}
