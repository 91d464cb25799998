import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../support/fresh-folder.ts';
import { giveToOrdinaryUser, isRoot, runAsOrdinaryUser } from '../../support/ordinary-user.ts';
import { hostileArchives } from './hostile-archives.ts';
import { unpackAll, type UnpackReport } from './unpack-hostile.ts';

const asTheTableSays = {
    outcomes: hostileArchives.map(({ name, rule, paths }) => ({
        name,
        outcome: rule ?? paths ?? (expect.any(Array) as readonly string[]),
    })),
    damage: [],
};

describe('hostile archives', () => {
    it('are refused by the right rule, and nothing outside changes', async () => {
        expect(await unpackAll(freshFolder())).toEqual(asTheTableSays);
    });

    it.runIf(isRoot)('fare no better as an ordinary user', () => {
        const folder = freshFolder();
        giveToOrdinaryUser(folder);
        const printed = runAsOrdinaryUser(`${import.meta.dirname}/unpack-hostile.ts`, [folder]);
        expect(JSON.parse(printed) as UnpackReport).toEqual(asTheTableSays);
    });
});
