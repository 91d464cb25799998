// Archives and files from real servers on the loopback address into a real store.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hash } from '../../../compiler/plan/digest.ts';
import type { Source } from '../../../compiler/plan/plan.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import { body, type Routes, serve } from './server.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
let archive: Buffer;

beforeAll(async () => {
    bench = await openWorkbench();
    const folder = join(bench.folder, 'made', 'hello-1.0');
    mkdirSync(join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'README'), 'read me\n');
    writeFileSync(join(folder, 'src', 'run'), '#!/bin/sh\n');
    chmodSync(join(folder, 'src', 'run'), 0o755);
    execFileSync('tar', ['-C', join(bench.folder, 'made'), '-czf', join(bench.folder, 'hello.tar.gz'), 'hello-1.0']);
    archive = readFileSync(join(bench.folder, 'hello.tar.gz'));
});
afterAll(() => bench[Symbol.asyncDispose]());

function hashOf(bytes: Uint8Array | string): Hash {
    return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Hash;
}

/** Distinct contents, so that no test profits from what another one left in the store. */
let serial = 0;
function fresh(): string {
    serial += 1;
    return `content ${serial}`;
}

function fileSource(urls: readonly string[], text: string, executable = false): Source {
    return { type: 'file', urls, hash: hashOf(text), name: 'the file', executable };
}

describe('an archive', () => {
    test('is unpacked without its leading names', async () => {
        await using server = await serve({ '/hello.tar.gz': body(archive) });
        const source: Source = {
            type: 'archive',
            urls: [`${server.origin}/hello.tar.gz`],
            hash: hashOf(archive),
            strip: 1,
        };
        const tree = valueOf(await fetchSource(source, bench.context()));
        expect(filesOf(bench.store, tree)).toEqual({ README: 'read me\n', 'src/run*': '#!/bin/sh\n' });
        expect(valueOf(await fetchSource(source, bench.context()))).toBe(tree);
        expect(server.asked).toEqual(['/hello.tar.gz']);
    });

    test('that is in the store needs no server to be unpacked in another way', async () => {
        const source: Source = { type: 'archive', urls: [], hash: hashOf(archive), strip: 0 };
        const tree = valueOf(await fetchSource(source, bench.context({ offline: true })));
        expect(Object.keys(filesOf(bench.store, tree))).toContain('hello-1.0/README');
    });

    test('with the right hash that is none is refused', async () => {
        await using server = await serve({ '/x': body('not an archive') });
        const source: Source = {
            type: 'archive',
            urls: [`${server.origin}/x`],
            hash: hashOf('not an archive'),
            strip: 1,
        };
        expect(failureOf(await fetchSource(source, bench.context()))).toMatchObject({ kind: 'bad-tree' });
    });
});

describe('a file', () => {
    test.each([false, true])('has its name, its bytes, and is a program if it should be: %s', async (executable) => {
        const text = fresh();
        await using server = await serve({ '/x': body(text) });
        const tree = valueOf(await fetchSource(fileSource([`${server.origin}/x`], text, executable), bench.context()));
        expect(filesOf(bench.store, tree)).toEqual({ [executable ? 'the file*' : 'the file']: text });
    });

    test('from a file url is there offline as well', async () => {
        const text = fresh();
        const path = join(bench.folder, 'plain');
        writeFileSync(path, text);
        const source = fileSource([pathToFileURL(path).href], text);
        const tree = valueOf(await fetchSource(source, bench.context({ offline: true })));
        expect(filesOf(bench.store, tree)).toEqual({ 'the file': text });
    });
});

describe('places', () => {
    interface Case {
        readonly title: string;
        readonly routes: (text: string) => Routes;
        readonly paths: readonly string[];
        /** Absent: it succeeds. */
        readonly failure?: object;
    }
    const good = (text: string): Routes => ({ '/good': body(text) });
    const cases: readonly Case[] = [
        { title: 'the second one serves', routes: good, paths: ['/404', '/good'] },
        {
            title: 'wrong bytes at the first one do not matter',
            routes: (text) => ({ ...good(text), '/evil': body('evil') }),
            paths: ['/evil', '/good'],
        },
        {
            title: 'a broken connection is tried once more',
            routes: (text) => {
                let asked = 0;
                return {
                    '/flaky': (_, response) => {
                        asked += 1;
                        if (asked === 1) response.destroy();
                        else response.end(text);
                    },
                };
            },
            paths: ['/flaky'],
        },
        {
            title: 'nowhere',
            routes: good,
            paths: ['/404', '/404'],
            failure: { kind: 'unreachable', cause: 'the server answered 404 Not Found' },
        },
        {
            title: 'only wrong bytes',
            routes: () => ({ '/evil': body('evil') }),
            paths: ['/evil', '/404'],
            failure: { kind: 'hash-mismatch', actual: hashOf('evil') },
        },
        {
            title: 'a page instead of the file',
            routes: () => ({ '/page': body('<html>please log in</html>') }),
            paths: ['/page'],
            failure: { kind: 'hash-mismatch' },
        },
        {
            title: 'bytes that end early',
            routes: (text) => ({ '/short': body(text.slice(0, -1)) }),
            paths: ['/short'],
            failure: { kind: 'hash-mismatch' },
        },
        { title: 'none', routes: good, paths: [], failure: { kind: 'unreachable' } },
    ];

    test.each(cases)('$title', async ({ routes, paths, failure }) => {
        const text = fresh();
        await using server = await serve(routes(text));
        const source = fileSource(
            paths.map((path) => server.origin + path),
            text,
        );
        const result = await fetchSource(source, bench.context());
        if (failure === undefined) expect(filesOf(bench.store, valueOf(result))).toEqual({ 'the file': text });
        else expect(failureOf(result)).toMatchObject(failure);
    });

    test.each(['ftp://host.invalid/x', 'no url', 'javascript:1', 'data:text/plain,x'])('%s is none', async (url) => {
        const result = await fetchSource(fileSource([url], fresh()), bench.context());
        expect(failureOf(result)).toMatchObject({ kind: 'unreachable' });
    });

    test('with passwords are shown without them', async () => {
        await using server = await serve({ '/evil': body('evil') });
        const url = server.origin.replace('//', '//user:secret@');
        const result = await fetchSource(fileSource([`${url}/404`, `${url}/evil`], fresh()), bench.context());
        expect(failureOf(result)).toMatchObject({ kind: 'hash-mismatch', what: `${server.origin}/evil` });
        expect(bench.lines.join()).toContain(`${server.origin}/404`);
        expect(bench.lines.join() + JSON.stringify(result)).not.toContain('secret');
    });

    test('nobody is asked offline', async () => {
        const text = fresh();
        await using server = await serve({ '/x': body(text) });
        const source = fileSource([`${server.origin}/x`], text);
        expect(failureOf(await fetchSource(source, bench.context({ offline: true })))).toMatchObject({
            kind: 'offline',
        });
        expect(server.asked).toEqual([]);
    });
});

describe('the store', () => {
    test('shows nothing of bytes that were not pinned', async () => {
        const before = readdirSync(join(bench.folder, 'store', 'blobs'));
        await using server = await serve({ '/evil': body('more evil') });
        await fetchSource(fileSource([`${server.origin}/evil`], fresh()), bench.context());
        expect(readdirSync(join(bench.folder, 'store', 'blobs'))).toEqual(before);
    });

    test('gets a download again that was changed on the disk', async () => {
        const text = fresh();
        await using server = await serve({ '/x': body(text) });
        const source = fileSource([`${server.origin}/x`], text);
        valueOf(await fetchSource(source, bench.context()));
        const blob = bench.store.blobPath(hashOf(text));
        expect(existsSync(blob)).toBe(true);
        chmodSync(blob, 0o644);
        writeFileSync(blob, 'poison');
        const renamed: Source = { ...source, name: 'another' } as Source;
        expect(filesOf(bench.store, valueOf(await fetchSource(renamed, bench.context())))).toEqual({ another: text });
        expect(server.asked).toHaveLength(2);
    });

    test('is in order after all that, and nothing is left over', async () => {
        expect(await troubles(bench)).toEqual([]);
    });
});
