// Outputs that others use while the action that makes them still runs.
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../compiler/plan/plan.ts';
import { mounts, planOf, run, union } from '../../support/plans.ts';
import { failuresOf, kinds, leftovers, openWorkshop, outputOf, type Workshop } from '../../support/workshop.ts';

/** As a compiler does it: into a folder inside, and then by a rename. */
const metadata =
    'mkdir /rpkg/meta/tmp; echo meta >/rpkg/meta/tmp/x; mv /rpkg/meta/tmp/x /rpkg/meta/lib; rmdir /rpkg/meta/tmp';

const untilTold = 'until [ -e /rpkg/build/go ]; do sleep 0.02; done';

function library(script: string, changes: Partial<RunAction> = {}): RunAction {
    return run(script, { outputs: { out: '/rpkg/out', meta: '/rpkg/meta' }, early: ['meta'], ...changes });
}

/** Lets the action go on that waits in its scratch folder: the one with an early output, or the others. */
function tell({ store }: Workshop, whom: 'early' | 'others' = 'early'): void {
    for (const owner of fs.readdirSync(`${store.root}/tmp`)) {
        for (const name of fs.readdirSync(`${store.root}/tmp/${owner}`)) {
            const work = `${store.root}/tmp/${owner}/${name}/work`;
            if (!fs.existsSync(`${work}/build`) || fs.existsSync(`${work}/meta`) !== (whom === 'early')) continue;
            fs.writeFileSync(`${work}/build/go`, '');
        }
    }
}

const use = run('cat /rpkg/in/lib >/rpkg/out/used', { mounts: mounts({ in: 'lib#meta' }) });

describe('an early output', () => {
    it('is used while the action still runs, directly and through unions', async () => {
        const workshop = await openWorkshop();
        const plan = planOf({
            lib: library(`${metadata}; ${untilTold}; echo code >/rpkg/out/code`),
            use,
            all: union('lib#meta'),
            further: run('cat /rpkg/in/d/lib /rpkg/in/u/used >/rpkg/out/x', {
                mounts: mounts({ 'in/d': 'all', 'in/u': 'use' }),
            }),
            link: run('cat /rpkg/in/code >/rpkg/out/x', { mounts: mounts({ in: 'lib' }) }),
        });
        const ran = await workshop.build(plan, {
            onEvent: (event) => {
                if (event.kind === 'action-finished' && event.action === 'further') tell(workshop);
            },
        });
        expect(failuresOf(ran)).toEqual([]);
        const order = kinds(ran).filter((line) => line.startsWith('action-finished'));
        expect(order).toEqual(['use', 'further', 'lib', 'link'].map((id) => `action-finished ${id}`));
        expect(outputOf(workshop, ran, 'further')).toEqual({ x: 'meta\nmeta\n' });
        expect(leftovers(workshop)).toEqual([]);
        const again = await workshop.build(plan);
        expect([again.executed, again.trees]).toEqual([0, ran.trees]);
    });

    it('is kept at the end when nothing was there before, or more than files', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(
            planOf({
                none: library('echo code >/rpkg/out/code'),
                folders: library('mkdir /rpkg/meta/d; echo x >/rpkg/meta/d/x; echo y >/rpkg/meta/y; sleep 0.2'),
            }),
        );
        expect(failuresOf(ran)).toEqual([]);
        expect(outputOf(workshop, ran, 'none', 'meta')).toEqual({});
        expect(outputOf(workshop, ran, 'folders', 'meta')).toEqual({ 'd/x': 'x\n', y: 'y\n' });
    });

    it('fails the action when it is changed afterwards; what used it goes on, and what did not is skipped', async () => {
        const workshop = await openWorkshop();
        const plan = planOf({
            lib: library(`${metadata}; ${untilTold}; echo more >>/rpkg/meta/lib`),
            use,
            link: run('true', { mounts: mounts({ in: 'lib' }) }),
            behind: run('true', { mounts: mounts({ in: 'use', lib: 'lib' }) }),
        });
        const ran = await workshop.build(plan, {
            keepGoing: true,
            onEvent: (event) => {
                if (event.kind === 'action-finished') tell(workshop);
            },
        });
        expect(ran.failures).toMatchObject([{ kind: 'bad-output', action: 'lib', output: 'meta', rule: 'early' }]);
        expect(kinds(ran)).toEqual(
            expect.arrayContaining(['action-finished use', 'action-skipped link', 'action-skipped behind']),
        );
        // It is the input that counts: the result of an action that used it is worth keeping.
        expect([...ran.trees.keys()]).toEqual(['use']);
        expect(leftovers(workshop)).toEqual([]);
    });

    it('lets a dependent that runs finish when the action fails', async () => {
        const workshop = await openWorkshop();
        const plan = planOf({
            lib: library(`${metadata}; ${untilTold}; exit 3`),
            use: run(`cat /rpkg/in/lib >/rpkg/out/used; ${untilTold}`, { mounts: mounts({ in: 'lib#meta' }) }),
            behind: run('true', { mounts: mounts({ in: 'use' }) }),
        });
        const ran = await workshop.build(plan, {
            keepGoing: true,
            onEvent: (event) => {
                if (event.kind === 'action-started' && event.action === 'use') setTimeout(() => tell(workshop), 300);
                if (event.kind === 'action-failed') tell(workshop, 'others');
            },
        });
        expect(ran.failures).toMatchObject([{ kind: 'action-failed', action: 'lib', exit: 'exit status 3' }]);
        expect(kinds(ran).filter((line) => /^action-(finished|skipped)/.test(line))).toEqual([
            'action-skipped behind',
            'action-finished use',
        ]);
    });

    it.each([
        ['its sources are known', 'echo "lib.rs:" >/rpkg/build/x.d', ['use', 'lib']],
        ['they are not: then it waits for the end', ':', ['lib', 'use']],
    ])('with an identity is used when %s', async (_, rules, order) => {
        const workshop = await openWorkshop();
        const plan = planOf({
            lib: library(`${rules}; ${metadata}; ${untilTold}`, { identity: { meta: 'rust-metadata' } }),
            use,
        });
        const ran = await workshop.build(plan, {
            onEvent: (event) => {
                if (event.kind === 'action-finished') tell(workshop);
                if (event.kind === 'action-started' && event.action === 'lib' && order[0] === 'lib')
                    setTimeout(() => tell(workshop), 500);
            },
        });
        expect(failuresOf(ran)).toEqual([]);
        expect(kinds(ran).filter((line) => line.startsWith('action-finished'))).toEqual(
            order.map((id) => `action-finished ${id}`),
        );
    });

    it('changes nothing in keys and digests', async () => {
        const workshop = await openWorkshop();
        const plain = planOf({ lib: { ...library(metadata), early: [] } });
        await workshop.build(plain);
        const early = planOf({ lib: library(metadata) });
        expect((await workshop.build(early)).executed).toBe(0);
        expect(early.digest.execution).toBe(plain.digest.execution);
        expect(early.digest.document).not.toBe(plain.digest.document);
    });
});
