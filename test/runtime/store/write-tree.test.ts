import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../runtime/store/store.ts';
import { contentDigest, emptyDirectory } from '../../../runtime/store/tree.ts';
import { type PendingFile, type PendingTree, place } from '../../../runtime/store/write-tree.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { problemsOf } from './store-problems.ts';

describe('writing a tree', () => {
    it('takes one own file for several names, whichever comes first', async () => {
        await using store = demand(await openStore(freshFolder()));
        const own = `${demand(await store.temporary('own'))}/1`;
        fs.writeFileSync(own, 'content');
        const node = (executable: boolean): PendingFile => ({
            kind: 'file',
            digest: contentDigest(Buffer.from('content')),
            executable,
            source: { kind: 'own-file', path: own },
        });
        const tree: PendingTree = emptyDirectory();
        for (const [name, executable] of [
            ['a', false],
            ['b', false],
            ['c', true],
            ['d/e', true],
        ] as const) {
            place('tree', tree, name, node(executable));
        }
        const written = demand(await store.writeTree(tree, 'tree'));
        const texts = ['a', 'b', 'c', 'd/e'].map(
            (name) => [name, { text: 'content', executable: name > 'b' }] as const,
        );
        expect(demand(await store.writeFiles(Object.fromEntries(texts), 'texts'))).toBe(written);
        expect(await problemsOf(store)).toEqual([]);
    });

    it.each([
        { name: 'a file in a file', files: { a: '', 'a/b': '' }, rule: 'duplicate' },
        { name: 'a file over a directory', files: { 'a/b': '', a: '' }, rule: 'duplicate' },
        { name: 'dots', files: { 'a/../b': '' }, rule: 'path' },
        { name: 'an absolute path', files: { '/a': '' }, rule: 'path' },
        { name: 'a long name', files: { ['n'.repeat(256)]: '' }, rule: 'limit' },
        { name: 'a long path', files: { [`${'n'.repeat(200)}/`.repeat(21) + 'f']: '' }, rule: 'limit' },
        { name: 'a lone surrogate', files: { '\ud800': '' }, rule: 'name' },
        {
            name: 'a path that only this machine cannot have',
            files: { [`${'n'.repeat(200)}/`.repeat(20) + 'f'.repeat(70)]: '' },
            rule: 'limit',
        },
    ])('refuses $name', async ({ files, rule }) => {
        await using store = demand(await openStore(freshFolder()));
        const texts = Object.entries(files).map(([path, text]) => [path, { text }] as const);
        const failure = demandFailure(await store.writeFiles(Object.fromEntries(texts), 'files'));
        expect(failure).toMatchObject({ kind: 'bad-tree', what: 'files', rule });
        expect(await problemsOf(store)).toEqual([]);
    });
});
