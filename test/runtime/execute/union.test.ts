import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { compose, mounts, planOf, run, union, write } from '../../support/plans.ts';
import { failuresOf, kinds, leftovers, openWorkshop, outputOf, type Workshop } from '../../support/workshop.ts';

/** An action whose output is these files. */
function gives(files: Readonly<Record<string, string>>): ReturnType<typeof run> {
    const lines = Object.entries(files).map(([name, text]) => `printf %s '${text}' >'/rpkg/out/${name}'`);
    return run([...lines, 'chmod 755 /rpkg/out/*.sh 2>/dev/null || :'].join('\n'));
}

const look =
    'ls -A /rpkg/in/all >/rpkg/out/names; cat /rpkg/in/all/* >/rpkg/out/text; stat -c "%a %Y %n" /rpkg/in/all /rpkg/in/all/* >/rpkg/out/stat';

function sample(changes: Readonly<Record<string, ReturnType<typeof run>>> = {}): Plan {
    return planOf({
        a: gives({ a: 'A', 'ü.sh': 'run' }),
        b: gives({ b: 'B', empty: '' }),
        c: gives({ c: 'C' }),
        ab: union('a', 'b'),
        bc: union('b', 'c'),
        all: union('ab', 'bc', 'a'),
        see: run(look, { mounts: mounts({ 'in/all': 'all' }) }),
        ...changes,
    });
}

function objects({ store }: Workshop): number {
    return fs.readdirSync(`${store.root}/objects`).length;
}

describe('a union', () => {
    it('shows the files of its parts side by side, and needs no object of its own', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(sample());
        expect(failuresOf(ran)).toEqual([]);
        expect(outputOf(workshop, ran, 'see')).toEqual({
            names: 'a\nb\nc\nempty\nü.sh\n',
            text: 'ABCrun',
            stat: [
                '555 1 /rpkg/in/all\n444 1 /rpkg/in/all/a\n444 1 /rpkg/in/all/b\n444 1 /rpkg/in/all/c\n',
                '444 1 /rpkg/in/all/empty\n555 1 /rpkg/in/all/ü.sh\n',
            ].join(''),
        });
        expect(objects(workshop)).toBe(4);
        expect(leftovers(workshop)).toEqual([]);
    });

    it('has the digest of the real folder', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build({ ...sample(), outputs: { all: 'all', one: 'ab' } });
        expect(failuresOf(ran)).toEqual([]);
        for (const id of ['all', 'ab']) {
            const digest = ran.trees.get(id)?.['out'] ?? '';
            expect(await workshop.treeOf(workshop.store.objectPath(digest as never))).toBe(digest);
        }
        for await (const problem of workshop.store.verify()) expect(problem).toBeUndefined();
    });

    it('is named from records alone when there is nothing to do', async () => {
        const workshop = await openWorkshop();
        const plan = sample();
        const first = await workshop.build(plan);
        // Contents that nobody may read again: objects only have to be there.
        const hidden = `${workshop.store.root}/objects`;
        for (const name of fs.readdirSync(hidden)) {
            fs.chmodSync(`${hidden}/${name}`, 0o755);
            for (const file of fs.readdirSync(`${hidden}/${name}`)) fs.rmSync(`${hidden}/${name}/${file}`);
        }
        const again = await workshop.build(plan);
        expect([again.executed, again.failures, again.trees]).toEqual([0, [], first.trees]);
    });

    it('is the tree of its only part, and empty without any', async () => {
        const workshop = await openWorkshop();
        const plan = planOf({
            a: gives({ a: 'A' }),
            one: union('a'),
            none: union(),
            see: run('ls -A /rpkg/in/one /rpkg/in/none >/rpkg/out/list', {
                mounts: mounts({ 'in/one': 'one', 'in/none': 'none' }),
            }),
        });
        const ran = await workshop.build(plan);
        expect(ran.trees.get('one')).toEqual(ran.trees.get('a'));
        expect(outputOf(workshop, ran, 'see')).toEqual({ list: '/rpkg/in/none:\n\n/rpkg/in/one:\na\n' });
    });

    it('can be worked on as a private copy, and be a part of other trees', async () => {
        const workshop = await openWorkshop();
        const plan = sample();
        const ran = await workshop.build(
            planOf({
                ...plan.actions,
                more: compose({ lib: 'all' }),
                see: run('echo more >>/rpkg/w/a; rm /rpkg/w/b; cat /rpkg/in/lib/* >/rpkg/out/text', {
                    mounts: { ...mounts({ in: 'more' }), '/rpkg/w': { tree: 'all', writable: true } },
                    outputs: { out: '/rpkg/out', w: '/rpkg/w' },
                }),
            }),
        );
        expect(failuresOf(ran)).toEqual([]);
        expect(outputOf(workshop, ran, 'see')).toEqual({ text: 'ABCrun' });
        expect(outputOf(workshop, ran, 'see', 'w')).toEqual({
            a: 'Amore\n',
            c: 'C',
            empty: '',
            'ü.sh': { program: 'run' },
        });
        expect(outputOf(workshop, ran, 'a')).toMatchObject({ a: 'A' });
    });

    it.each([
        ['content', gives({ a: 'other' })],
        ['execute bit', run('printf A >/rpkg/out/a; chmod 755 /rpkg/out/a')],
    ])('fails when two files of one name are not the same: %s', async (_, other) => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(sample({ c: other }), { keepGoing: true });
        expect(ran.failures).toEqual([
            {
                kind: 'bad-union',
                action: 'all',
                file: 'a',
                detail: '`ab` and `bc` have different files of this name',
            },
        ]);
        expect(kinds(ran)).toContain('action-skipped see');
    });

    it.each([
        ['folder', 'mkdir /rpkg/out/d'],
        ['link', 'ln -s a /rpkg/out/l'],
    ])('fails when a part has more than files: %s', async (_, script) => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(sample({ c: run(script) }));
        expect(ran.failures).toMatchObject([
            {
                kind: 'bad-union',
                action: 'bc',
                detail: '`c` holds more than files at its top, and cannot be a part of a union',
            },
        ]);
    });

    it('takes parts that are too large to be remembered', async () => {
        const workshop = await openWorkshop();
        const many = run('for i in $(seq 200); do echo $i >/rpkg/out/f$i; done');
        const plan = planOf({
            many,
            a: gives({ a: 'A' }),
            all: union('many', 'a'),
            see: run('ls /rpkg/in/all | wc -l >/rpkg/out/n', { mounts: mounts({ 'in/all': 'all' }) }),
        });
        const ran = await workshop.build(plan);
        expect(outputOf(workshop, ran, 'see')).toEqual({ n: '201\n' });
        const again = await workshop.build(plan);
        expect([again.executed, again.trees]).toEqual([0, ran.trees]);
    });

    it('runs nothing behind it again when its files are the same', async () => {
        const workshop = await openWorkshop();
        await workshop.build(sample());
        const ran = await workshop.build(
            sample({
                a: run(": another way; printf A >/rpkg/out/a; printf run >'/rpkg/out/ü.sh'; chmod 755 /rpkg/out/*.sh"),
            }),
        );
        expect(kinds(ran)).toContain('action-finished a');
        expect(kinds(ran)).toContain('action-cached see');
    });

    it('is named quickly: 400 libraries, each with all before it', async () => {
        const workshop = await openWorkshop();
        const actions: Record<string, ReturnType<typeof union> | ReturnType<typeof run> | ReturnType<typeof write>> =
            {};
        const script = 'for i in $(seq 60); do echo $i >/rpkg/out/lib$i; done';
        actions['base'] = run(script);
        for (let at = 0; at < 400; at++) actions[`u${at}`] = union('base', ...(at === 0 ? [] : [`u${at - 1}`]));
        await workshop.build(planOf(actions));
        const began = process.cpuUsage();
        const again = await workshop.build(planOf(actions));
        expect([again.executed, again.failures]).toEqual([0, []]);
        expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
    });
});

describe('places two names below the root', () => {
    it('are there for inputs, copies, outputs and scratch, in folders that look alike', async () => {
        const workshop = await openWorkshop();
        const plan = planOf({
            in: write({ x: 'x' }),
            build: run(
                'stat -c "%A %n" /rpkg /rpkg/d /rpkg/d/in /rpkg/o >/rpkg/o/one/stat; cat /rpkg/d/in/x /rpkg/c/copy/x >/rpkg/o/two/x; touch /rpkg/c/copy/y; touch /rpkg/d/new 2>/dev/null && exit 1; pwd >/rpkg/o/two/pwd',
                {
                    cwd: '/rpkg/s/scratch',
                    scratch: '/rpkg/s/scratch',
                    mounts: { ...mounts({ 'd/in': 'in' }), '/rpkg/c/copy': { tree: 'in', writable: true } },
                    outputs: { one: '/rpkg/o/one', two: '/rpkg/o/two', copy: '/rpkg/c/copy' },
                },
            ),
        });
        const ran = await workshop.build(plan);
        expect(failuresOf(ran)).toEqual([]);
        const stat = 'drwxr-xr-x /rpkg\ndrwxr-xr-x /rpkg/d\ndr-xr-xr-x /rpkg/d/in\ndrwxr-xr-x /rpkg/o\n';
        expect(outputOf(workshop, ran, 'build', 'one')).toEqual({ stat });
        expect(outputOf(workshop, ran, 'build', 'two')).toEqual({ x: 'xx', pwd: '/rpkg/s/scratch\n' });
        expect(outputOf(workshop, ran, 'build', 'copy')).toEqual({ x: 'x', y: '' });
        expect(leftovers(workshop)).toEqual([]);
    });
});
