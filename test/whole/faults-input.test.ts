// Everything a user can hand to rpkg that is wrong: recipes, sources, lock files, words of the command line.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { answer, buildOne, copyHello, expectCleanStore, freshPlace, type Place, write } from '../support/whole.ts';
import { archive, file } from '../support/tar-bytes.ts';
import { body, serve } from '../runtime/fetch/server.ts';
import { type Fault, provoke } from './fault.ts';
import { tiny } from './tiny.ts';

interface Case extends Fault {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    /** What comes after `build`; `tiny.rpkg` when absent. */
    readonly words?: readonly string[];
}

const good = tiny('true');

const recipes: readonly Case[] = [
    {
        name: 'unknown field',
        files: { 'tiny.rpkg': tiny('true', ['licence = "MIT"']) },
        exit: 3,
        code: 'type/unknown-field',
        at: 'tiny.rpkg:5:5',
        says: '`licence`',
        help: 'license',
    },
    {
        name: 'wrong type',
        files: { 'tiny.rpkg': tiny('true', ['summary = 5']) },
        exit: 3,
        code: 'type/mismatch',
        at: 'tiny.rpkg:5:15',
        says: '`summary` takes a string',
        help: '"5"',
    },
    {
        name: 'wrong operator',
        files: { 'tiny.rpkg': tiny('true', ['summary := "x"']) },
        exit: 3,
        code: 'layer/nothing-to-replace',
        at: 'tiny.rpkg:5:5',
        says: 'nothing to replace: `summary`',
        help: '`=`',
    },
    {
        name: 'syntax',
        files: { 'tiny.rpkg': good.replace('version = 1.0.0', 'version 1.0.0') },
        exit: 3,
        code: 'syntax/missing-operator',
        at: 'tiny.rpkg:4:13',
        says: '`version`',
        help: 'operators',
    },
    {
        name: 'import cycle',
        files: {
            'tiny.rpkg': 'rpkg 1\n\nuse "two.rpkg" as two\n\noverlay one on two.two {}\n',
            'two.rpkg': 'rpkg 1\n\nuse "tiny.rpkg" as one\n\noverlay two on one.one {}\n',
        },
        exit: 3,
        code: 'import/cycle',
        at: 'two.rpkg:3:5',
        says: '`tiny.rpkg` → `two.rpkg` → `tiny.rpkg`',
        help: 'a file of its own',
    },
    {
        name: 'missing import',
        files: { 'tiny.rpkg': 'rpkg 1\n\nuse "nope.rpkg" as two\n\noverlay one on two.two {}\n' },
        exit: 3,
        code: 'import/missing-file',
        at: 'tiny.rpkg:3:5',
        says: '`nope.rpkg`',
        help: 'relative to the folder',
    },
    { name: 'missing file', files: {}, exit: 3, code: 'import/missing-file', says: '`tiny.rpkg`', help: '.rpkg' },
    {
        name: 'a folder instead of a file',
        files: { 'tiny.rpkg/inside': '' },
        exit: 3,
        code: 'import/missing-file',
        says: '`tiny.rpkg`',
        help: '.rpkg',
    },
    {
        name: 'missing recipe name',
        files: { 'tiny.rpkg': good },
        words: ['tiny.rpkg#nope'],
        exit: 3,
        code: 'name/unknown-definition',
        says: '`nope`',
        help: '`tiny`',
    },
    {
        name: 'unknown option',
        files: { 'tiny.rpkg': good },
        words: ['tiny.rpkg', '--option', 'x=y'],
        exit: 3,
        code: 'fact/unknown-option',
        says: '`x`',
        help: 'no options',
    },
    {
        name: 'unknown target',
        files: { 'tiny.rpkg': good },
        words: ['tiny.rpkg', '--target', 'pdp11'],
        exit: 3,
        code: 'fact/unknown-target',
        says: '`pdp11`',
        help: 'triple',
    },
    {
        name: 'source folder missing',
        files: { 'tiny.rpkg': tiny('true', ['', 'source main {', '    path = "nosuch"', '}']) },
        exit: 4,
        code: 'fetch/missing-path',
        says: /there is no .*nosuch/,
        help: 'correct the path',
    },
];

test.each(recipes)('$name', async ({ files, words = ['tiny.rpkg'], ...fault }) => {
    const place = freshPlace();
    write(place, files);
    await provoke(place, ['build', ...words], fault);
});

const wrongHash = 'f'.repeat(64);
const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const tarBytes = archive(file('pkg-1/text', 'one\n'));

function archiveRecipe(url: string, hash: string): string {
    return tiny('cp -R "$SRC/." "$OUT/"', [
        '',
        'source main {',
        `    url = "${url}"`,
        `    hash = sha256:${hash}`,
        '}',
    ]);
}

describe('sources', () => {
    test('an archive with another hash than the recipe says, from a file and from a server', async () => {
        const place = freshPlace();
        fs.writeFileSync(`${place.folder}/pkg.tar`, tarBytes);
        await using server = await serve({ '/pkg.tar': body(tarBytes) });
        for (const url of [`file://${place.folder}/pkg.tar`, `${server.origin}/pkg.tar`]) {
            write(place, { 'tiny.rpkg': archiveRecipe(url, wrongHash) });
            await provoke(place, ['build', 'tiny.rpkg', '-q'], {
                exit: 4,
                code: 'fetch/hash-mismatch',
                says: new RegExp(
                    `${path.basename(url)} has the hash sha256:[1-9a-f][0-9a-f]{63}, but sha256:${wrongHash} is pinned`,
                ),
                help: 'check it against upstream',
            });
        }
        expect(fs.existsSync(`${place.folder}/rpkg.lock`)).toBe(false);
    });

    test('a hash that is still to be found: `rpkg fetch` tells it, nothing else goes on', async () => {
        const place = freshPlace();
        fs.writeFileSync(`${place.folder}/pkg.tar`, tarBytes);
        write(place, {
            'tiny.rpkg': archiveRecipe(`file://${place.folder}/pkg.tar`, '').replace('sha256:', 'todo'),
        });
        const todo = { exit: 3, code: 'plan/hash-todo', at: 'tiny.rpkg:8:16', says: '`main`', help: '`rpkg fetch`' };
        await provoke(place, ['build', 'tiny.rpkg', '-q'], todo);
        const told = {
            exit: 4,
            code: 'fetch/not-pinned',
            says: hashOf(tarBytes),
            help: `hash = sha256:${hashOf(tarBytes)}`,
        };
        await provoke(place, ['fetch', 'tiny.rpkg', '-q'], told);
    });

    test('a server that has not got it, and none at all', async () => {
        const place = freshPlace();
        const server = await serve({});
        write(place, { 'tiny.rpkg': archiveRecipe(`${server.origin}/pkg.tar`, wrongHash) });
        const fault = { exit: 4, code: 'fetch/unreachable', help: 'check the address' };
        await provoke(place, ['build', 'tiny.rpkg', '-q'], { ...fault, says: '404' });
        await server[Symbol.asyncDispose]();
        await provoke(place, ['build', 'tiny.rpkg', '-q'], { ...fault, says: 'ECONNREFUSED' });
    });

    test('what is no archive', async () => {
        const place = freshPlace();
        const page = '<html>not found</html>';
        fs.writeFileSync(`${place.folder}/pkg.tar`, page);
        write(place, { 'tiny.rpkg': archiveRecipe(`file://${place.folder}/pkg.tar`, hashOf(page)) });
        await provoke(place, ['build', 'tiny.rpkg', '-q'], {
            exit: 4,
            code: 'fetch/bad-tree',
            says: 'pkg.tar',
            help: 'archive',
        });
    });

    test('--offline with something missing', async () => {
        const place = freshPlace();
        await using server = await serve({ '/pkg.tar': body(tarBytes) });
        write(place, { 'tiny.rpkg': archiveRecipe(`${server.origin}/pkg.tar`, hashOf(tarBytes)) });
        const fault = { exit: 4, code: 'fetch/offline', says: 'pkg.tar', help: '`rpkg fetch RECIPE`' };
        await provoke(place, ['build', '--offline', '-q', 'tiny.rpkg'], fault);
        await answer(place, ['fetch', 'tiny.rpkg']);
        const built = await buildOne(place, ['--offline', 'tiny.rpkg']);
        expect(fs.readFileSync(`${built.path}/text`, 'utf8')).toBe('one\n');
        const lock = fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8');
        const elsewhere: Place = {
            ...place,
            store: `${place.store}-2`,
            env: { ...place.env, RPKG_STORE: `${place.store}-2` },
        };
        await provoke(elsewhere, ['build', '--offline', '-q', 'tiny.rpkg'], fault);
        expect(fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8')).toBe(lock);
    });
});

describe('rpkg.lock', () => {
    async function lockedPlace(): Promise<Place> {
        const place = freshPlace();
        fs.writeFileSync(`${place.folder}/pkg.tar`, tarBytes);
        write(place, { 'tiny.rpkg': archiveRecipe(`file://${place.folder}/pkg.tar`, hashOf(tarBytes)) });
        await answer(place, ['fetch', 'tiny.rpkg']);
        return place;
    }
    const stale = { exit: 4, code: 'fetch/lock-mismatch', help: '`rpkg fetch RECIPE`' };

    test.each([
        ['garbage', 'garbage{', 'not valid JSON'],
        ['empty', '', 'JSON'],
        ['of another version', '{ "schema": "rpkg.lock/9", "recipes": {} }', 'rpkg.lock/1'],
        ['of another form', '{ "schema": "rpkg.lock/1", "recipes": [] }', 'rpkg.lock/1'],
        ['not an object', 'null', 'rpkg.lock/1'],
    ])('%s is refused and left alone', async (_name, text, says) => {
        const place = await lockedPlace();
        write(place, { 'rpkg.lock': text });
        await provoke(place, ['build', '-q', 'tiny.rpkg'], { ...stale, says });
        expect(fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8')).toBe(text);
    });

    test('--locked with a lock that fits, with a changed recipe, and without a lock', async () => {
        const place = await lockedPlace();
        await answer(place, ['build', '--locked', 'tiny.rpkg']);
        const lock = fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8');
        write(place, { 'tiny.rpkg': archiveRecipe(`file://${place.folder}/pkg.tar`, wrongHash) });
        await provoke(place, ['build', '--locked', '-q', 'tiny.rpkg'], { ...stale, says: '--locked' });
        expect(fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8')).toBe(lock);
        fs.rmSync(`${place.folder}/rpkg.lock`);
        await provoke(place, ['build', '--locked', '-q', 'tiny.rpkg'], { ...stale, says: '--locked' });
        expect(fs.existsSync(`${place.folder}/rpkg.lock`)).toBe(false);
    });

    test('a lock that pins another tree for the same archive', async () => {
        const place = await lockedPlace();
        const lock = fs
            .readFileSync(`${place.folder}/rpkg.lock`, 'utf8')
            .replace(/("tree": "sha256:)[0-9a-f]{8}/, '$100000000');
        write(place, { 'rpkg.lock': lock });
        await provoke(place, ['build', '-q', 'tiny.rpkg'], {
            exit: 4,
            code: 'fetch/hash-mismatch',
            says: 'pkg.tar',
            help: /./,
        });
    });
});

describe('Cargo.lock', () => {
    const cases: readonly (Fault & { readonly name: string; readonly edit: (folder: string) => void })[] = [
        {
            name: 'missing',
            edit: (folder) => fs.rmSync(`${folder}/Cargo.lock`),
            exit: 3,
            code: 'plan/missing-lock',
            at: 'hello/hello.rpkg:4:8',
            says: 'no `Cargo.lock`',
            help: '`vendor.lock`',
        },
        {
            name: 'corrupt',
            edit: (folder) => fs.writeFileSync(`${folder}/Cargo.lock`, 'garbage [['),
            exit: 3,
            code: 'plan/bad-lock',
            at: 'hello/hello.rpkg:4:8',
            says: 'cannot read `Cargo.lock`',
            help: 'regenerate',
        },
        {
            name: 'of another version of the package',
            edit: (folder) => replaceIn(`${folder}/Cargo.toml`, '0.1.0', '0.2.0'),
            exit: 5,
            code: 'build/action-failed',
            says: '`Cargo.lock` does not match `Cargo.toml`',
            help: /update the lock file.*log: /,
        },
        {
            name: 'without a crate that Cargo.toml asks for',
            edit: (folder) => fs.appendFileSync(`${folder}/Cargo.toml`, '\n[dependencies]\nitoa = "1"\n'),
            exit: 5,
            code: 'build/action-failed',
            says: '`Cargo.toml` asks for a crate that `Cargo.lock` does not name',
            help: /update the lock file.*log: /,
        },
    ];

    test.each(cases)('$name', async ({ edit, ...fault }) => {
        const place = freshPlace();
        const recipe = copyHello(place);
        edit(path.dirname(recipe));
        await provoke(place, ['build', '-q', 'hello/hello.rpkg'], fault);
    });
});

function replaceIn(file: string, from: string, to: string): void {
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(from, to));
}

describe('where answers go', () => {
    test.each([
        ['a folder', (at: string) => fs.mkdirSync(at)],
        ['a file', (at: string) => fs.writeFileSync(at, 'mine')],
        ['a link to nowhere', (at: string) => fs.symlinkSync('nowhere', at)],
    ])('an output that exists already: %s', async (_name, make) => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('echo hi >"$OUT/hi"') });
        make(`${place.folder}/result`);
        const before = fs.lstatSync(`${place.folder}/result`).ino;
        const fault = {
            exit: 9,
            code: 'store/eexist',
            says: 'result: there is something already',
            help: 'not there yet',
        };
        await provoke(place, ['build', '-q', '-o', 'result', 'tiny.rpkg'], fault);
        expect(fs.lstatSync(`${place.folder}/result`).ino).toBe(before);
    });

    test('a file that cannot be written', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('true') });
        const fault = {
            exit: 9,
            code: 'store/enoent',
            says: 'no/plan.json: no such file or folder',
            help: 'make the folder',
        };
        await provoke(place, ['plan', '-o', 'no/plan.json', 'tiny.rpkg'], fault);
        await expectCleanStore(place);
    });

    test('fmt and diff of what is not there or no plan', async () => {
        const place = freshPlace();
        write(place, { 'tiny.rpkg': tiny('true'), 'bad.json': '{ "schema": "rpkg.plan/1" }' });
        await provoke(place, ['fmt', 'nope.rpkg'], {
            exit: 3,
            code: 'import/missing-file',
            says: '`nope.rpkg`',
            help: '.rpkg',
        });
        for (const name of ['nope.json', 'bad.json']) {
            await provoke(place, ['diff', name, 'tiny.rpkg'], {
                exit: 3,
                code: 'plan/unreadable',
                says: name,
                help: '`rpkg plan RECIPE',
            });
        }
    });
});
