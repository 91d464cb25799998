import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { Plan, RunAction } from '../../../compiler/plan/plan.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { compose, fetchLocal, mounts, planOf, run, write } from '../../support/plans.ts';
import {
    entriesOf,
    fillFolder,
    kinds,
    leftovers,
    openWorkshop,
    outputOf,
    type Ran,
    type Workshop,
} from '../../support/workshop.ts';

const tiers = ['bwrap', 'unshare'] as const;

/** Sources, a file of the plan, a composed tree, two commands. */
async function sample(workshop: Workshop, build = ''): Promise<Plan> {
    fillFolder(`${workshop.folder}/src`, { 'main.txt': 'source\n', 'bin/tool': { program: '#!/bin/sh\necho tool\n' } });
    const tree = await workshop.treeOf(`${workshop.folder}/src`);
    return planOf(
        {
            'fetch.main': fetchLocal('src', tree),
            config: write({ 'etc/config': 'setting = 1\n' }),
            both: compose({ 'a/src': 'fetch.main', config: 'config' }),
            build: run(`cat /rpkg/in/a/src/main.txt /rpkg/in/config/etc/config >/rpkg/out/result; ${build}`, {
                mounts: mounts({ in: 'both' }),
                outputs: { out: '/rpkg/out', doc: '/rpkg/doc' },
            }),
            test: run(
                '/rpkg/src/bin/tool >/rpkg/out/log; cat /rpkg/in/result >>/rpkg/out/log; echo seen; echo oops >&2',
                {
                    mounts: mounts({ in: 'build', src: 'fetch.main' }),
                },
            ),
        },
        { outputs: { out: 'build', doc: 'build#doc' } },
    );
}

describe.each(tiers)('a plan run with %s', (tier) => {
    it('gives its outputs, and runs nothing a second time', async () => {
        const workshop = await openWorkshop(tier);
        const plan = await sample(workshop);
        const first = await workshop.build(plan);
        expect(first.failures).toEqual([]);
        expect([first.executed, first.cached]).toEqual([2, 3]);
        expect(outputOf(workshop, first, 'build')).toEqual({ result: 'source\nsetting = 1\n' });
        expect(outputOf(workshop, first, 'build', 'doc')).toEqual({});
        expect(outputOf(workshop, first, 'test')).toEqual({ log: 'tool\nsource\nsetting = 1\n' });
        expect(leftovers(workshop)).toEqual([]);

        const second = await workshop.build(plan);
        expect([second.executed, second.cached, second.failures]).toEqual([0, 5, []]);
        expect(second.trees).toEqual(first.trees);
        expect(kinds(second)).toEqual([
            'run-started',
            ...['fetch.main', 'config', 'both', 'build', 'test'].map((id) => `action-cached ${id}`),
            'run-finished',
        ]);
    });
});

it('gives equal trees and keys with every tier', async () => {
    const ran = [];
    for (const tier of tiers) {
        const workshop = await openWorkshop(tier);
        const plan = await sample(
            workshop,
            'id; umask; pwd; hostname; env; stat -c "%a %s %n" /rpkg/in /rpkg/in/* /etc/* /tmp / >/rpkg/doc/list',
        );
        ran.push(await workshop.build(plan));
    }
    const results = ran.map(({ events }) =>
        events.flatMap((event) => (event.kind === 'action-finished' ? [{ ...event, durationMs: 0 }] : [])),
    );
    expect(results[0]).toHaveLength(2);
    expect(results[1]).toEqual(results[0]);
});

describe('what is known already', () => {
    it('cuts off early: an input that is rebuilt to the same bytes does not rerun what uses it', async () => {
        const workshop = await openWorkshop();
        const plan = (script: string): Plan =>
            planOf({ made: run(script), used: run('cp /rpkg/in/x /rpkg/out/y', { mounts: mounts({ in: 'made' }) }) });
        const first = await workshop.build(plan('echo same >/rpkg/out/x'));
        const second = await workshop.build(plan('printf "same\\n" >/rpkg/out/x'));
        expect([first.executed, second.executed, second.cached]).toEqual([2, 1, 1]);
        expect(kinds(second)).toContain('action-cached used');
        const third = await workshop.build(plan('echo other >/rpkg/out/x'));
        expect(third.executed).toBe(2);
    });

    it('does not count how many jobs there were', async () => {
        const workshop = await openWorkshop();
        const wide: Partial<RunAction> = { env: { PATH: '/usr/bin:/bin', JOBS: '<$(jobs)>' } };
        const plan = planOf({
            one: run('echo "$JOBS" >/rpkg/out/x', wide),
            all: run('echo "$JOBS" >/rpkg/out/x', { ...wide, limits: { timeoutSeconds: 60, weight: 0 } }),
        });
        const first = await workshop.build(plan, { jobs: 3, wanted: ['one'] });
        expect(outputOf(workshop, first, 'one')).toEqual({ x: '<1>\n' });
        const second = await workshop.build(plan, { jobs: 5 });
        expect([second.executed, second.cached]).toEqual([0, 2]);
    });

    it('is not believed when the record is damaged or an object is gone', async () => {
        const workshop = await openWorkshop();
        const plan = await sample(workshop);
        const first = await workshop.build(plan);
        const records = `${workshop.store.root}/records/action`;
        for (const name of fs.readdirSync(records)) {
            const text = fs.readFileSync(`${records}/${name}`, 'utf8');
            fs.writeFileSync(`${records}/${name}`, text.replace('"durationMs":', '"durationMs":1'));
        }
        const second = await workshop.build(plan);
        expect([second.executed, second.failures]).toEqual([2, []]);
        expect(second.trees).toEqual(first.trees);

        const tree = second.trees.get('build')?.['out'] as TreeDigest;
        fs.renameSync(workshop.store.objectPath(tree), `${workshop.folder}/gone`);
        const third = await workshop.build(plan);
        expect([third.executed, third.failures]).toEqual([1, []]);
        expect(outputOf(workshop, third, 'build')).toEqual({ result: 'source\nsetting = 1\n' });
    });

    it('names trees of files and composed trees, and makes them only when a command has to see them', async () => {
        const workshop = await openWorkshop();
        const plan = await sample(workshop);
        const named = await workshop.build(plan, { wanted: ['both'] });
        const treeOf = (ran: Ran, id: string): string =>
            workshop.store.objectPath(ran.trees.get(id)?.['out'] as TreeDigest);
        expect([named.cached, named.executed]).toEqual([3, 0]);
        expect([fs.existsSync(treeOf(named, 'both')), fs.existsSync(treeOf(named, 'config'))]).toEqual([false, false]);
        const built = await workshop.build(plan);
        expect([fs.existsSync(treeOf(built, 'both')), fs.existsSync(treeOf(built, 'config'))]).toEqual([true, true]);
        expect(outputOf(workshop, built, 'both')).toEqual({
            'a/src/bin/tool': { program: '#!/bin/sh\necho tool\n' },
            'a/src/main.txt': 'source\n',
            'config/etc/config': 'setting = 1\n',
        });
    });

    it('has what the user asked for in the store, also when no command had to see it', async () => {
        const workshop = await openWorkshop();
        const { actions } = await sample(workshop);
        const ran = await workshop.build(planOf(actions, { outputs: { all: 'both', file: 'config' } }), {
            wanted: ['both'],
        });
        expect([ran.executed, ran.failures]).toEqual([0, []]);
        expect(Object.keys(outputOf(workshop, ran, 'both'))).toHaveLength(3);
        expect(outputOf(workshop, ran, 'config')).toEqual({ 'etc/config': 'setting = 1\n' });
    });

    it('fetches again what was planned but is not there, and refuses what is not what was planned', async () => {
        const workshop = await openWorkshop();
        const plan = await sample(workshop);
        const elsewhere = await openWorkshop('bwrap');
        fillFolder(`${elsewhere.folder}/src`, { 'main.txt': 'other\n' });
        const refused = await elsewhere.build(plan);
        expect(refused.failures).toMatchObject([{ kind: 'hash-mismatch' }]);
        expect(kinds(refused)).toContain('action-skipped test');
        fs.cpSync(`${workshop.folder}/src`, `${elsewhere.folder}/src`, { recursive: true });
        const fetched = await elsewhere.build(plan);
        expect([fetched.executed, fetched.failures]).toEqual([3, []]);
        expect(kinds(fetched)).toContain('action-started fetch.main');
    });
});

describe('folders of an action', () => {
    it('may be private copies, which leave the store as it is, and may be outputs', async () => {
        const workshop = await openWorkshop();
        fillFolder(`${workshop.folder}/src`, { 'a.txt': 'a', 'sub/b': { program: 'b' }, link: { link: 'a.txt' } });
        const tree = await workshop.treeOf(`${workshop.folder}/src`);
        const script =
            'echo more >>a.txt; rm sub/b; echo c >sub/c; stat -c "%a %Y %n" . a.txt sub link >/rpkg/out/stat';
        const plan = planOf({
            'fetch.main': fetchLocal('src', tree),
            build: run(`stat -c '%a %Y %n' /rpkg/src /rpkg/src/* >/rpkg/out/before; ${script}`, {
                cwd: '/rpkg/src',
                mounts: { '/rpkg/src': { tree: 'fetch.main', writable: true } },
                outputs: { out: '/rpkg/out', src: '/rpkg/src' },
            }),
        });
        const ran = await workshop.build(plan);
        expect(ran.failures).toEqual([]);
        expect(outputOf(workshop, ran, 'build', 'src')).toEqual({
            'a.txt': 'amore\n',
            'sub/c': 'c\n',
            link: { link: 'a.txt' },
        });
        expect(entriesOf(workshop.store.objectPath(tree))).toEqual({
            'a.txt': 'a',
            'sub/b': { program: 'b' },
            link: { link: 'a.txt' },
        });
        expect(await workshop.treeOf(workshop.store.objectPath(tree))).toBe(tree);
        const before = '755 1 /rpkg/src\n644 1 /rpkg/src/a.txt\n777 1 /rpkg/src/link\n755 1 /rpkg/src/sub\n';
        expect(outputOf(workshop, ran, 'build')).toMatchObject({ before });
    });

    it('look the same whatever the umask of who starts rpkg', async () => {
        const script =
            'all=$(stat -c "%a %Y %n" /rpkg/out /rpkg/build /rpkg/in /rpkg/in/*); echo "$all" >/rpkg/out/stat';
        const seen = async (umask: number): Promise<unknown> => {
            const before = process.umask(umask);
            try {
                const workshop = await openWorkshop();
                const plan = planOf({ in: write({ x: 'x' }), build: run(script, { mounts: mounts({ in: 'in' }) }) });
                return outputOf(workshop, await workshop.build(plan), 'build');
            } finally {
                process.umask(before);
            }
        };
        const stat = '755 1 /rpkg/out\n755 1 /rpkg/build\n555 1 /rpkg/in\n444 1 /rpkg/in/x\n';
        expect(await seen(0o022)).toEqual({ stat });
        expect(await seen(0o077)).toEqual({ stat });
        expect(await seen(0o000)).toEqual({ stat });
    });

    it('have absolute links into the output made relative', async () => {
        const workshop = await openWorkshop();
        const script = `mkdir -p lib/deep bin; echo x >lib/a
            ln -s /rpkg/out/lib/a bin/a; ln -s /rpkg/out/lib/a lib/deep/a; ln -s /rpkg/out lib/top; ln -s a lib/b
            ln -s /rpkg/out/lib/./deep/../a lib/c; ln -s /rpkg/out/gone here; ln -s /rpkg/out/lib/ lib/self`;
        const ran = await workshop.build(planOf({ build: run(script, { cwd: '/rpkg/out' }) }));
        expect(ran.failures).toEqual([]);
        expect(outputOf(workshop, ran, 'build')).toEqual({
            'bin/a': { link: '../lib/a' },
            here: { link: 'gone' },
            'lib/a': 'x\n',
            'lib/b': { link: 'a' },
            'lib/c': { link: 'a' },
            'lib/deep/a': { link: '../a' },
            'lib/self': { link: '.' },
            'lib/top': { link: '..' },
        });
    });

    it('are imported although the action made them unreadable', async () => {
        const workshop = await openWorkshop();
        const script = 'mkdir -p out/dir; echo x >out/dir/file; chmod 000 out/dir/file out/dir out';
        const ran = await workshop.build(planOf({ build: run(`cd /rpkg/out; ${script}`) }));
        expect(outputOf(workshop, ran, 'build')).toEqual({ 'out/dir/file': 'x\n' });
    });
});

describe('verifying', () => {
    it('runs everything again and finds nothing in a reproducible plan', async () => {
        const workshop = await openWorkshop();
        const plan = await sample(workshop);
        const first = await workshop.build(plan);
        const verified = await workshop.build(plan, { mode: 'verify' });
        expect([verified.executed, verified.cached, verified.failures]).toEqual([2, 3, []]);
        expect(verified.trees).toEqual(first.trees);
    });

    it('names the paths in which an action is not reproducible', async () => {
        const workshop = await openWorkshop();
        const script =
            'date +%N >/rpkg/out/stamp; echo same >/rpkg/out/same; mkdir /rpkg/out/d; touch "/rpkg/out/d/$(date +%N)"';
        const plan = planOf({ random: run(script), behind: run('true', { mounts: mounts({ in: 'random' }) }) });
        const first = await workshop.build(plan);
        const verified = await workshop.build(plan, { mode: 'verify' });
        const [failure] = verified.failures;
        if (failure?.kind !== 'not-reproducible') throw new Error(JSON.stringify(verified.failures));
        expect(failure).toMatchObject({ action: 'random', output: 'out', first: first.trees.get('random')?.['out'] });
        expect(failure.paths.filter((path) => path === 'stamp' || path.startsWith('d/'))).toHaveLength(3);
        expect(failure.paths).not.toContain('same');
        // The first result stays the known one.
        expect((await workshop.build(plan)).trees.get('random')).toEqual(first.trees.get('random'));
    });

    it('builds what is not known yet', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(planOf({ a: run('echo x >/rpkg/out/x') }), { mode: 'verify' });
        expect([ran.executed, ran.failures]).toEqual([1, []]);
    });
});

it('shares its work with another run in the same store', async () => {
    const folder = freshFolder();
    const [one, two] = [await openWorkshop('bwrap', folder), await openWorkshop('bwrap', folder)];
    const plan = await sample(one);
    const [first, second] = await Promise.all([one.build(plan), two.build(plan)]);
    expect([first.failures, second.failures]).toEqual([[], []]);
    expect(second.trees).toEqual(first.trees);
    await one.store.close();
    const third = await two.build(plan);
    expect(third.executed).toBe(0);
});
