import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { writeTar } from '../../../runtime/archive/write-tar.ts';
import { hashFile } from '../../../runtime/store/blobs.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

/** Extracted by GNU tar and read by rpkg, the archive must give the tree it was made of. */
async function expectRoundTrip(store: Store, input: string, work: string): Promise<void> {
    const tree = demand(await store.importTree(input, { what: 'in' }));
    const hash = demand(await writeTar(store.objectPath(tree), `${work}/tar`));
    expect(hash).toBe(await hashFile(`${work}/tar`));
    fs.mkdirSync(`${work}/out`);
    execFileSync('tar', ['-xf', `${work}/tar`, '-C', `${work}/out`]);
    expect(demand(await store.importTree(`${work}/out`, { what: 'out' }))).toBe(tree);
    expect(demand(await importArchive(store, `${work}/tar`, { what: 'tar', strip: 0 }))).toBe(tree);
}

const lengths = fc.integer({ min: 1, max: 254 });
const letter = fc.constantFrom('a', 'b', 'é', '€', '\u{1F980}', ' ', '%');
const segment = fc.tuple(letter, lengths).map(([text, length]) => {
    const repeated = text.repeat(length);
    return Buffer.from(repeated).length > 254 ? text : repeated;
});

describe('writing a tar archive', () => {
    it('says every name, at all lengths', { timeout: 240_000 }, async () => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        let round = 0;
        const paths = fc.array(fc.array(segment, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
        await fc.assert(
            fc.asyncProperty(paths, fc.string({ unit: 'grapheme-ascii', maxLength: 400 }), async (all, target) => {
                round += 1;
                const work = `${folder}/${round}`;
                fs.mkdirSync(`${work}/in`, { recursive: true });
                for (const names of all) {
                    // Two kinds of names, so that no file is wanted where a directory is.
                    const directory = [`${work}/in`, ...names.slice(0, -1).map((name) => `d${name}`)].join('/');
                    fs.mkdirSync(directory, { recursive: true });
                    fs.writeFileSync(`${directory}/f${names.at(-1) ?? ''}`, 'x');
                }
                const link = target.replaceAll(/[./]/g, '-');
                if (link !== '') fs.symlinkSync(link, `${work}/in/link`);
                await expectRoundTrip(store, `${work}/in`, work);
            }),
            { numRuns: 40 },
        );
    });

    it.each([99, 100, 101, 154, 155, 156, 200, 254, 255, 256, 257, 300])('splits a path of %i bytes', async (bytes) => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        for (const at of [1, 50, 99, 100, 101, 154, 155, 156, 200]) {
            const [directory, name] = ['d'.repeat(at), 'f'.repeat(bytes - at - 1 > 0 ? bytes - at - 1 : 1)];
            if (name.length > 255) continue;
            const work = `${folder}/${at}`;
            fs.mkdirSync(`${work}/in/${directory}`, { recursive: true });
            fs.writeFileSync(`${work}/in/${directory}/${name}`, 'x');
            await expectRoundTrip(store, `${work}/in`, work);
        }
    });

    it('gives the same bytes for the same tree, and these', async () => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        const files = {
            'src/main.rs': { text: 'fn main() {}\n' },
            'build.sh': { text: '#!/bin/sh\n', executable: true },
            Ü: { text: '' },
        };
        const tree = demand(await store.writeFiles(files, 'tree'));
        const hash = demand(await writeTar(store.objectPath(tree), `${folder}/one`));
        demand(await store.materialise(tree, `${folder}/copy`));
        expect(demand(await writeTar(`${folder}/copy`, `${folder}/two`))).toBe(hash);
        const listing = execFileSync('tar', [
            '-tvf',
            `${folder}/one`,
            '--numeric-owner',
            '--utc',
            '--quoting-style=literal',
        ]);
        expect(listing.toString().split('\n')).toEqual([
            '-rwxr-xr-x 0/0              10 1970-01-01 00:00 build.sh',
            'drwxr-xr-x 0/0               0 1970-01-01 00:00 src/',
            '-rw-r--r-- 0/0              13 1970-01-01 00:00 src/main.rs',
            '-rw-r--r-- 0/0               0 1970-01-01 00:00 Ü',
            '',
        ]);
        expect(fs.statSync(`${folder}/one`).size % 10_240).toBe(0);
    });

    it('overwrites nothing and leaves nothing when it fails', async () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/there`, 'mine');
        expect(demandFailure(await writeTar(folder, `${folder}/there`))).toMatchObject({ code: 'EEXIST' });
        expect(demandFailure(await writeTar(`${folder}/no-tree`, `${folder}/new`))).toMatchObject({ code: 'ENOENT' });
        expect(fs.readdirSync(folder)).toEqual(['there']);
    });
});
