// One file from one url, exactly as the server sends it: `fetch` would undo a Content-Encoding, which servers also put on
// archives, and then no pinned hash could match. Knows nothing of which bytes are wanted.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Agent as HttpAgent } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type Hash, hashOf } from '../../compiler/plan/digest.ts';
import { failure, type Result, success } from '../result.ts';
import type { DownloadLimits } from './context.ts';

export interface Download {
    readonly url: URL;
    /** A file that does not exist yet. */
    readonly into: string;
    readonly limits: DownloadLimits;
    readonly environment: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
}

export interface Refusal {
    readonly cause: string;
    /** The same question may get another answer in a moment. */
    readonly temporary: boolean;
}

const redirectLimit = 10;
const redirects = new Set([301, 302, 303, 307, 308]);
const temporaryStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Writes the file and gives the hash of what was written. */
export async function getFile(download: Download): Promise<Result<Hash, Refusal>> {
    const watchdog = startWatchdog(download);
    try {
        if (download.url.protocol === 'file:') return await copyLocal(download, watchdog);
        const response = await openUrl(download, watchdog.signal);
        if (!response.ok) return response;
        const { headers } = response.value;
        if (Number(headers['content-length'] ?? 0) > download.limits.bytes) {
            response.value.destroy();
            return refuse(`the file is larger than ${download.limits.bytes} bytes`);
        }
        return success(await save(response.value, download, watchdog));
    } catch (error) {
        const reason: unknown = watchdog.signal.aborted ? watchdog.signal.reason : error;
        return refuse(causeOf(reason), !watchdog.signal.aborted);
    } finally {
        watchdog.stop();
    }
}

/** Follows redirects, but never to where the bytes could be read or written on the way. */
async function openUrl(download: Download, signal: AbortSignal): Promise<Result<IncomingMessage, Refusal>> {
    let { url } = download;
    for (let hop = 0; hop <= redirectLimit; hop++) {
        const response = await ask(url, download.environment, signal);
        const { statusCode = 0, headers } = response;
        if (statusCode === 200) return success(response);
        response.destroy();
        if (!redirects.has(statusCode) || headers.location === undefined) {
            return refuse(`the server answered ${statusCode} ${response.statusMessage ?? ''}`.trim(), temporaryStatus.has(statusCode));
        }
        const next = URL.parse(headers.location, url);
        if (next === null) return refuse('the server redirects to something that is no url');
        const allowed = next.protocol === 'https:' || (isLoopback(download.url) && isLoopback(next));
        if (!allowed) return refuse(`the server redirects to ${showUrl(next)}, which is not https`);
        // Credentials stay with the place they were given for.
        next.username = '';
        next.password = '';
        url = next;
    }
    return refuse(`the server redirects more than ${redirectLimit} times`);
}

function isLoopback(url: URL): boolean {
    return url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

/** A url without user and password. */
export function showUrl(url: URL): string {
    const shown = new URL(url);
    shown.username = '';
    shown.password = '';
    return shown.href;
}

function ask(url: URL, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<IncomingMessage> {
    const options: RequestOptions = {
        signal,
        headers: { 'user-agent': 'rpkg', accept: '*/*', 'accept-encoding': 'identity' },
    };
    return new Promise((resolve, reject) => {
        // Proxies are a matter of the user's environment; the system's certificates are those that git and cargo use.
        const request =
            url.protocol === 'https:'
                ? requestHttps(url, { ...options, agent: new HttpsAgent({ proxyEnv: environment, ca: certificates() }) })
                : requestHttp(url, { ...options, agent: new HttpAgent({ proxyEnv: environment }) });
        request.on('response', resolve);
        request.on('error', reject);
        request.end();
    });
}

function certificates(): string[] {
    return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

async function copyLocal(download: Download, watchdog: Watchdog): Promise<Result<Hash, Refusal>> {
    const path = fileURLToPath(download.url);
    if (!(await stat(path)).isFile()) return refuse('not a regular file');
    return success(await save(createReadStream(path), download, watchdog));
}

async function save(source: Readable, download: Download, watchdog: Watchdog): Promise<Hash> {
    const hash = createHash('sha256');
    let bytes = 0;
    const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
            watchdog.feed();
            bytes += chunk.length;
            if (bytes > download.limits.bytes) throw new Error(`the file is larger than ${download.limits.bytes} bytes`);
            hash.update(chunk);
            yield chunk;
        }
    };
    await pipeline(source, count, createWriteStream(download.into, { flags: 'wx', mode: 0o600 }), { signal: watchdog.signal });
    return hashOf(hash.digest('hex'));
}

interface Watchdog {
    readonly signal: AbortSignal;
    readonly feed: () => void;
    readonly stop: () => void;
}

/** Ends a download that stands still, takes for ever, or is not wanted any more. */
function startWatchdog({ limits, signal }: Download): Watchdog {
    const control = new AbortController();
    const end = (cause: string) => (): void => control.abort(new Error(cause));
    const total = setTimeout(end(`not finished after ${limits.totalMs / 1000} s`), limits.totalMs);
    const stall = setTimeout(end(`nothing came for ${limits.stallMs / 1000} s`), limits.stallMs);
    const interrupt = end('interrupted');
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted === true) interrupt();
    return {
        signal: control.signal,
        feed: () => stall.refresh(),
        stop: () => {
            clearTimeout(total);
            clearTimeout(stall);
            signal?.removeEventListener('abort', interrupt);
        },
    };
}

function refuse(cause: string, temporary = false): { readonly ok: false; readonly failure: Refusal } {
    return failure({ cause, temporary });
}

/** Node hides the reason for a connection that failed in `errors` when it tried several addresses. */
function causeOf(error: unknown): string {
    if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
    if (!(error instanceof Error)) return String(error);
    return error.message === 'aborted' ? 'the connection broke before the end of the file' : error.message;
}
