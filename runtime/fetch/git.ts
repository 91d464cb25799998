// A commit of a repository, without its history. Git's own hashes pin nothing here: the tree digest does.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { failure, type Result, success } from '../result.ts';
import { guarded, refuse } from '../store/guard.ts';
import type { FetchContext } from './context.ts';
import { listCommit, readObjects } from './git-objects.ts';
import { complaint, type Git, runGit, startGit } from './git-program.ts';
import { absoluteUrl, transportOf } from './git-url.ts';

type GitSource = Source & { readonly type: 'git' };

/** The pinned tree, from the store or from the repository. */
export async function fetchGit(source: GitSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const { url, commit, tree } = source;
    const pinned = tree as TreeDigest;
    if (await context.store.hasObject(pinned)) return success(pinned);
    const actual = await resolveGit(url, commit, context);
    if (!actual.ok || actual.value === tree) return actual;
    return failure({ kind: 'hash-mismatch', what: `commit ${commit} of ${url}`, expected: tree, actual: actual.value });
}

/** The tree of a commit, for locking it. The commit is a full hash. */
export async function resolveGit(
    url: string,
    commit: string,
    context: FetchContext,
): Promise<Result<TreeDigest, Failure>> {
    const what = `commit ${commit} of ${url}`;
    const address = absoluteUrl(url, context.baseDir);
    const transport = transportOf(address);
    if (transport === 'helper') {
        return failure({ kind: 'unreachable', what, cause: 'only https, http, ssh, git and local repositories are fetched' });
    }
    if (context.offline && transport !== 'file') return failure({ kind: 'offline', what });
    return await guarded(async () => {
        await using folder = await context.store.temporary('git');
        const git = await startGit(folder.path, commit.length === 64 ? 'sha256' : 'sha1', context);
        if (!git.ok) return refuse(git.failure);
        context.report(`fetching ${what}`);
        await bringCommit(git.value, address, commit, what);
        return await storeCommit(git.value, commit, what, context);
    });
}
