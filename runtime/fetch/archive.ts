// A pinned archive, unpacked.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { importArchive } from '../archive/read-archive.ts';
import { demand } from '../host/demand.ts';
import type { Result } from '../result.ts';
import { guarded } from '../store/guard.ts';
import type { FetchContext } from './context.ts';
import { withoutCredentials } from './credentials.ts';
import { download } from './download.ts';

type ArchiveSource = Source & { readonly type: 'archive' };

export async function fetchArchive(source: ArchiveSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const { store } = context;
    const what = withoutCredentials(source.urls[0] ?? source.hash);
    return await guarded(async () => {
        const blob = demand(await download(source, context));
        return demand(await importArchive(store, blob, { what, strip: source.strip }));
    });
}
