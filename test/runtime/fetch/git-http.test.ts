// Commits over HTTP: git's own server, and servers that are none.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveGit } from '../../../runtime/fetch/git.ts';
import { commit, newRepository, withServer, write } from './repository.ts';
import { serve } from './server.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('over http', () => {
    test.each(['0', '2'])('a commit that is no branch is fetched, protocol %s', async (version) => {
        const repository = newRepository(bench.folder);
        write(repository, { a: 'http' });
        const first = commit(repository);
        write(repository, { a: 'later' });
        commit(repository);
        const environment = {
            ...process.env,
            GIT_CONFIG_COUNT: '1',
            GIT_CONFIG_KEY_0: 'protocol.version',
            GIT_CONFIG_VALUE_0: version,
        };
        const tree = await withServer(repository, async (origin) =>
            valueOf(await resolveGit(`${origin}/.git`, first, bench.context({ environment }))),
        );
        expect(filesOf(bench.store, tree)).toEqual({ a: 'http' });
    });

    test('a commit that is gone is told as such', async () => {
        const repository = newRepository(bench.folder);
        write(repository, { a: 'gone' });
        commit(repository);
        const failure = await withServer(repository, async (origin) =>
            failureOf(await resolveGit(`${origin}/.git`, '1'.repeat(40), bench.context())),
        );
        expect(failure).toMatchObject({
            kind: 'unreachable',
            cause: expect.stringContaining('does not have this commit') as string,
        });
    });

    test('a server that is no repository, and one that is not there', async () => {
        await using server = await serve({});
        const missing = failureOf(await resolveGit(`${server.origin}/x.git`, '1'.repeat(40), bench.context()));
        expect(missing).toMatchObject({ kind: 'unreachable', cause: expect.stringContaining('not found') as string });
        const nobody = failureOf(await resolveGit('http://127.0.0.1:1/x.git', '1'.repeat(40), bench.context()));
        expect(nobody).toMatchObject({ kind: 'unreachable' });
    });

    test('a password is sent, but not shown', async () => {
        const seen: (string | undefined)[] = [];
        await using server = await serve({
            '/x.git/info/refs?service=git-upload-pack': (request, response) => {
                seen.push(request.headers.authorization);
                response
                    .writeHead(seen.at(-1) === undefined ? 401 : 403, { 'www-authenticate': 'Basic realm="x"' })
                    .end();
            },
        });
        const url = `${server.origin.replace('//', '//user:secret@')}/x.git`;
        const failure = failureOf(await resolveGit(url, '1'.repeat(40), bench.context()));
        expect(seen).toContain(`Basic ${Buffer.from('user:secret').toString('base64')}`);
        expect(failure).toMatchObject({ kind: 'unreachable' });
        expect(JSON.stringify(failure) + bench.lines.join()).not.toContain('secret');
    });

    test('nothing is asked offline', async () => {
        await using server = await serve({});
        const failure = failureOf(
            await resolveGit(`${server.origin}/x.git`, '1'.repeat(40), bench.context({ offline: true })),
        );
        expect(failure).toMatchObject({ kind: 'offline' });
        expect(server.asked).toEqual([]);
    });
});

test('a local path that the configuration maps to a server is none, offline', async () => {
    await using server = await serve({});
    const environment = {
        ...process.env,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.${server.origin}/.insteadOf`,
        GIT_CONFIG_VALUE_0: '/mapped/',
    };
    const context = bench.context({ offline: true, environment });
    expect(failureOf(await resolveGit('/mapped/x', '2'.repeat(40), context))).toMatchObject({ kind: 'offline' });
    expect(server.asked).toEqual([]);
});

test('the store is in order, and nothing is left over', async () => {
    expect(await troubles(bench)).toEqual([]);
});
