// Archives as honest programs write them.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../compiler/plan/digest.ts';
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { hashFile } from '../../../runtime/store/blobs.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { archive, file } from '../../support/tar-bytes.ts';

function makeSources(folder: string, longest: number): void {
    const deep = `${folder}/${'d'.repeat(90)}/${'e'.repeat(Math.min(longest, 60))}`;
    fs.mkdirSync(`${folder}/empty`, { recursive: true });
    fs.mkdirSync(deep, { recursive: true });
    fs.writeFileSync(`${folder}/README`, 'hello\n');
    fs.writeFileSync(`${folder}/nothing`, '');
    fs.writeFileSync(`${folder}/configure`, '#!/bin/sh\n', { mode: 0o755 });
    fs.writeFileSync(`${folder}/big`, Buffer.alloc(300_000, 'rpkg'));
    fs.writeFileSync(`${deep}/${'f'.repeat(longest)}`, 'deep\n');
    fs.linkSync(`${folder}/README`, `${folder}/second name`);
    fs.symlinkSync('README', `${folder}/empty/../link`);
    fs.symlinkSync('../big', `${folder}/empty/up`);
}

const compressions = ['--gzip', '--xz', '--zstd', '--no-auto-compress'];
/** The longest name that each can say. */
const formats = [
    { format: 'gnu', longest: 250 },
    { format: 'pax', longest: 250 },
    { format: 'oldgnu', longest: 250 },
    { format: 'ustar', longest: 99 },
    { format: 'v7', longest: 0 },
];

describe('archives of GNU tar', () => {
    it.each(formats)('are read in its format $format, however compressed', async ({ format, longest }) => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        if (longest > 0) makeSources(`${folder}/in`, longest);
        else fs.mkdirSync(`${folder}/in/sub`, { recursive: true });
        if (format !== 'ustar') fs.writeFileSync(`${folder}/in/é\u{10000}`, 'Unicode\n');
        const expected = demand(await store.importTree(`${folder}/in`, { what: 'in' }));
        for (const compression of compressions) {
            for (const members of [['.'], fs.readdirSync(`${folder}/in`)]) {
                const to = `${folder}/archive`;
                execFileSync('tar', [`--format=${format}`, compression, '-cf', to, '-C', `${folder}/in`, ...members]);
                expect(demand(await importArchive(store, to, { what: format, strip: 0 }))).toBe(expected);
            }
            execFileSync('tar', [`--format=${format}`, compression, '-cf', `${folder}/archive`, '-C', folder, 'in']);
            const rules = { what: format, strip: 1, root: 'in' };
            expect(demand(await importArchive(store, `${folder}/archive`, rules))).toBe(expected);
        }
    });
});

describe('archives of git', () => {
    it('are read with their global comment', async () => {
        const folder = freshFolder();
        makeSources(`${folder}/in`, 120);
        fs.rmSync(`${folder}/in/empty`, { recursive: true });
        const git = (...args: readonly string[]): void => {
            const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'core.autocrlf=false'];
            execFileSync('git', [...who, ...args], { cwd: `${folder}/in`, stdio: 'ignore' });
        };
        git('init');
        git('add', '.');
        git('commit', '-m', 'all');
        git('archive', '--format=tar.gz', '--prefix=name-abcdef/', '-o', `${folder}/archive`, 'HEAD');
        fs.rmSync(`${folder}/in/.git`, { recursive: true });
        await using store = demand(await openStore(`${folder}/store`));
        const expected = demand(await store.importTree(`${folder}/in`, { what: 'in' }));
        expect(demand(await importArchive(store, `${folder}/archive`, { what: 'git', strip: 1 }))).toBe(expected);
    });
});

const cache = path.join(process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo'), 'registry', 'cache');
const crates = fs.existsSync(cache)
    ? fs
          .readdirSync(cache)
          .flatMap((index) => fs.readdirSync(`${cache}/${index}`).map((name) => `${cache}/${index}/${name}`))
    : [];

describe('crates', () => {
    it.skipIf(crates.length === 0)('in cargo’s cache are read as GNU tar reads them', async () => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        for (const crate of crates.slice(0, 60)) {
            const root = path.basename(crate, '.crate');
            const rules = { what: root, strip: 1, root, hash: await hashFile(crate) };
            const ours = demand(await importArchive(store, crate, rules));
            const theirs = fs.mkdtempSync(`${folder}/crate-`);
            execFileSync('tar', ['-xzf', crate, '-C', theirs]);
            expect(demand(await store.importTree(`${theirs}/${root}`, { what: root }))).toBe(ours);
        }
    });
});

describe('an archive', () => {
    it('must have the hash it is said to have', async () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/archive`, archive(file('a')));
        await using store = demand(await openStore(`${folder}/store`));
        const expected = hashOf('0'.repeat(64));
        const failure = demandFailure(
            await importArchive(store, `${folder}/archive`, { what: 'it', strip: 0, hash: expected }),
        );
        const actual = await hashFile(`${folder}/archive`);
        expect(failure).toEqual({ kind: 'hash-mismatch', what: 'it', expected, actual });
    });

    it('may come as a stream', async () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/archive`, archive(file('a', 'x'.repeat(100_000)), file('b')));
        await using store = demand(await openStore(`${folder}/store`));
        const rules = { what: 'it', strip: 0 };
        const fromFile = demand(await importArchive(store, `${folder}/archive`, rules));
        expect(demand(await importArchive(store, fs.createReadStream(`${folder}/archive`), rules))).toBe(fromFile);
    });

    it('that is not there is an error of the system', async () => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        const missing = `${folder}/missing`;
        const failure = demandFailure(await importArchive(store, missing, { what: 'it', strip: 0 }));
        expect(failure).toMatchObject({ kind: 'system', code: 'ENOENT', path: missing });
    });

    it('in xz needs a program, which is said when it is missing', () => {
        const folder = freshFolder();
        execFileSync('sh', ['-c', `echo x > a && tar -cJf archive a`], { cwd: folder });
        const one = `${import.meta.dirname}/unpack-one.ts`;
        const env = { PATH: folder };
        const { stdout } = spawnSync(process.execPath, [one, `${folder}/archive`, `${folder}/store`], { env });
        expect(JSON.parse(stdout.toString())).toMatchObject({
            outcome: { ok: false, failure: { kind: 'missing-tool', tool: 'xz', neededFor: 'archive' } },
        });
    });

    it.each([
        { name: 'cut', damage: 'truncate -s -20 archive' },
        { name: 'followed by garbage', damage: 'echo garbage >> archive' },
        { name: 'changed', damage: 'printf X | dd of=archive bs=1 seek=70 conv=notrunc' },
    ])('in xz that is $name is refused', async ({ damage }) => {
        const folder = freshFolder();
        // The same bytes every time: a byte that is damaged must not be the one it is damaged to by chance.
        const make = `seq 100000 > a && tar --mtime=@1 --owner=0 --group=0 --mode=644 -cJf archive a && ${damage}`;
        execFileSync('sh', ['-c', make], { cwd: folder, stdio: 'ignore' });
        await using store = demand(await openStore(`${folder}/store`));
        const failure = demandFailure(await importArchive(store, `${folder}/archive`, { what: 'it', strip: 0 }));
        expect(failure).toMatchObject({ kind: 'bad-tree', what: 'it', rule: 'compression' });
    });

    it.each([
        { name: 'another archive', make: 'tar -cJf archive a && tar -cJ a >> archive', rule: 'tar' },
        { name: 'zeros', make: 'tar -cJf archive a && head -c 10240 /dev/zero | xz >> archive', rule: undefined },
    ])('in xz with $name in a second stream is read as a whole', async ({ make, rule }) => {
        const folder = freshFolder();
        execFileSync('sh', ['-c', `echo x > a && ${make}`], { cwd: folder });
        await using store = demand(await openStore(`${folder}/store`));
        const result = await importArchive(store, `${folder}/archive`, { what: 'it', strip: 0 });
        if (rule === undefined) expect(result.ok).toBe(true);
        else expect(demandFailure(result)).toMatchObject({ kind: 'bad-tree', rule });
    });
});
