import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DownloadLimits, defaultLimits } from '../../../runtime/fetch/context.ts';
import { getFile } from '../../../runtime/fetch/http.ts';
import { body, redirect, type Routes, serve } from './server.ts';

const bytes = randomBytes(300_000);
let folder: string;

beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpkg-http-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Got {
    readonly content: Buffer | undefined;
    readonly cause: string;
    readonly temporary: boolean;
}

async function get(
    url: string,
    limits: Partial<DownloadLimits> = {},
    environment: NodeJS.ProcessEnv = {},
): Promise<Got> {
    const request = { url: new URL(url), limits: { ...defaultLimits, ...limits }, environment };
    const result = await getFile(request, collect);
    return result.ok
        ? { content: result.value, cause: '', temporary: false }
        : { content: undefined, ...result.failure };
}

async function collect(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
}

async function getFrom(routes: Routes, path: string, limits: Partial<DownloadLimits> = {}): Promise<Got> {
    await using server = await serve(routes);
    return await get(server.origin + path, limits);
}

describe('what arrives', () => {
    test('the bytes of the server', async () => {
        expect((await getFrom({ '/x': body(bytes) }, '/x')).content).toEqual(bytes);
    });

    test('no bytes at all are a file as well', async () => {
        expect((await getFrom({ '/x': body('') }, '/x')).content).toEqual(Buffer.alloc(0));
    });

    test('a content encoding is not undone: the archive itself is what is pinned', async () => {
        const packed = gzipSync(bytes);
        const got = await getFrom({ '/x.tar.gz': body(packed, { 'content-encoding': 'gzip' }) }, '/x.tar.gz');
        expect(got.content).toEqual(packed);
    });

    test('through redirects of every kind', async () => {
        const routes: Routes = {
            '/1': redirect('/2', 301),
            '/2': redirect('./3', 302),
            '/3': redirect('?4', 303),
            '/3?4': redirect('/5', 307),
            '/5': redirect('/x', 308),
            '/x': body(bytes),
        };
        expect((await getFrom(routes, '/1')).content).toEqual(bytes);
    });

    test('a file url', async () => {
        const path = join(folder, 'a file # with ? signs');
        await writeFile(path, bytes);
        expect((await get(pathToFileURL(path).href)).content).toEqual(bytes);
    });

    test('through the proxy of the environment', async () => {
        await using proxy = await serve({ 'http://host.invalid/x': body(bytes) });
        expect((await get('http://host.invalid/x', {}, { HTTP_PROXY: proxy.origin })).content).toEqual(bytes);
    });

    test('without the proxy where the environment says so', async () => {
        await using server = await serve({ '/x': body(bytes) });
        const environment = { http_proxy: 'http://127.0.0.1:1', no_proxy: '127.0.0.1' };
        expect((await get(`${server.origin}/x`, {}, environment)).content).toEqual(bytes);
    });
});

describe('https', () => {
    let server: Server;
    let url: string;
    let certificate: string;

    beforeAll(async () => {
        [certificate, url] = [join(folder, 'certificate.pem'), ''];
        const key = join(folder, 'key.pem');
        const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
        const made = [
            'req',
            '-x509',
            '-newkey',
            'rsa:2048',
            '-nodes',
            '-days',
            '2',
            '-keyout',
            key,
            '-out',
            certificate,
        ];
        execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
        server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, body('over tls'));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    });
    afterAll(() => server.close());

    /** Node reads its certificates when it starts, so another process has to ask. */
    async function getElsewhere(environment: NodeJS.ProcessEnv): Promise<string> {
        const module = pathToFileURL(join(import.meta.dirname, '../../../runtime/fetch/http.ts')).href;
        const script = `
            import { getFile } from ${JSON.stringify(module)};
            const limits = { bytes: 1e6, stallMs: 5000, totalMs: 5000 };
            const request = { url: new URL(${JSON.stringify(url)}), limits, environment: {} };
            const take = async (bytes) => { let text = ''; for await (const chunk of bytes) text += chunk; return text; };
            const got = await getFile(request, take);
            console.log(got.ok ? got.value : got.failure.cause);`;
        const args = ['--input-type=module', '--eval', script];
        const clean = {
            ...process.env,
            NODE_EXTRA_CA_CERTS: undefined,
            SSL_CERT_FILE: undefined,
            SSL_CERT_DIR: undefined,
        };
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...clean, ...environment } });
        return stdout.trim();
    }

    test('with a certificate of nobody is refused', async () => {
        expect(await getElsewhere({})).toContain('self-signed certificate');
    });

    test.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])(
        'with one that the system trusts (%s) is good',
        async (name) => {
            expect(await getElsewhere({ [name]: certificate })).toBe('over tls');
        },
    );

    test('goes through the proxy of the environment', async () => {
        const asked: (string | undefined)[] = [];
        await using proxy = await serve({}, (request, socket) => {
            asked.push(request.url);
            socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        });
        expect((await get('https://host.invalid/x', {}, { https_proxy: proxy.origin })).content).toBeUndefined();
        expect(asked).toEqual(['host.invalid:443']);
    });
});

describe('what is refused', () => {
    test('a page that does not exist', async () => {
        expect(await getFrom({}, '/x')).toMatchObject({ cause: 'the server answered 404 Not Found', temporary: false });
    });

    test('a busy server, which may be asked again', async () => {
        const busy: Routes = { '/x': (_, response) => response.writeHead(503).end() };
        expect(await getFrom(busy, '/x')).toMatchObject({ content: undefined, temporary: true });
    });

    test('part of a file, which is not an answer to a question for all of it', async () => {
        const partial: Routes = { '/x': (_, response) => response.writeHead(206).end('part') };
        expect(await getFrom(partial, '/x')).toMatchObject({ content: undefined, temporary: false });
    });

    test('a connection that breaks', async () => {
        const broken: Routes = {
            '/x': (_, response) => {
                response.writeHead(200, { 'content-length': '1000000' });
                response.write(bytes, () => response.destroy());
            },
        };
        const got = await getFrom(broken, '/x');
        expect(got).toMatchObject({ content: undefined, temporary: true });
        expect(got.cause).toContain('the connection broke');
    });

    test('a file that says it is too large', async () => {
        const got = await getFrom({ '/x': body(bytes) }, '/x', { bytes: 1000 });
        expect(got).toMatchObject({ cause: 'the file is larger than 1000 bytes' });
    });

    test('a file without end', async () => {
        const endless: Routes = {
            '/x': (_, response) => {
                const more = (): void => {
                    if (response.destroyed) return;
                    response.write(bytes, more);
                };
                more();
            },
        };
        expect((await getFrom(endless, '/x', { bytes: 5_000_000 })).cause).toContain('larger than 5000000 bytes');
    });

    test('a server that falls silent', async () => {
        const silent: Routes = { '/x': (_, response) => response.writeHead(200).write('a') };
        expect((await getFrom(silent, '/x', { stallMs: 100 })).cause).toBe('nothing came for 0.1 s');
        const dumb: Routes = { '/x': () => undefined };
        expect((await getFrom(dumb, '/x', { stallMs: 100 })).cause).toBe('nothing came for 0.1 s');
    });

    test('a server that sends drop by drop', async () => {
        const slow: Routes = {
            '/x': (_, response) => {
                const timer = setInterval(() => response.write('.'), 20);
                response.on('close', () => clearInterval(timer));
            },
        };
        expect((await getFrom(slow, '/x', { stallMs: 5000, totalMs: 300 })).cause).toBe('not finished after 0.3 s');
    });

    test.each([
        ['file:///etc/passwd', 'not https'],
        ['ftp://127.0.0.1/x', 'not https'],
        ['http://host.invalid/x', 'not https'],
        ['http://127.0.0.1.host.invalid/x', 'not https'],
        ['data:text/plain,x', 'not https'],
        ['http://[', 'no url'],
    ])('a redirect to %s', async (location, cause) => {
        expect((await getFrom({ '/x': redirect(location) }, '/x')).cause).toContain(cause);
    });

    test('redirects in a circle', async () => {
        expect((await getFrom({ '/x': redirect('/x') }, '/x')).cause).toBe('the server redirects more than 10 times');
    });

    test('a host that is not there', async () => {
        expect(await get('http://127.0.0.1:1/x')).toMatchObject({ content: undefined, temporary: true });
    });

    test('a file url of a directory, or of nothing', async () => {
        expect((await get(pathToFileURL(folder).href)).cause).toBe('not a regular file');
        expect((await get(pathToFileURL(join(folder, 'nothing')).href)).cause).toContain('ENOENT');
    });
});

test('passwords of a url are sent to its server, not to where it redirects', async () => {
    const seen: (string | undefined)[] = [];
    await using other = await serve({
        '/x': (request, response) => {
            seen.push(request.headers.authorization);
            response.end('x');
        },
    });
    await using server = await serve({
        '/x': (request, response) => {
            seen.push(request.headers.authorization);
            response.writeHead(302, { location: other.origin.replace('//', '//u:secret@') + '/x' }).end();
        },
    });
    const url = `${server.origin.replace('//', '//user:secret@')}/x`;
    expect((await get(url)).content?.toString()).toBe('x');
    expect(seen).toEqual([`Basic ${Buffer.from('user:secret').toString('base64')}`, undefined]);
});

test('an interrupt ends a download', async () => {
    await using server = await serve({ '/x': (_, response) => response.writeHead(200).write('a') });
    const control = new AbortController();
    const url = new URL(`${server.origin}/x`);
    const running = getFile({ url, limits: defaultLimits, environment: {}, signal: control.signal }, collect);
    setTimeout(() => control.abort(), 50);
    expect(await running).toMatchObject({ ok: false, failure: { cause: 'interrupted' } });
});

test('an error of whoever takes the bytes is not taken for one of the network', async () => {
    await using server = await serve({ '/x': body(bytes) });
    const request = { url: new URL(`${server.origin}/x`), limits: defaultLimits, environment: {} };
    const full = (): Promise<never> => Promise.reject(new Error('disk full'));
    await expect(getFile(request, full)).rejects.toThrow('disk full');
});
