import type { PrivateApt } from './private-apt.ts';

/** Where the suites of a private apt come from; each ends with a slash. */
export async function repositoryUris(apt: PrivateApt): Promise<readonly string[]> {
    const answer = await apt.run('apt-get', [
        'indextargets',
        '--no-release-info',
        '--format',
        '$(REPO_URI)',
        'Created-By: Packages',
    ]);
    const uris = answer.stdout.toString().split('\n');
    return [...new Set(uris.filter((uri) => uri !== '').map((uri) => (uri.endsWith('/') ? uri : `${uri}/`)))];
}
