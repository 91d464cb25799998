// A commit of a repository, without its history. Git's own hashes pin nothing here: the tree digest does.
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { failure, type Result, success } from '../result.ts';
import { guarded, refuse } from '../store/guard.ts';
import type { FetchContext } from './context.ts';
import { complaint, type Git, runGit, startGit } from './git-program.ts';
import { withoutCredentials } from './credentials.ts';
import { treeOfCommit } from './git-tree.ts';
import { absoluteUrl, transportOf } from './git-url.ts';
import { inScratch } from './scratch.ts';

type GitSource = Source & { readonly type: 'git' };

/** The pinned tree, from the store or from the repository. */
export async function fetchGit(source: GitSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const { url, commit, tree } = source;
    const pinned = tree as TreeDigest;
    if (context.store.hasObject(pinned)) return success(pinned);
    const actual = await resolveGit(url, commit, context);
    if (!actual.ok || actual.value === tree) return actual;
    return failure({ kind: 'hash-mismatch', what: titleOf(url, commit), expected: tree, actual: actual.value });
}

/** The tree of a commit, for locking it. The commit is a full hash. */
export async function resolveGit(
    url: string,
    commit: string,
    context: FetchContext,
): Promise<Result<TreeDigest, Failure>> {
    const what = titleOf(url, commit);
    const address = absoluteUrl(url, context.baseDir);
    const transport = transportOf(address);
    if (transport === 'helper') {
        return failure({
            kind: 'unreachable',
            what,
            cause: 'only https, http, ssh, git and local repositories are fetched',
        });
    }
    if (context.offline && transport !== 'file') return failure({ kind: 'offline', what });
    const { store } = context;
    return await guarded(() =>
        inScratch(store, 'git', async (folder) => {
            const git = demand(await startGit(folder, commit.length === 64 ? 'sha256' : 'sha1', context));
            context.report(`fetching ${what}`);
            await bringCommit(git, await allowedProtocols(git, address, what, context.offline), {
                url: address,
                commit,
                what,
            });
            return demand(await store.writeTree(await treeOfCommit(git, commit, folder, what), what));
        }),
    );
}

function titleOf(url: string, commit: string): string {
    return `commit ${commit} of ${withoutCredentials(url)}`;
}

interface Wanted {
    readonly url: string;
    readonly commit: string;
    readonly what: string;
}

/** Only the commit where the server allows that, otherwise all branches and tags. */
async function bringCommit(git: Git, protocols: readonly string[], { url, commit, what }: Wanted): Promise<void> {
    const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    const exact = await runGit(git, [...fetch, '--depth=1', '--', url, commit], protocols);
    if (exact.exitCode === 0) return;
    if (exact.stderr.includes('not our ref')) {
        refuse({ kind: 'unreachable', what, cause: 'the repository does not have this commit (any more)' });
    }
    if (!refusesSingleCommits.test(exact.stderr)) refuse({ kind: 'unreachable', what, cause: complaint(exact) });
    const everything = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    const all = await runGit(git, [...fetch, '--', url, ...everything], protocols);
    if (all.exitCode !== 0) refuse({ kind: 'unreachable', what, cause: complaint(all) });
    const known = await runGit(git, ['cat-file', '-e', `${commit}^{commit}`]);
    if (known.exitCode !== 0) {
        refuse({ kind: 'unreachable', what, cause: 'no branch or tag of the repository contains this commit' });
    }
}

const refusesSingleCommits = /unadvertised object|does not support shallow|does not support --depth/;

/** The user's configuration may put another url in place of this one; that url's transport is the one to allow. */
async function allowedProtocols(git: Git, url: string, what: string, offline: boolean): Promise<readonly string[]> {
    const asked = await runGit(git, ['ls-remote', '--get-url', '--', url]);
    const effective = transportOf(asked.stdout.toString().trim());
    if (asked.exitCode !== 0 || effective === 'helper') {
        const cause = 'the git configuration replaces its url by one that rpkg does not use';
        return refuse({ kind: 'unreachable', what, cause });
    }
    if (!offline) return [...new Set([effective, 'https', 'ssh'])];
    return effective === 'file' ? [effective] : refuse({ kind: 'offline', what });
}
