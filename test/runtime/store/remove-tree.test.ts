import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { removeTree } from '../../../runtime/store/remove-tree.ts';
import { fingerprint, makeCanary } from '../../support/canary.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { giveToOrdinaryUser, isRoot, runAsOrdinaryUser } from '../../support/ordinary-user.ts';
import { makeStubborn } from './stubborn-tree.ts';

const done = { ok: true, value: undefined };

describe('removing a tree', () => {
    it('follows no link and needs no permission in it', async () => {
        const folder = freshFolder();
        makeCanary(`${folder}/canary`);
        const before = fingerprint(`${folder}/canary`);
        makeStubborn(`${folder}/tree`, `${folder}/canary`);
        expect(await removeTree(`${folder}/tree`)).toEqual(done);
        expect(fs.readdirSync(folder)).toEqual(['canary']);
        expect(fingerprint(`${folder}/canary`)).toBe(before);
    });

    it.runIf(isRoot)('works for an ordinary user too', () => {
        const folder = freshFolder();
        giveToOrdinaryUser(folder);
        makeCanary(`${folder}/canary`);
        const before = fingerprint(`${folder}/canary`);
        const printed = runAsOrdinaryUser(`${import.meta.dirname}/stubborn-tree.ts`, [
            `${folder}/tree`,
            `${folder}/canary`,
        ]);
        expect(JSON.parse(printed)).toEqual({ ok: true });
        expect(fs.readdirSync(folder)).toEqual(['canary']);
        expect(fingerprint(`${folder}/canary`)).toBe(before);
    });

    it('removes what is deeper than any path', async () => {
        const folder = freshFolder();
        const names = `${'n'.repeat(200)}/`.repeat(60) + 'd/'.repeat(3000);
        execFileSync('mkdir', ['-p', `tree/${names}`], { cwd: folder });
        expect(await removeTree(`${folder}/tree`)).toEqual(done);
        expect(fs.readdirSync(folder)).toEqual([]);
    });

    it('takes a file, a link, or nothing', async () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/file`, '');
        fs.symlinkSync(folder, `${folder}/link`);
        for (const name of ['file', 'link', 'nothing']) expect(await removeTree(`${folder}/${name}`)).toEqual(done);
        expect(fs.readdirSync(folder)).toEqual([]);
    });

    it('says what the system refused', async () => {
        expect(await removeTree('/proc/self/status')).toMatchObject({
            ok: false,
            failure: { kind: 'system', operation: 'unlink' },
        });
    });
});
