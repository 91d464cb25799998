// What Cargo.lock says of a repository: `git+URL?branch=next#COMMIT`.

export interface GitSource {
    readonly url: string;
    /** `branch=…`, `tag=…` or `rev=…`; undefined for the repository's own branch. */
    readonly reference: string | undefined;
    /** Full hash; empty in texts that leave it out. */
    readonly commit: string;
}

export function parseGitSource(source: string | undefined): GitSource | undefined {
    const match = /^git\+([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(source ?? '');
    if (match === null) return undefined;
    const [, url = '', query, commit = ''] = match;
    return { url, reference: query === undefined ? undefined : decodeQuery(query), commit };
}

/** Format 4 encodes values; older ones do not, and may hold a lone `%`. */
function decodeQuery(query: string): string {
    try {
        return decodeURIComponent(query.replaceAll('+', ' '));
    } catch {
        return query;
    }
}
