// The sandbox's /etc, kept in the store between runs: making it anew means some hundred links, longer than many an action.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { hashJson } from '../../compiler/plan/canonical.ts';
import { etcFiles } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { looksOf } from '../host/look.ts';
import { type Result, success } from '../result.ts';
import { guarded } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import { etcFromHost, type HostRoot, hostRoot, prepareEtc } from './host-root.ts';

/** The host's folders with an /etc that is made again when one of the things it is copied from looks different. */
export async function keptHostRoot(store: Store): Promise<Result<HostRoot, Failure>> {
    const looks = looksOf(etcFromHost.map((name) => `follow /etc/${name}`));
    const kept = join(store.root, 'etc', hashJson([looks, etcFiles]).slice('sha256:'.length));
    if (existsSync(kept)) return success(hostRoot(kept));
    const folder = await store.temporary('etc');
    if (!folder.ok) return folder;
    const fresh = join(folder.value, 'etc');
    const prepared = await prepareEtc(fresh);
    if (!prepared.ok) return prepared;
    return await guarded(() => {
        mkdirSync(join(store.root, 'etc'), { recursive: true });
        try {
            renameSync(fresh, kept);
        } catch {
            // Another process was faster, or the folder may not be moved: the fresh one serves as well.
        }
        return hostRoot(existsSync(kept) ? kept : fresh);
    });
}
