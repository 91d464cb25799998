import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { compose, fetchLocal, mounts, planOf, run, select } from '../../support/plans.ts';
import {
    type Entries,
    entriesOf,
    failuresOf,
    fillFolder,
    kinds,
    leftovers,
    openWorkshop,
    outputOf,
    type Workshop,
} from '../../support/workshop.ts';

const source: Entries = {
    'Cargo.toml': '[workspace]',
    'one/src/lib.rs': 'one',
    'one/run.sh': { program: 'run' },
    'two/src/lib.rs': 'two',
    'two/tests/t.rs': 'test',
    'to two': { link: 'two' },
    empty: null,
};

async function planFor(workshop: Workshop, without: readonly string[]): Promise<Plan> {
    fillFolder(`${workshop.folder}/source`, source);
    const tree = await workshop.treeOf(`${workshop.folder}/source`);
    return planOf({ 'fetch.main': fetchLocal('source', tree), part: select('fetch.main', ...without) });
}

describe('a selection', () => {
    it.each<[string, readonly string[], readonly string[]]>([
        ['of everything', [], []],
        ['without a folder', ['two'], ['two/src/lib.rs', 'two/tests/t.rs']],
        ['without folders deeper down', ['two/tests', 'one/src'], ['two/tests/t.rs', 'one/src/lib.rs']],
        [
            'without a file, a link and an empty folder',
            ['Cargo.toml', 'to two', 'empty'],
            ['Cargo.toml', 'to two', 'empty'],
        ],
        ['without what is not there', ['three', 'one/none/at/all', 'Cargo.toml/x'], []],
        ['without a path through a link', ['to two/src'], []],
    ])('%s has the digest of the real folder', async (_, without, gone) => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(await planFor(workshop, without));
        expect(failuresOf(ran)).toEqual([]);
        const digest = ran.trees.get('part')?.['out'] as TreeDigest;
        const object = workshop.store.objectPath(digest);
        expect(await workshop.treeOf(object)).toBe(digest);
        const expected = Object.entries(source).filter(([path]) => !gone.includes(path));
        // A folder stays when all in it is taken out.
        expect(entriesOf(object)).toEqual(Object.fromEntries(expected));
        for await (const problem of workshop.store.verify()) expect(problem).toBeUndefined();
        expect(leftovers(workshop)).toEqual([]);
    });

    it('shares the files of its tree, and is known by a record the next time', async () => {
        const workshop = await openWorkshop();
        const plan = await planFor(workshop, ['two']);
        const ran = await workshop.build(plan);
        const { store } = workshop;
        const [whole, part] = ['fetch.main', 'part'].map((id) =>
            store.objectPath(ran.trees.get(id)?.['out'] as TreeDigest),
        );
        expect(fs.statSync(`${part}/Cargo.toml`).ino).toBe(fs.statSync(`${whole}/Cargo.toml`).ino);
        // Contents that nobody may read again.
        fs.chmodSync(`${whole}/one`, 0o755);
        fs.rmSync(`${whole}/one/run.sh`);
        const again = await workshop.build(plan);
        expect([again.failures, again.trees]).toEqual([[], ran.trees]);
    });

    it('is made again when it went away', async () => {
        const workshop = await openWorkshop();
        const plan = await planFor(workshop, ['two']);
        const ran = await workshop.build(plan);
        const path = workshop.store.objectPath(ran.trees.get('part')?.['out'] as TreeDigest);
        fs.chmodSync(path, 0o755);
        fs.renameSync(path, `${workshop.folder}/away`);
        const again = await workshop.build(plan);
        expect([again.failures, again.trees, fs.existsSync(path)]).toEqual([[], ran.trees, true]);
    });

    it('runs nothing again for an edit of what it leaves out', async () => {
        const workshop = await openWorkshop();
        const see = run('ls -R /rpkg/in >/rpkg/out/list', { mounts: mounts({ in: 'both' }) });
        const planOver = (plan: Plan): Plan => planOf({ ...plan.actions, both: compose({ src: 'part' }), see });
        const ran = await workshop.build(planOver(await planFor(workshop, ['two'])));
        expect(outputOf(workshop, ran, 'see')['list']).not.toContain('two/');
        fs.rmSync(`${workshop.folder}/source`, { recursive: true });
        fillFolder(`${workshop.folder}/source`, { ...source, 'two/src/lib.rs': 'other' });
        const tree = await workshop.treeOf(`${workshop.folder}/source`);
        const edited = planOf({ 'fetch.main': fetchLocal('source', tree), part: select('fetch.main', 'two') });
        expect(kinds(await workshop.build(planOver(edited)))).toContain('action-cached see');
    });
});
