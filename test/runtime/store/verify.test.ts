import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';
import { demand } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { problemsOf } from './store-problems.ts';

interface Kept {
    readonly store: Store;
    readonly tree: TreeDigest;
    readonly object: string;
}

async function keptTree(): Promise<Kept> {
    const store = demand(await openStore(freshFolder()));
    const tree = demand(
        await store.writeFiles({ 'a/f': { text: 'text' }, tool: { text: 'x', executable: true } }, 'x'),
    );
    demand(await store.writeRecord({ kind: 'action', name: 'a' }, { outputs: { out: tree } }));
    return { store, tree, object: store.objectPath(tree) };
}

/** Does what an ordinary user would first have to chmod for. */
function rewrite(path: string, text: string): void {
    fs.chmodSync(path, 0o644);
    fs.writeFileSync(path, text);
    fs.utimesSync(path, 1, 1);
    fs.chmodSync(path, 0o444);
}

function inFolder(path: string, work: () => void): void {
    fs.chmodSync(path, 0o755);
    work();
    fs.utimesSync(path, 1, 1);
    fs.chmodSync(path, 0o555);
}

const damages: readonly { name: string; damage: (object: string) => void; detail: string | RegExp }[] = [
    { name: 'a flipped bit', damage: (at) => rewrite(`${at}/a/f`, 'texT'), detail: /^it is sha256:/ },
    { name: 'a cut file', damage: (at) => rewrite(`${at}/a/f`, 'te'), detail: /^it is sha256:/ },
    { name: 'another mode', damage: (at) => fs.chmodSync(`${at}/a/f`, 0o644), detail: 'a/f: mode 644' },
    { name: 'a lost right to run', damage: (at) => fs.chmodSync(`${at}/tool`, 0o444), detail: /^it is sha256:/ },
    {
        name: 'another time',
        damage: (at) => fs.utimesSync(`${at}/a/f`, 2, 2),
        detail: 'a/f: another time than objects have',
    },
    { name: 'a writable directory', damage: (at) => fs.chmodSync(`${at}/a`, 0o755), detail: 'a: mode 755' },
    {
        name: 'a file too many',
        damage: (at) => inFolder(`${at}/a`, () => fs.writeFileSync(`${at}/a/g`, '', { mode: 0o444 })),
        detail: 'a/g: another time than objects have',
    },
    {
        name: 'a missing file',
        damage: (at) => inFolder(`${at}/a`, () => fs.unlinkSync(`${at}/a/f`)),
        detail: /^it is sha256:/,
    },
    {
        name: 'a link instead of a file',
        damage: (at) =>
            inFolder(`${at}/a`, () => {
                fs.unlinkSync(`${at}/a/f`);
                fs.symlinkSync('/etc/passwd', `${at}/a/f`);
            }),
        detail: 'a/f: an absolute link: /etc/passwd',
    },
    {
        name: 'a pipe instead of a file',
        damage: (at) =>
            inFolder(`${at}/a`, () => {
                fs.unlinkSync(`${at}/a/f`);
                spawnSync('mkfifo', [`${at}/a/f`]);
            }),
        detail: 'a/f: neither file, directory nor symbolic link',
    },
];

describe('verifying a store', () => {
    it.each(damages)('finds $name; taking it away makes room for the right object', async ({ damage, detail }) => {
        const { store, tree, object } = await keptTree();
        expect(await problemsOf(store)).toEqual([]);
        damage(object);
        const told = typeof detail === 'string' ? detail : (expect.stringMatching(detail) as string);
        expect(await problemsOf(store)).toEqual([{ kind: 'corrupt-object', digest: tree, path: object, detail: told }]);
        const away = demand(await store.quarantine(tree));
        expect(fs.readdirSync(away)).toContain('tool');
        expect(store.hasObject(tree)).toBe(false);
        const record = `${store.root}/records/action/a.json`;
        expect(await problemsOf(store)).toEqual([{ kind: 'dangling-record', path: record, digest: tree }]);
        demand(await store.writeFiles({ 'a/f': { text: 'text' }, tool: { text: 'x', executable: true } }, 'x'));
        expect(await problemsOf(store)).toEqual([]);
        await store.close();
    });

    it('does not take a link or file for an object, and publishing replaces it', async () => {
        for (const put of [(at: string) => fs.symlinkSync('/etc', at), (at: string) => fs.writeFileSync(at, '')]) {
            const { store, tree, object } = await keptTree();
            fs.chmodSync(object, 0o755);
            fs.renameSync(object, `${freshFolder()}/away`);
            put(object);
            expect(store.hasObject(tree)).toBe(false);
            expect(await problemsOf(store)).toContainEqual({
                kind: 'corrupt-object',
                digest: tree,
                path: object,
                detail: '.: not a directory',
            });
            demand(await store.writeFiles({ 'a/f': { text: 'text' }, tool: { text: 'x', executable: true } }, 'x'));
            expect(store.hasObject(tree)).toBe(true);
            expect(await problemsOf(store)).toEqual([]);
            await store.close();
        }
    });

    it('tells what does not belong to it', async () => {
        const { store } = await keptTree();
        const foreign = ['junk', 'objects/half', 'blobs/x', 'records/action/note.txt', 'records/file', 'tmp/something'];
        for (const name of foreign) fs.writeFileSync(`${store.root}/${name}`, '');
        const found = await problemsOf(store);
        expect(found).toEqual(foreign.map((name) => ({ kind: 'foreign', path: `${store.root}/${name}` })));
        await store.close();
        // What rpkg did not make it does not remove.
        expect(fs.readdirSync(`${store.root}/tmp`)).toEqual(['something']);
    });
});

describe('the temporary folder', () => {
    it('keeps what living processes have, and loses what dead ones left', async () => {
        const root = freshFolder();
        const child = spawn(process.execPath, [`${import.meta.dirname}/hold-temporary.ts`, root], {
            stdio: ['pipe', 'pipe', 'inherit'],
        });
        const [printed] = (await once(child.stdout, 'data')) as [Buffer];
        const held = printed.toString().trim();
        await using first = demand(await openStore(root));
        demand(await first.writeFiles({ a: { text: 'x' } }, 'x'));
        await first.close();
        expect(fs.existsSync(`${held}/closed/deep`)).toBe(true);
        expect(await problemsOf(first)).toEqual([]);
        child.kill('SIGKILL');
        await once(child, 'close');
        expect(await problemsOf(first)).toMatchObject([{ kind: 'stale-temporary' }]);
        await using second = demand(await openStore(root));
        expect(fs.existsSync(held)).toBe(true);
        demand(await second.writeFiles({ b: { text: 'x' } }, 'x'));
        await second.close();
        expect(fs.readdirSync(`${root}/tmp`)).toEqual([]);
    });

    it('judges owners it cannot ask by their age', async () => {
        const { store } = await keptTree();
        const [own = ''] = fs.readdirSync(`${store.root}/tmp`);
        const elsewhere = own.replace(/\.[0-9a-f]{12}\./, '.000000000000.');
        const reused = own.replace(/^(\d+)\.\d+\./, '$1.1.');
        for (const name of [elsewhere, reused]) fs.mkdirSync(`${store.root}/tmp/${name}`);
        const stale = (name: string): object => ({ kind: 'stale-temporary', path: `${store.root}/tmp/${name}` });
        expect(await problemsOf(store)).toEqual([stale(reused)]);
        const longAgo = Date.now() / 1000 - 8 * 24 * 3600;
        fs.utimesSync(`${store.root}/tmp/${elsewhere}`, longAgo, longAgo);
        expect(await problemsOf(store)).toContainEqual(stale(elsewhere));
        await store.close();
    });

    it('gives private folders', async () => {
        const { store } = await keptTree();
        const one = demand(await store.temporary('work'));
        const two = demand(await store.temporary('work'));
        expect(one).not.toBe(two);
        expect(fs.statSync(one).mode & 0o777).toBe(0o700);
        await store.close();
        expect(fs.existsSync(one)).toBe(false);
    });
});
