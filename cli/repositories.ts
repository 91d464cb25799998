// Repositories that a lock file names: each is one source, whatever packages of it are used.
import { type GitSource, parseGitSource } from '../compiler/cargo/git-source.ts';
import type { LockedPackage } from '../compiler/cargo/lock-file.ts';
import { repositoryFolder } from '../compiler/lower/unit-places.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { type Result, success } from '../runtime/result.ts';

export interface Repository {
    /** Where sandboxes have it. */
    readonly at: string;
    /** Where it lies on this machine. */
    readonly folder: string;
    readonly source: Source;
}

/** Gives a commit's tree, which is pinned from then on. */
export type PinCommit = (url: string, commit: string) => Promise<Result<string, Failure>>;

export async function lockedRepositories(
    lock: readonly LockedPackage[],
    pin: PinCommit,
    fetching: FetchContext,
): Promise<Result<readonly Repository[], Failure>> {
    const repositories: Repository[] = [];
    for (const { url, commit } of distinct(lock)) {
        const tree = await pin(url, commit);
        if (!tree.ok) return tree;
        const source: Source = { type: 'git', url, commit, tree: tree.value };
        const fetched = await fetchSource(source, fetching);
        if (!fetched.ok) return fetched;
        const at = repositoryFolder({ url, commit });
        repositories.push({ at, folder: fetching.store.objectPath(fetched.value), source });
    }
    return success(repositories);
}

/** Branches and tags are names for commits; two of them may be one. */
function distinct(lock: readonly LockedPackage[]): readonly GitSource[] {
    const sources = lock.flatMap(({ source }) => parseGitSource(source) ?? []);
    return [...new Map(sources.map((source) => [repositoryFolder(source), source])).values()];
}
