// Pinned bytes from the first of several places that has them. Only bytes with the right hash are ever published.
import { setTimeout as pause } from 'node:timers/promises';
import type { Hash } from '../../compiler/plan/digest.ts';
import type { Failure } from '../failure.ts';
import { failure, type Result, success } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { guarded } from '../store/guard.ts';
import { checkedBytes } from './checked-bytes.ts';
import { defaultLimits, type FetchContext } from './context.ts';
import { withoutCredentials } from './credentials.ts';
import { debianScheme, debianUrls } from './debian-archive.ts';
import { getFile } from './http.ts';

export interface Pinned {
    readonly urls: readonly string[];
    readonly hash: string;
}

/** Path of the blob. A place with other bytes does not keep the next one from being tried. */
export async function download(pinned: Pinned, context: FetchContext): Promise<Result<string, Failure>> {
    const hash = pinned.hash as Hash;
    const path = context.store.blobPath(hash);
    if (await isIntact(path, hash)) return success(path);
    let problem: Failure = { kind: 'unreachable', what: hash, cause: 'the source names no url' };
    for (const text of pinned.urls) {
        const places = await placesOf(text, context);
        if (!places.ok) problem = worse(problem, places.failure);
        for (const url of places.ok ? places.value : []) {
            const tried = await tryUrl(url, hash, context);
            if (tried.ok) return success(path);
            problem = worse(problem, tried.failure);
        }
    }
    return failure(problem);
}

/** One url may stand for the same file at several places. */
async function placesOf(text: string, context: FetchContext): Promise<Result<readonly URL[], Failure>> {
    const url = URL.parse(text);
    if (url === null) return failure(unreadable(withoutCredentials(text)));
    if (url.protocol !== debianScheme) return success([url]);
    if (context.offline) return failure({ kind: 'offline', what: text });
    return await debianUrls(url, context.environment, context.signal);
}

/** What was downloaded earlier is looked at again: anybody may have changed it since. */
async function isIntact(path: string, hash: Hash): Promise<boolean> {
    const actual = await guarded(() => hashFile(path));
    return actual.ok && actual.value === hash;
}

function unreadable(what: string): Failure {
    return { kind: 'unreachable', what, cause: 'not a url' };
}

/** Wrong bytes say more than no bytes, and so does not having been allowed to look. */
function worse(first: Failure, second: Failure): Failure {
    const rank = ['unreachable', 'missing-tool', 'offline', 'hash-mismatch'];
    return rank.indexOf(second.kind) >= rank.indexOf(first.kind) ? second : first;
}

async function tryUrl(url: URL, hash: Hash, context: FetchContext): Promise<Result<Hash, Failure>> {
    const what = withoutCredentials(url.href);
    if (!['https:', 'http:', 'file:'].includes(url.protocol)) {
        return failure({ kind: 'unreachable', what, cause: 'only https, http, file and debian urls are fetched' });
    }
    if (context.offline && url.protocol !== 'file:') return failure({ kind: 'offline', what });
    context.report(`downloading ${what}`);
    const limits = { ...defaultLimits, ...context.limits };
    const request = { url, limits, environment: context.environment, signal: context.signal };
    const take = (bytes: AsyncIterable<Buffer>): Promise<Result<Hash, Failure>> =>
        context.store.putBlob(checkedBytes(bytes, hash, what));
    for (let attempt = 1; ; attempt++) {
        const got = await getFile(request, take);
        if (got.ok) return got.value;
        const { cause, temporary } = got.failure;
        if (!temporary || attempt === attempts) return failure({ kind: 'unreachable', what, cause });
        context.report(`${what}: ${cause}; trying once more`);
        await pause(limits.pauseMs);
    }
}

/** A server that is busy, or a connection that broke, gets a second chance. */
const attempts = 2;
