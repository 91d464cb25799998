import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../compiler/plan/key-order.ts';
import { hashOf, type TreeDigest, treeDigest } from '../../../compiler/plan/digest.ts';
import { fixedMtimeSeconds } from '../../../compiler/plan/sandbox.ts';
import { composedDigest } from '../../../runtime/store/compose-tree.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';
import type { TextFile } from '../../../runtime/store/write-tree.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { problemsOf } from './store-problems.ts';

const emptyTree = treeDigest('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
const noTree = treeDigest('0'.repeat(64), 7);

async function freshStore(): Promise<Store> {
    return demand(await openStore(`${freshFolder()}/store`));
}

describe('opening a store', () => {
    it('writes nothing until there is something to keep', async () => {
        const root = `${freshFolder()}/new`;
        await using store = demand(await openStore(root));
        expect(store.hasObject(noTree)).toBe(false);
        expect(store.readRecord('kind', 'name')).toBe(undefined);
        expect(fs.existsSync(root)).toBe(false);
        expect(await problemsOf(store)).toEqual([]);
        expect(demand(await store.writeFiles({}, 'nothing'))).toBe(emptyTree);
        expect(fs.readFileSync(`${root}/version`, 'utf8')).toBe('1\n');
        expect((fs.statSync(`${root}/tmp`).mode & 0o777).toString(8)).toBe('700');
    });

    it.each([
        {
            name: 'a newer version',
            file: 'version',
            text: '2\n',
            detail: 'a store of version 2; this rpkg reads and writes version 1',
        },
        {
            name: 'an empty version',
            file: 'version',
            text: '',
            detail: 'a store of an unknown version; this rpkg reads and writes version 1',
        },
        {
            name: 'somebody else’s folder',
            file: 'thesis.tex',
            text: 'x',
            detail: 'a folder with other files that is not a store',
        },
    ])('refuses $name and leaves it alone', async ({ file, text, detail }) => {
        const root = freshFolder();
        fs.writeFileSync(`${root}/${file}`, text);
        expect(demandFailure(await openStore(root))).toEqual({
            kind: 'bad-tree',
            what: root,
            rule: 'store-version',
            entry: 'version',
            detail,
        });
        expect(fs.readdirSync(root)).toEqual([file]);
    });

    it('refuses a folder that became another store meanwhile', async () => {
        const root = freshFolder();
        await using store = demand(await openStore(root));
        fs.writeFileSync(`${root}/version`, '9\n');
        expect(demandFailure(await store.writeFiles({}, 'x'))).toMatchObject({ rule: 'store-version' });
    });

    it('finds again what an earlier process kept', async () => {
        const root = freshFolder();
        const first = demand(await openStore(root));
        const tree = demand(await first.writeFiles({ 'a/b': { text: 'x', executable: true } }, 'x'));
        demand(await first.writeRecord({ kind: 'source', name: 'a' }, { tree }));
        await first.close();
        await using second = demand(await openStore(root));
        expect(second.hasObject(tree)).toBe(true);
        expect(second.readRecord('source', 'a')).toEqual({ tree });
        expect(fs.readFileSync(`${second.objectPath(tree)}/a/b`, 'utf8')).toBe('x');
        expect(fs.readdirSync(`${root}/tmp`)).toEqual([]);
    });
});

const nameOf = fc.constantFrom('a', 'b', 'É', 'é', 'z.rs', '\uE000', '\u{10000}');
const pathOf = fc.array(nameOf, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const textFile: fc.Arbitrary<TextFile> = fc.record({ text: fc.string({ unit: 'binary' }), executable: fc.boolean() });

/** Files none of which lies below another one. */
const files = fc.dictionary(pathOf, textFile, { maxKeys: 6, noNullPrototype: true }).map(withoutInner);

function withoutInner<Value>(all: Readonly<Record<string, Value>>): Record<string, Value> {
    const entries = Object.entries(all);
    return Object.fromEntries(entries.filter(([path]) => !entries.some(([other]) => path.startsWith(`${other}/`))));
}

describe('objects', () => {
    it('are the same tree written, copied out and imported again', async () => {
        await using store = await freshStore();
        const folder = freshFolder();
        let round = 0;
        await fc.assert(
            fc.asyncProperty(files, async (tree) => {
                round += 1;
                const written = demand(await store.writeFiles(tree, 'tree'));
                const copy = `${folder}/${round}`;
                demand(await store.materialise(written, copy));
                for (const [path, { text, executable }] of Object.entries(tree)) {
                    expect(fs.readFileSync(`${copy}/${path}`, 'utf8')).toBe(Buffer.from(text).toString());
                    expect((fs.statSync(`${copy}/${path}`).mode & 0o777).toString(8)).toBe(
                        executable === true ? '755' : '644',
                    );
                    expect(fs.statSync(`${copy}/${path}`).mtimeMs).toBe(fixedMtimeSeconds * 1000);
                }
                expect(demand(await store.importTree(copy, { what: 'copy' }))).toBe(written);
            }),
            { numRuns: 60 },
        );
        expect(await problemsOf(store)).toEqual([]);
    });

    it('composed of others have the digest that follows from the parts, and share their files', async () => {
        await using store = await freshStore();
        let round = 0;
        const folder = freshFolder();
        const parts = fc.dictionary(pathOf, files, { maxKeys: 4, noNullPrototype: true }).map(withoutInner);
        await fc.assert(
            fc.asyncProperty(parts, async (trees) => {
                round += 1;
                const digests: Record<string, TreeDigest> = {};
                for (const [path, tree] of Object.entries(trees))
                    digests[path] = demand(await store.writeFiles(tree, path));
                const composed = demand(await store.compose(digests, 'composed'));
                expect(composed).toBe(composedDigest('composed', digests));
                demand(await store.materialise(composed, `${folder}/${round}`));
                expect(demand(await store.importTree(`${folder}/${round}`, { what: 'copy' }))).toBe(composed);
            }),
            { numRuns: 40 },
        );
        expect(await problemsOf(store)).toEqual([]);
    });

    it('composed of one share its inodes; at `.` it is the part itself', async () => {
        await using store = await freshStore();
        const part = demand(await store.writeFiles({ 'd/f': { text: 'x' } }, 'part'));
        const whole = demand(await store.compose({ 'vendor/part': part }, 'whole'));
        const inode = (digest: TreeDigest, path: string): number =>
            fs.statSync(`${store.objectPath(digest)}/${path}`).ino;
        expect(inode(whole, 'vendor/part/d/f')).toBe(inode(part, 'd/f'));
        expect(demand(await store.compose({ '.': part }, 'same'))).toBe(part);
        expect(demand(await store.compose({}, 'nothing'))).toBe(emptyTree);
    });

    it('are copied into a composed tree when an inode has no room for names', { timeout: 240_000 }, async () => {
        await using store = await freshStore();
        const part = demand(await store.writeFiles({ f: { text: 'x', executable: true } }, 'part'));
        const names = freshFolder();
        const original = `${store.objectPath(part)}/f`;
        let count = 0;
        const fill = (): void => {
            for (; count < 70_000; count += 1) fs.linkSync(original, `${names}/${count}`);
        };
        expect(fill).toThrow('EMLINK');
        const whole = demand(await store.compose({ a: part }, 'whole'));
        expect(fs.statSync(`${store.objectPath(whole)}/a/f`).nlink).toBe(1);
        expect(await problemsOf(store)).toEqual([]);
    });

    it.each([
        { name: 'inside another', parts: { a: emptyTree, 'a/b': emptyTree }, rule: 'duplicate' },
        { name: 'above the tree', parts: { '../a': emptyTree }, rule: 'path' },
        { name: 'absolute', parts: { '/a': emptyTree }, rule: 'path' },
        { name: 'without a name', parts: { '': emptyTree }, rule: 'path' },
        { name: 'itself and others', parts: { '.': emptyTree, b: emptyTree }, rule: 'path' },
    ])('refuse a part whose path is $name', async ({ parts, rule }) => {
        await using store = await freshStore();
        expect(demandFailure(await store.compose(parts, 'bad'))).toMatchObject({ kind: 'bad-tree', what: 'bad', rule });
    });

    it('cannot be used when they are not there', async () => {
        await using store = await freshStore();
        const missing = { kind: 'corrupt-object', digest: noTree, detail: 'it is not in the store' };
        expect(demandFailure(await store.compose({ a: noTree }, 'x'))).toMatchObject(missing);
        const copy = `${freshFolder()}/copy`;
        expect(demandFailure(await store.materialise(noTree, copy))).toMatchObject(missing);
        expect(fs.existsSync(copy)).toBe(false);
    });

    it('are copied only to where nothing is', async () => {
        await using store = await freshStore();
        const tree = demand(await store.writeFiles({ a: { text: 'x' } }, 'x'));
        const there = freshFolder();
        fs.writeFileSync(`${there}/mine`, '');
        expect(demandFailure(await store.materialise(tree, there))).toMatchObject({ kind: 'system', code: 'EEXIST' });
        expect(fs.readdirSync(there)).toEqual(['mine']);
    });

    it('may be published by many at once', async () => {
        await using store = await freshStore();
        await using other = demand(await openStore(store.root));
        const tree = { 'a/b': { text: 'same' }, c: { text: 'too' } };
        const all = await Promise.all(
            Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? store : other).writeFiles(tree, 'same')),
        );
        expect(new Set(all.map((result) => demand(result))).size).toBe(1);
        expect(await problemsOf(store)).toEqual([]);
    });
});

describe('blobs', () => {
    it('are kept under their hash, from bytes or a stream', async () => {
        await using store = await freshStore();
        const hash = demand(await store.putBlob(Buffer.from('hello\n')));
        expect(hash).toBe(hashOf('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03'));
        expect(fs.readFileSync(store.blobPath(hash), 'utf8')).toBe('hello\n');
        const big = `${freshFolder()}/big`;
        fs.writeFileSync(big, Buffer.alloc(3_000_000, 'x'));
        const streamed = demand(await store.putBlob(fs.createReadStream(big)));
        expect(fs.readFileSync(store.blobPath(streamed)).equals(fs.readFileSync(big))).toBe(true);
        expect(await problemsOf(store)).toEqual([]);
    });

    it('are whole again when they are kept once more', async () => {
        await using store = await freshStore();
        const hash = demand(await store.putBlob(Buffer.from('hello\n')));
        fs.chmodSync(store.blobPath(hash), 0o644);
        fs.writeFileSync(store.blobPath(hash), 'jello\n');
        expect(await problemsOf(store)).toMatchObject([{ kind: 'corrupt-blob' }]);
        demand(await store.putBlob(Buffer.from('hello\n')));
        expect(await problemsOf(store)).toEqual([]);
    });

    it('are not kept when their stream breaks', async () => {
        await using store = await freshStore();
        const failing = fs.createReadStream(`${freshFolder()}/missing`);
        expect(demandFailure(await store.putBlob(failing))).toMatchObject({ kind: 'system', code: 'ENOENT' });
        expect(fs.readdirSync(`${store.root}/blobs`)).toEqual([]);
        await store.close();
        expect(fs.readdirSync(`${store.root}/tmp`)).toEqual([]);
    });
});

describe('records', () => {
    const value = fc.letrec<{ json: Json }>((tie) => ({
        json: fc.oneof(
            { depthSize: 'small' },
            fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
            fc.maxSafeInteger().map((number) => number + 0),
            fc.boolean(),
            fc.array(tie('json')),
            fc.dictionary(fc.string(), tie('json'), { noNullPrototype: true }),
        ),
    })).json;

    it('give back what was written', async () => {
        await using store = await freshStore();
        await fc.assert(
            fc.asyncProperty(value, async (json) => {
                const at = { kind: 'k', name: 'n' };
                demand(await store.writeRecord(at, json));
                expect(store.readRecord('k', 'n')).toEqual(json);
            }),
            { numRuns: 50 },
        );
    });

    it.each([
        { name: 'empty', damage: () => '' },
        { name: 'cut', damage: (text: string) => text.slice(0, -3) },
        { name: 'no JSON', damage: () => 'garbage' },
        { name: 'null', damage: () => 'null' },
        { name: 'changed', damage: (text: string) => text.replace('"one"', '"two"') },
        { name: 'longer', damage: (text: string) => `${text}\n` },
    ])('that are $name count as none', async ({ damage }) => {
        await using store = await freshStore();
        demand(await store.writeRecord({ kind: 'k', name: 'n' }, { word: 'one' }));
        const path = `${store.root}/records/k/n.json`;
        fs.writeFileSync(path, damage(fs.readFileSync(path, 'utf8')));
        expect(store.readRecord('k', 'n')).toBe(undefined);
        expect(await problemsOf(store)).toEqual([{ kind: 'corrupt-record', path }]);
        demand(await store.writeRecord({ kind: 'k', name: 'n' }, { word: 'one' }));
        expect(store.readRecord('k', 'n')).toEqual({ word: 'one' });
    });

    it('of another name count as none', async () => {
        await using store = await freshStore();
        demand(await store.writeRecord({ kind: 'k', name: 'a' }, 'x'));
        fs.copyFileSync(`${store.root}/records/k/a.json`, `${store.root}/records/k/b.json`);
        expect(store.readRecord('k', 'b')).toBe(undefined);
    });

    it('have plain names only', async () => {
        await using store = await freshStore();
        for (const name of ['', '..', 'a/b', '.hidden', 'a\0', 'ä']) {
            expect(() => store.readRecord('k', name)).toThrow('not a record name');
            expect(() => store.readRecord(name, 'n')).toThrow('not a record name');
        }
    });
});
