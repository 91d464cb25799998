// Where things lie in the sandbox while units are built: the same places whoever builds them, and whatever for.
import type { GitSource } from '../cargo/git-source.ts';
import type { PackageId } from '../cargo/package.ts';

const sourcesFolder = '/rpkg/src';

/** The main source of an application. */
export const workspaceFolder = `${sourcesFolder}/workspace`;

/** A crate of a registry. */
export function crateFolder({ name, version }: Pick<PackageId, 'name' | 'version'>): string {
    return `${sourcesFolder}/${name}-${version}`;
}

/** A repository at a commit, with all packages that it holds. */
export function repositoryFolder({ url, commit }: Pick<GitSource, 'url' | 'commit'>): string {
    const [, last = ''] = /([^/:]*?)(?:\.git)?\/*$/.exec(url) ?? [];
    const name = last.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[^A-Za-z0-9]+/, '');
    return `${sourcesFolder}/${name === '' ? 'repository' : name}-${commit.slice(0, 12)}`;
}

/** Fixed places of unit actions. */
export const unitPlaces = {
    cargo: '/rpkg/cargo',
    crates: '/rpkg/deps',
    directives: '/rpkg/directives',
    link: '/rpkg/lib',
    metadata: '/rpkg/meta',
    out: '/rpkg/out',
    own: '/rpkg/own',
    program: '/rpkg/program',
    programs: '/rpkg/programs',
    scratch: '/rpkg/build',
    script: '/rpkg/script',
    scriptMetadata: '/rpkg/script-meta',
    search: '/rpkg/search',
    std: '/rpkg/std',
} as const;
