// Whether a locked package comes from where a dependency is declared to come from.
import { parseGitSource } from './git-source.ts';
import type { DependencySource } from './package.ts';

/** 0: it does not. 1: it may, through another registry, another spelling of the reference, or `[patch]`. 2: it does. */
export function sourceFit({
    from,
    parent,
    source,
    isPatched,
}: {
    from: DependencySource;
    /** Source of the dependent. */
    parent: string | undefined;
    source: string | undefined;
    isPatched: boolean;
}): 0 | 1 | 2 {
    const otherwise = isPatched ? 1 : 0;
    switch (from.type) {
        case 'path':
            // In a repository, paths lead to packages of the same commit.
            return source === parent ? 2 : otherwise;
        case 'git': {
            const git = parseGitSource(source);
            if (git === undefined || canonicalUrl(git.url) !== canonicalUrl(from.url)) return otherwise;
            return git.reference === from.reference ? 2 : 1;
        }
        case 'registry': {
            if (source === undefined || source.startsWith('git+')) return otherwise;
            const isExact = from.registry === undefined ? source === parent : source.endsWith(from.registry);
            // Names of registries are settings of whoever runs Cargo, so any registry may be the one.
            return isExact ? 2 : 1;
        }
    }
}

/** Spellings that Cargo takes for the same repository. */
function canonicalUrl(url: string): string {
    const bare = url.replace(/[?#].*$/, '').replace(/\/$/, '');
    const folded = /^[a-z+]+:\/\/(?:[^/@]*@)?github\.com\//i.test(bare) ? bare.toLowerCase() : bare;
    return folded.replace(/\.git$/, '');
}
