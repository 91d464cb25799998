// Commits of real repositories, made here with the system's git.
import { execFileSync, spawnSync } from 'node:child_process';
import {
    chmodSync,
    existsSync,
    mkdirSync,
    readlinkSync,
    readFileSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import { resolveGit } from '../../../runtime/fetch/git.ts';
import { commit, identity, newRepository, type Repository, write } from './repository.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

async function resolved(repository: Repository, hash: string): Promise<TreeDigest> {
    return valueOf(await resolveGit(repository.path, hash, bench.context()));
}

describe('a commit', () => {
    test('gives files, programs and links, and no repository', async () => {
        const repository = newRepository(bench.folder);
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
        const repository = newRepository(bench.folder);
        write(repository, { a: 'a', 'b/c': 'c' });
        const tree = await resolved(repository, commit(repository));
        expect(valueOf(await bench.store.writeFiles({ a: { text: 'a' }, 'b/c': { text: 'c' } }, 'x'))).toBe(tree);
    });

    test('that is older, and on no branch, can be fetched', async () => {
        const repository = newRepository(bench.folder);
        write(repository, { a: '1' });
        const first = commit(repository);
        write(repository, { a: '2' });
        commit(repository);
        expect(filesOf(bench.store, await resolved(repository, first))).toEqual({ a: '1' });
    });

    test('is read as it was committed: attributes change nothing', async () => {
        const repository = newRepository(bench.folder);
        const files = {
            '.gitattributes':
                '* text=auto eol=crlf ident\nsecret export-ignore\nsubst export-subst\n*.bin filter=evil\nlfs filter=lfs\n',
            secret: 'kept',
            subst: '$Format:%H$ $Id$\n',
            'x.bin': 'plain\n',
            lfs: 'version https://host.invalid/spec/v1\noid sha256:00\nsize 1\n',
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
        const repository = newRepository(bench.folder);
        write(repository, { '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = ext::touch never\n', a: 'a' });
        repository.git('add', '--all');
        repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},s`);
        repository.git('commit', '--quiet', '--message=x');
        const tree = await resolved(repository, repository.git('rev-parse', 'HEAD'));
        expect(Object.keys(filesOf(bench.store, tree)).sort()).toEqual(['.gitmodules', 'a']);
        expect(statSync(join(bench.store.objectPath(tree), 's')).isDirectory()).toBe(true);
    });

    test('of a repository with SHA-256 names', async () => {
        const repository = newRepository(bench.folder, '--object-format=sha256');
        write(repository, { a: 'sha256' });
        expect(filesOf(bench.store, await resolved(repository, commit(repository)))).toEqual({ a: 'sha256' });
    });

    test('with more content than is held in memory', async () => {
        const repository = newRepository(bench.folder);
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
        const repository = newRepository(bench.folder);
        expect(filesOf(bench.store, await resolved(repository, commit(repository)))).toEqual({});
    });
});

describe('what may not happen', () => {
    test('no hook of the user runs, and no surrounding repository is used', async () => {
        const repository = newRepository(bench.folder);
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
        const repository = newRepository(bench.folder);
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
        const repository = newRepository(bench.folder);
        write(repository, { a: 'pinned' });
        const hash = commit(repository);
        const tree = await resolved(repository, hash);
        const source = { type: 'git', url: 'https://host.invalid/x', commit: hash, tree } as const;
        expect(valueOf(await fetchSource(source, bench.context({ offline: true })))).toBe(tree);
    });

    test('whose commit has another tree is refused', async () => {
        const repository = newRepository(bench.folder);
        write(repository, { a: 'other' });
        const tree = `sha256:${'0'.repeat(64)}/80`;
        const source = { type: 'git', url: repository.path, commit: commit(repository), tree } as const;
        expect(failureOf(await fetchSource(source, bench.context()))).toMatchObject({
            kind: 'hash-mismatch',
            expected: tree,
        });
    });

    test('may lie beside the recipe', async () => {
        const repository = newRepository(bench.folder);
        write(repository, { a: 'relative' });
        const hash = commit(repository);
        const url = repository.path.replace(bench.folder, '.');
        const tree = valueOf(await resolveGit(url, hash, bench.context({ offline: true })));
        expect(filesOf(bench.store, tree)).toEqual({ a: 'relative' });
    });
});

test('a commit of a repository that never had it', async () => {
    const repository = newRepository(bench.folder);
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
