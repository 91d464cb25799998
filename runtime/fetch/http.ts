// One file from one url, exactly as the server sends it: `fetch` would undo a Content-Encoding, which servers also put on
// archives, and then no pinned hash could match. Knows nothing of which bytes are wanted.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { getCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { failure, type Result, success } from '../result.ts';
import type { DownloadLimits } from './context.ts';
import { withoutCredentials } from './credentials.ts';

interface Download {
    readonly url: URL;
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

/** Hands the bytes to `take` as they arrive. What `take` gives counts only when all of them came. */
export async function getFile<Value>(
    download: Download,
    take: (bytes: AsyncIterable<Buffer>) => Promise<Value>,
): Promise<Result<Value, Refusal>> {
    const watchdog = startWatchdog(download);
    const flow: Flow = { refusal: undefined };
    try {
        const opened = await open(download, watchdog.signal);
        if (!opened.ok) return opened;
        const value = await take(watched(opened.value, download, watchdog, flow));
        if (flow.refusal === undefined) return success(value);
    } catch (error) {
        // Errors of the connection come back through `take`; all others are its own.
        if (flow.refusal === undefined) throw error;
    } finally {
        watchdog.stop();
    }
    return failure(flow.refusal);
}

interface Flow {
    /** Why the bytes ended early. */
    refusal: Refusal | undefined;
}

async function* watched(
    source: Readable,
    { limits }: Download,
    watchdog: Watchdog,
    flow: Flow,
): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
        for await (const chunk of source as AsyncIterable<Buffer>) {
            watchdog.feed();
            bytes += chunk.length;
            if (bytes > limits.bytes) {
                flow.refusal = tooLarge(limits);
                break;
            }
            yield chunk;
        }
    } catch (error) {
        flow.refusal = refusalFrom(error, watchdog.signal);
        throw error;
    }
}

function tooLarge(limits: DownloadLimits): Refusal {
    return { cause: `the file is larger than ${limits.bytes} bytes`, temporary: false };
}

/** What broke a connection by itself may work the next time; what rpkg ended will not. */
function refusalFrom(error: unknown, signal: AbortSignal): Refusal {
    return { cause: causeOf(signal.aborted ? signal.reason : error), temporary: !signal.aborted };
}

async function open(download: Download, signal: AbortSignal): Promise<Result<Readable, Refusal>> {
    try {
        if (download.url.protocol === 'file:') return await openLocal(download.url, signal);
        const response = await openUrl(download, signal);
        if (!response.ok || Number(response.value.headers['content-length'] ?? 0) <= download.limits.bytes)
            return response;
        response.value.destroy();
        return failure(tooLarge(download.limits));
    } catch (error) {
        return failure(refusalFrom(error, signal));
    }
}

async function openLocal(url: URL, signal: AbortSignal): Promise<Result<Readable, Refusal>> {
    const path = fileURLToPath(url);
    if (!(await stat(path)).isFile()) return refuse('not a regular file');
    return success(createReadStream(path, { signal, highWaterMark: 1 << 20 }));
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
            return refuse(
                `the server answered ${statusCode} ${response.statusMessage ?? ''}`.trim(),
                temporaryStatus.has(statusCode),
            );
        }
        const next = URL.parse(headers.location, url.href);
        if (next === null) return refuse('the server redirects to something that is no url');
        const allowed = next.protocol === 'https:' || (isLoopback(download.url) && isLoopback(next));
        if (!allowed) return refuse(`the server redirects to ${withoutCredentials(next.href)}, which is not https`);
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

function ask(url: URL, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<IncomingMessage> {
    const options: RequestOptions = {
        signal,
        headers: { 'user-agent': 'rpkg', accept: '*/*', 'accept-encoding': 'identity' },
    };
    return new Promise((resolve, reject) => {
        // Proxies are a matter of the user's environment; the system's certificates are those that git and cargo use.
        const request =
            url.protocol === 'https:'
                ? requestHttps(url, {
                      ...options,
                      agent: new HttpsAgent({ proxyEnv: environment, ca: certificates() }),
                  })
                : requestHttp(url, { ...options, agent: new HttpAgent({ proxyEnv: environment }) });
        request.on('response', resolve);
        request.on('error', reject);
        request.end();
    });
}

function certificates(): string[] {
    return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
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
