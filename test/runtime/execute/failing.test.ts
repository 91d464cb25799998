import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compose, mounts, planOf, run, write } from '../../support/plans.ts';
import { kinds, leftovers, openWorkshop } from '../../support/workshop.ts';

describe('an action that fails', () => {
    const failing = planOf({
        bad: run('echo to out; echo to err >&2; echo half >/rpkg/out/file; exit 3'),
        behind: run('true', { mounts: mounts({ in: 'bad' }) }),
        further: compose({ x: 'behind' }),
        other: run('sleep 0.2; echo fine >/rpkg/out/x'),
    });

    it('keeps its folders, its log and how it was run, and cuts off its dependents', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(failing, { keepGoing: true });
        const [failure] = ran.failures;
        if (failure?.kind !== 'action-failed') throw new Error(JSON.stringify(ran.failures));
        expect(failure).toMatchObject({ action: 'bad', exit: 'exit status 3' });
        expect(fs.readFileSync(failure.log, 'utf8')).toBe('to err\n');
        expect(fs.readFileSync(`${failure.kept}/stdout`, 'utf8')).toBe('to out\n');
        expect(fs.readFileSync(`${failure.kept}/work/out/file`, 'utf8')).toBe('half\n');
        const kept = JSON.parse(fs.readFileSync(`${failure.kept}/action.json`, 'utf8')) as {
            spec: { binds: object[] };
        };
        expect(kept).toMatchObject({
            id: 'bad',
            spec: { argv: ['/bin/sh', '-eu', '-c', expect.any(String)], cwd: '/rpkg/build' },
        });
        expect(kept.spec.binds).toContainEqual({ at: '/rpkg/out', from: 'work/out', writable: true });
        expect(kinds(ran)).toEqual(
            expect.arrayContaining([
                'action-failed bad',
                'action-skipped behind',
                'action-skipped further',
                'action-finished other',
            ]),
        );
        expect([ran.executed, [...ran.trees.keys()]]).toEqual([1, ['other']]);
        expect(ran.events.at(-1)).toMatchObject({ kind: 'run-finished', ok: false, failed: 1 });
        expect(leftovers(workshop)).toEqual([]);
    });

    it('ends the run, unless it is to be kept going', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(failing, { jobs: 1 });
        expect(ran.failures).toHaveLength(1);
        expect(ran.trees.size).toBe(0);
        expect(kinds(ran)).not.toContain('action-started other');
    });

    it('is tried again the next time', async () => {
        const workshop = await openWorkshop();
        await workshop.build(failing);
        const again = await workshop.build(failing, { keepGoing: true });
        expect(again.failures).toMatchObject([{ kind: 'action-failed', action: 'bad' }]);
    });

    it.each<[string, string, object]>([
        ['a program that is not there', '/rpkg/nowhere/program', { kind: 'action-failed', exit: 'exit status 127' }],
        ['a signal', 'kill -9 $$', { kind: 'action-failed', exit: 'ended by SIGKILL' }],
        ['a forbidden file', 'mkfifo /rpkg/out/pipe', { kind: 'bad-output', rule: 'type', entry: 'pipe' }],
        [
            'a link out of the output',
            'ln -s ../../etc/passwd /rpkg/out/x',
            { kind: 'bad-output', rule: 'link', entry: 'x' },
        ],
        ['an absolute link', 'ln -s /rpkg/build/x /rpkg/out/x', { kind: 'bad-output', rule: 'link', entry: 'x' }],
        ['a name with a line end', "touch '/rpkg/out/a\nb'", { kind: 'bad-output', rule: 'name' }],
        [
            'too little memory',
            'ulimit -v >&2; dd if=/dev/zero of=/dev/null bs=200M count=1',
            { kind: 'action-failed', exit: 'exit status 1' },
        ],
        ['writing to an input', 'echo x >/rpkg/in/new', { kind: 'action-failed', exit: 'exit status 2' }],
        ['writing outside of its folders', 'echo x >/new', { kind: 'action-failed', exit: 'exit status 2' }],
    ])('%s', async (_, script, expected) => {
        const workshop = await openWorkshop();
        const limits = { timeoutSeconds: 60, weight: 1, memoryBytes: 128 * 2 ** 20 };
        const ran = await workshop.build(
            planOf({ in: write({}), bad: run(script, { limits, mounts: mounts({ in: 'in' }) }) }),
        );
        expect(ran.failures).toMatchObject([expected]);
        expect([ran.executed, leftovers(workshop)]).toEqual([0, []]);
    });

    it('because it takes too long', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(
            planOf({ slow: run('echo started; sleep 60', { limits: { timeoutSeconds: 1, weight: 1 } }) }),
        );
        const [failure] = ran.failures;
        expect(failure).toMatchObject({ kind: 'action-timeout', action: 'slow', seconds: 1 });
        if (failure?.kind === 'action-timeout')
            expect(fs.readFileSync(`${failure.kept}/stdout`, 'utf8')).toBe('started\n');
    });

    it('is told when its folders cannot be made', async () => {
        const workshop = await openWorkshop();
        await workshop.build(planOf({ first: run('true') }));
        const taken = `${workshop.store.root}/failed`;
        fs.writeFileSync(taken, 'a file');
        const ran = await workshop.build(planOf({ bad: run('exit 1') }));
        expect(ran.failures).toMatchObject([{ kind: 'system', path: taken }]);
        expect(leftovers(workshop)).toEqual([]);
    });
});

describe('a run that is cancelled', () => {
    const isRunning = (word: string): boolean =>
        fs.readdirSync('/proc').some((pid) => {
            try {
                return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
            } catch {
                return false;
            }
        });

    it('ends its commands and leaves nothing behind', async () => {
        const workshop = await openWorkshop();
        const word = `98765.${process.pid}`;
        const plan = planOf({
            slow: run(`sleep ${word} & sleep ${word}`),
            slow2: run(`echo x >/rpkg/out/x; setsid sleep ${word}`),
            behind: run('true', { mounts: mounts({ in: 'slow' }) }),
        });
        const controller = new AbortController();
        const running = workshop.build(plan, { signal: controller.signal, keepGoing: true });
        while (!isRunning(word)) await sleep(10);
        controller.abort('SIGINT');
        const ran = await running;
        expect(new Set(ran.failures.map(({ kind }) => kind))).toEqual(new Set(['interrupted']));
        expect(ran.failures[0]).toEqual({ kind: 'interrupted', signal: 'SIGINT' });
        expect([ran.executed, isRunning(word), leftovers(workshop)]).toEqual([0, false, []]);
        expect(fs.existsSync(`${workshop.store.root}/failed`)).toBe(false);
        expect(ran.events.at(-1)).toMatchObject({ kind: 'run-finished', ok: false });
    });

    it('starts nothing when it was cancelled before', async () => {
        const workshop = await openWorkshop();
        const ran = await workshop.build(planOf({ a: run('true') }), { signal: AbortSignal.abort('SIGTERM') });
        expect(ran.failures).toEqual([{ kind: 'interrupted', signal: 'SIGTERM' }]);
        expect(kinds(ran)).toEqual(['run-started', 'run-finished']);
    });
});
