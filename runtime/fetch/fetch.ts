// Brings pinned sources into the store. The only part of rpkg that uses the network; it runs no code of any package,
// and what it gives is exactly what was pinned, or a failure.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { type Result, success } from '../result.ts';
import { guarded } from '../store/guard.ts';
import { fetchArchive } from './archive.ts';
import type { FetchContext } from './context.ts';
import { fetchCrate } from './crate.ts';
import { fetchDebian } from '../rootfs/debian.ts';
import { fetchImage } from '../rootfs/image.ts';
import { fetchFile } from './file.ts';
import { fetchGit } from './git.ts';
import { fetchLocal } from './local.ts';
import { recordedTree, recordTree } from './recorded.ts';

/** One way to fetch for each type of source. Sources named by the hash of their bytes alone are fetched once. */
const fetchers: { readonly [Type in Source['type']]: Fetcher<Type> } = {
    archive: (source, context) => once(source, context, fetchArchive),
    crate: fetchCrate,
    debian: fetchDebian,
    file: (source, context) => once(source, context, fetchFile),
    git: fetchGit,
    image: fetchImage,
    local: fetchLocal,
};

type Fetcher<Type extends Source['type']> = (
    source: Source & { readonly type: Type },
    context: FetchContext,
) => Promise<Result<TreeDigest, Failure>>;

/** The source's tree, which is in the store afterwards. */
export async function fetchSource(source: Source, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const fetcher = fetchers[source.type] as Fetcher<Source['type']>;
    return await fetcher(source, context);
}

async function once<Pinned extends Source>(
    source: Pinned,
    context: FetchContext,
    bring: (source: Pinned, context: FetchContext) => Promise<Result<TreeDigest, Failure>>,
): Promise<Result<TreeDigest, Failure>> {
    const known = recordedTree(context.store, source);
    if (known !== undefined) return success(known);
    return await guarded(async () => {
        const tree = demand(await bring(source, context));
        await recordTree(context.store, source, tree);
        return tree;
    });
}
