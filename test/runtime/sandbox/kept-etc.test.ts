// The sandbox's /etc between runs.
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { etcFiles } from '../../../compiler/plan/sandbox.ts';
import { keptHostRoot } from '../../../runtime/sandbox/kept-etc.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { demand } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

describe('the /etc of the sandbox', () => {
    it('is made once, also by several at the same time, and is whole', async () => {
        await using store = demand(await openStore(`${freshFolder()}/store`));
        const made = await Promise.all([keptHostRoot(store), keptHostRoot(store), keptHostRoot(store)]);
        const again = demand(await keptHostRoot(store));
        const place = again.binds.find(({ at }) => at === '/etc')?.from ?? '';
        expect(fs.readdirSync(`${store.root}/etc`)).toHaveLength(1);
        expect(place.startsWith(`${store.root}/etc/`)).toBe(true);
        for (const each of made) expect(demand(each).links).toEqual(again.links);
        for (const [name, text] of Object.entries(etcFiles))
            expect(fs.readFileSync(`${place}/${name}`, 'utf8')).toBe(text);
    });

    it('is no problem of the store', async () => {
        await using store = demand(await openStore(`${freshFolder()}/store`));
        demand(await keptHostRoot(store));
        const problems = [];
        for await (const problem of store.verify()) problems.push(problem);
        expect(problems).toEqual([]);
    });
});
