import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { giveToOrdinaryUser, isRoot, runAsOrdinaryUser } from '../../support/ordinary-user.ts';
import { fixedMtimeSeconds } from '../../../compiler/plan/sandbox.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { hostileFolders } from './hostile-folders.ts';
import { importAll, type ImportOutcome } from './import-hostile.ts';

const expected = hostileFolders.map(({ name, rule }) => ({ name, outcome: rule ?? 'accepted', problems: [] }));

describe('importing folders of actions', () => {
    it('accepts and refuses as the table says', async () => {
        expect(await importAll(freshFolder())).toEqual(expected);
    });

    it.runIf(isRoot)('does the same for an ordinary user', () => {
        const folder = freshFolder();
        giveToOrdinaryUser(folder);
        const printed = runAsOrdinaryUser(`${import.meta.dirname}/import-hostile.ts`, [folder]);
        expect(JSON.parse(printed) as ImportOutcome[]).toEqual(expected);
    });

    it('gives objects fixed modes and times, in inodes of their own', async () => {
        const folder = freshFolder();
        fs.mkdirSync(`${folder}/in/sub`, { recursive: true });
        fs.writeFileSync(`${folder}/in/sub/tool`, 'x', { mode: 0o755 });
        fs.writeFileSync(`${folder}/in/text`, 'y');
        fs.symlinkSync('text', `${folder}/in/link`);
        await using store = demand(await openStore(`${folder}/store`));
        const object = store.objectPath(demand(await store.importTree(`${folder}/in`, { what: 'in' })));
        const looks = ['', '/sub', '/sub/tool', '/text', '/link'].map((path) => {
            const status = fs.lstatSync(object + path);
            expect(status.ino).not.toBe(fs.lstatSync(`${folder}/in${path}`).ino);
            expect(status.mtimeMs).toBe(fixedMtimeSeconds * 1000);
            return (status.mode & 0o7777).toString(8);
        });
        expect(looks).toEqual(['555', '555', '555', '444', '777']);
    });

    it('copies and hashes files of any size alike', async () => {
        const folder = freshFolder();
        await using store = demand(await openStore(`${folder}/store`));
        for (const size of [0, 1, 131_071, 131_072, 131_073, 1_179_648, 5_000_001]) {
            const bytes = Buffer.alloc(size, 'rpkg');
            fs.mkdirSync(`${folder}/${size}`);
            fs.writeFileSync(`${folder}/${size}/f`, bytes);
            const imported = demand(await store.importTree(`${folder}/${size}`, { what: 'in' }));
            expect(imported).toBe(demand(await store.writeFiles({ f: { text: bytes.toString() } }, 'same')));
            expect(fs.readFileSync(`${store.objectPath(imported)}/f`).equals(bytes)).toBe(true);
        }
    });

    it('leaves out what it shall skip, and names what is wrong', async () => {
        const folder = freshFolder();
        fs.mkdirSync(`${folder}/in/target/x`, { recursive: true });
        fs.symlinkSync('/abs', `${folder}/in/target/x/l`);
        fs.writeFileSync(`${folder}/in/main.rs`, '');
        await using store = demand(await openStore(`${folder}/store`));
        const skip = (path: string): boolean => path === 'target';
        const imported = demand(await store.importTree(`${folder}/in`, { what: 'in', skip }));
        expect(fs.readdirSync(store.objectPath(imported))).toEqual(['main.rs']);
        expect(demandFailure(await store.importTree(`${folder}/in`, { what: 'in' }))).toEqual({
            kind: 'bad-tree',
            what: 'in',
            rule: 'link',
            entry: 'target/x/l',
            detail: 'an absolute link: /abs',
        });
        expect(demandFailure(await store.importTree(`${folder}/in/main.rs`, { what: 'in' }))).toMatchObject({
            rule: 'type',
        });
        expect(demandFailure(await store.importTree(`${folder}/nothing`, { what: 'in' }))).toMatchObject({
            kind: 'system',
            code: 'ENOENT',
            path: `${folder}/nothing`,
        });
    });
});
