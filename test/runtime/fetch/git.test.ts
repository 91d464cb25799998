// Commits of real repositories, made here with the system's git.
import { execFileSync, spawnSync } from 'node:child_process';
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readlinkSync,
    readFileSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import { resolveGit } from '../../../runtime/fetch/git.ts';
import { serve } from './server.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Repository {
    readonly path: string;
    readonly git: (...args: readonly string[]) => string;
}

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };

function newRepository(...options: readonly string[]): Repository {
    const path = mkdtempSync(join(bench.folder, 'repository-'));
    const environment = { ...process.env, ...identity, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
    const git = (...args: readonly string[]): string =>
        execFileSync('git', args, {
            cwd: path,
            env: environment,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
    git('init', '--quiet', '--initial-branch=main', ...options);
    return { path, git };
}

/** Commits all that is in the folder and gives the commit. */
function commit({ git }: Repository): string {
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message=x');
    return git('rev-parse', 'HEAD');
}

function write(repository: Repository, files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(repository.path, path, '..'), { recursive: true });
        writeFileSync(join(repository.path, path), text);
    }
}

async function resolved(repository: Repository, hash: string): Promise<TreeDigest> {
    return valueOf(await resolveGit(repository.path, hash, bench.context()));
}

describe('a commit', () => {
    test('gives files, programs and links, and no repository', async () => {
        const repository = newRepository();
        write(repository, { 'a.txt': 'a', 'src/deep/b': 'b', 'src/ümläut ✓': 'name', empty: '', run: '#!/bin/sh\n' });
        chmodSync(join(repository.path, 'run'), 0o755);
        symlinkSync('../a.txt', join(repository.path, 'src', 'link'));
        const tree = await resolved(repository, commit(repository));
        expect(filesOf(bench.store, tree)).toEqual({
            'a.txt': 'a',
            'src/deep/b': 'b',
            'src/ümläut ✓': 'name',
            empty: '',
            'run*': '#!/bin/sh\n',
        });
        expect(readlinkSync(join(bench.store.objectPath(tree), 'src', 'link'))).toBe('../a.txt');
        expect(existsSync(join(bench.store.objectPath(tree), '.git'))).toBe(false);
    });

    test('is the same tree as the same files from elsewhere', async () => {
        const repository = newRepository();
        write(repository, { a: 'a', 'b/c': 'c' });
        const tree = await resolved(repository, commit(repository));
        expect(valueOf(await bench.store.writeFiles({ a: { text: 'a' }, 'b/c': { text: 'c' } }, 'x'))).toBe(tree);
    });

    test('that is older, and on no branch, can be fetched', async () => {
        const repository = newRepository();
        write(repository, { a: '1' });
        const first = commit(repository);
        write(repository, { a: '2' });
        commit(repository);
        expect(filesOf(bench.store, await resolved(repository, first))).toEqual({ a: '1' });
    });

    test('is read as it was committed: attributes change nothing', async () => {
        const repository = newRepository();
        const files = {
            '.gitattributes':
                '* text=auto eol=crlf ident\nsecret export-ignore\nsubst export-subst\n*.bin filter=evil\nlfs filter=lfs\n',
            secret: 'kept',
            subst: '$Format:%H$ $Id$\n',
            'x.bin': 'plain\n',
            lfs: 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
        };
        write(repository, files);
        const hash = commit(repository);
        const marker = join(bench.folder, 'filter-ran');
        const environment = {
            ...process.env,
            GIT_CONFIG_COUNT: '2',
            GIT_CONFIG_KEY_0: 'filter.evil.smudge',
            GIT_CONFIG_VALUE_0: `touch ${marker}`,
            GIT_CONFIG_KEY_1: 'filter.lfs.smudge',
            GIT_CONFIG_VALUE_1: `touch ${marker}`,
        };
        const tree = valueOf(await resolveGit(repository.path, hash, bench.context({ environment })));
        expect(filesOf(bench.store, tree)).toEqual(files);
        expect(existsSync(marker)).toBe(false);
    });

    test('has empty folders where submodules would be, and fetches none', async () => {
        const repository = newRepository();
        write(repository, { '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = ext::touch never\n', a: 'a' });
        repository.git('add', '--all');
        repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},s`);
        repository.git('commit', '--quiet', '--message=x');
        const tree = await resolved(repository, repository.git('rev-parse', 'HEAD'));
        expect(Object.keys(filesOf(bench.store, tree)).sort()).toEqual(['.gitmodules', 'a']);
        expect(statSync(join(bench.store.objectPath(tree), 's')).isDirectory()).toBe(true);
    });

    test('of a repository with SHA-256 names', async () => {
        const repository = newRepository('--object-format=sha256');
        write(repository, { a: 'sha256' });
        expect(filesOf(bench.store, await resolved(repository, commit(repository)))).toEqual({ a: 'sha256' });
    });

    test('with more content than is held in memory', async () => {
        const repository = newRepository();
        const big = 'x'.repeat(9 << 20);
        write(repository, { one: big, two: `${big}2`, three: big, four: 'small' });
        const files = filesOf(bench.store, await resolved(repository, commit(repository)));
        expect(Object.entries(files).map(([path, text]) => [path, text.length])).toEqual([
            ['four', 5],
            ['one', big.length],
            ['three', big.length],
            ['two', big.length + 1],
        ]);
    });

    test('without any file', async () => {
        const repository = newRepository();
        expect(filesOf(bench.store, await resolved(repository, commit(repository)))).toEqual({});
    });
});

describe('what may not happen', () => {
    test('no hook of the user runs, and no surrounding repository is used', async () => {
        const repository = newRepository();
        write(repository, { a: 'a' });
        const hash = commit(repository);
        const hooks = join(bench.folder, 'hooks');
        const marker = join(bench.folder, 'hook-ran');
        mkdirSync(hooks);
        for (const name of ['reference-transaction', 'post-checkout', 'post-index-change', 'fsmonitor-watchman']) {
            writeFileSync(join(hooks, name), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
        }
        const config = join(bench.folder, 'user.gitconfig');
        writeFileSync(config, `[core]\n\thooksPath = ${hooks}\n[safe]\n\tbareRepository = explicit\n\tdirectory = *\n`);
        const environment = {
            ...process.env,
            GIT_CONFIG_GLOBAL: config,
            GIT_DIR: '/nonexistent',
            GIT_WORK_TREE: '/nonexistent',
        };
        expect(
            filesOf(bench.store, valueOf(await resolveGit(repository.path, hash, bench.context({ environment })))),
        ).toEqual({ a: 'a' });
        expect(existsSync(marker)).toBe(false);
    });

    test.each(['ext::touch helper-ran', '--upload-pack=touch helper-ran', 'fd::7', 'ftp://host.invalid/x'])(
        'no program is run for the url %s',
        async (url) => {
            const failure = failureOf(await resolveGit(url, '1'.repeat(40), bench.context()));
            expect(failure).toMatchObject({ kind: 'unreachable' });
            expect(existsSync('helper-ran') || existsSync(join(bench.folder, 'helper-ran'))).toBe(false);
        },
    );

    test('not even when the user maps an innocent url to it', async () => {
        const environment = {
            ...process.env,
            GIT_CONFIG_COUNT: '1',
            GIT_CONFIG_KEY_0: 'url.ext::touch .insteadOf',
            GIT_CONFIG_VALUE_0: 'https://mapped.invalid/',
        };
        const failure = failureOf(
            await resolveGit('https://mapped.invalid/x', '1'.repeat(40), bench.context({ environment })),
        );
        expect(failure).toMatchObject({ kind: 'unreachable' });
    });

    const trees: readonly (readonly [title: string, entries: (blob: string) => string, rule: string])[] = [
        ['a folder .git', () => `040000 tree TREE\t.git`, 'path'],
        ['a folder .GIT', () => `040000 tree TREE\t.GIT`, 'path'],
        ['a link out of the tree', () => `120000 blob LINK\tlink`, 'link'],
        ['a name with a control character', (blob) => `100644 blob ${blob}\ta\u001b[31mb`, 'name'],
    ];
    test.each(trees)('%s is refused', async (_title, entries, rule) => {
        const repository = newRepository();
        const hash = (text: string): string =>
            execFileSync('git', ['hash-object', '-w', '--stdin'], {
                cwd: repository.path,
                input: text,
                encoding: 'utf8',
            }).trim();
        const blob = hash('x');
        const makeTree = (lines: string): string =>
            execFileSync('git', ['mktree', '-z'], {
                cwd: repository.path,
                input: `${lines}\0`,
                encoding: 'utf8',
            }).trim();
        const inner = makeTree(`100644 blob ${blob}\tconfig`);
        const root = makeTree(entries(blob).replace('TREE', inner).replace('LINK', hash('../../etc/passwd')));
        const made = spawnSync('git', ['commit-tree', '-m', 'x', root], {
            cwd: repository.path,
            env: { ...process.env, ...identity },
            encoding: 'utf8',
        });
        const commitHash = made.stdout.trim();
        repository.git('update-ref', 'refs/heads/main', commitHash);
        const failure = failureOf(await resolveGit(repository.path, commitHash, bench.context()));
        expect(failure).toMatchObject({ kind: 'bad-tree', rule });
    });
});

describe('a source', () => {
    test('is its tree: once there, no repository is needed', async () => {
        const repository = newRepository();
        write(repository, { a: 'pinned' });
        const hash = commit(repository);
        const tree = await resolved(repository, hash);
        const source = { type: 'git', url: 'https://host.invalid/x', commit: hash, tree } as const;
        expect(valueOf(await fetchSource(source, bench.context({ offline: true })))).toBe(tree);
    });

    test('whose commit has another tree is refused', async () => {
        const repository = newRepository();
        write(repository, { a: 'other' });
        const tree = `sha256:${'0'.repeat(64)}/80`;
        const source = { type: 'git', url: repository.path, commit: commit(repository), tree } as const;
        expect(failureOf(await fetchSource(source, bench.context()))).toMatchObject({
            kind: 'hash-mismatch',
            expected: tree,
        });
    });

    test('may lie beside the recipe', async () => {
        const repository = newRepository();
        write(repository, { a: 'relative' });
        const hash = commit(repository);
        const url = repository.path.replace(bench.folder, '.');
        const tree = valueOf(await resolveGit(url, hash, bench.context({ offline: true })));
        expect(filesOf(bench.store, tree)).toEqual({ a: 'relative' });
    });
});

describe('over http', () => {
    /** What `git http-backend` needs of CGI, for one repository. */
    function smartServer(repository: Repository): ReturnType<typeof createServer> {
        return createServer((request, response) => {
            const url = new URL(request.url ?? '/', 'http://x');
            const chunks: Buffer[] = [];
            request.on('data', (chunk: Buffer) => chunks.push(chunk));
            request.on('end', () => {
                const { stdout } = spawnSync('git', ['http-backend'], {
                    input: Buffer.concat(chunks),
                    maxBuffer: 1 << 28,
                    env: {
                        ...process.env,
                        GIT_PROJECT_ROOT: repository.path,
                        GIT_HTTP_EXPORT_ALL: '1',
                        GIT_PROTOCOL: [request.headers['git-protocol'] ?? ''].join(),
                        PATH_INFO: url.pathname,
                        QUERY_STRING: url.search.slice(1),
                        REQUEST_METHOD: request.method ?? '',
                        CONTENT_TYPE: request.headers['content-type'] ?? '',
                        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
                    },
                });
                const end = stdout.indexOf('\r\n\r\n');
                const headers = stdout
                    .subarray(0, end)
                    .toString()
                    .split('\r\n')
                    .map((line) => line.split(': ') as [string, string]);
                const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
                response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
                response.end(stdout.subarray(end + 4));
            });
        });
    }

    async function withServer<Value>(repository: Repository, use: (origin: string) => Promise<Value>): Promise<Value> {
        const server = smartServer(repository);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const address = server.address();
        try {
            return await use(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`);
        } finally {
            server.closeAllConnections();
            server.close();
        }
    }

    test.each(['0', '2'])('a commit that is no branch is fetched, protocol %s', async (version) => {
        const repository = newRepository();
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
        const repository = newRepository();
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

test('a commit of a repository that never had it', async () => {
    const repository = newRepository();
    write(repository, { a: 'x' });
    commit(repository);
    const failure = failureOf(await resolveGit(repository.path, '2'.repeat(40), bench.context()));
    expect(failure).toMatchObject({
        kind: 'unreachable',
        cause: expect.stringContaining('does not have this commit') as string,
    });
});

test('without git', async () => {
    const failure = failureOf(
        await resolveGit('/x', '2'.repeat(40), bench.context({ environment: { PATH: bench.folder } })),
    );
    expect(failure).toMatchObject({ kind: 'missing-tool', tool: 'git', remedy: 'apt install git' });
});

test('the store is in order, and nothing is left over', async () => {
    expect(await troubles(bench)).toEqual([]);
    expect(readFileSync(join(bench.folder, 'user.gitconfig'), 'utf8')).toContain('hooksPath');
});
