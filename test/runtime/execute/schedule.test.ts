import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../compiler/plan/plan.ts';
import { type Slots, startSchedule } from '../../../runtime/schedule.ts';
import { compose, fetchLocal, mounts, run, union } from '../../support/plans.ts';

type Actions = Readonly<Record<string, Action>>;

const slots: Slots = { jobs: 3, fetches: 2 };
const weights = [0, 1, 2, 3, 7] as const;

function weighing(weight: number, needs: readonly string[] = []): Action {
    const named = Object.fromEntries(needs.map((need, at) => [`in${at}`, need]));
    return run('', { mounts: mounts(named), limits: { timeoutSeconds: 1, weight } });
}

/** What the schedule should take an action's demand for. */
function demand(action: Action | undefined): { readonly jobs: number; readonly fetches: number } {
    if (action?.kind === 'fetch') return { jobs: 0, fetches: 1 };
    if (action?.kind !== 'run') return { jobs: 0, fetches: 0 };
    return { jobs: action.limits.weight === 0 ? slots.jobs : Math.min(action.limits.weight, slots.jobs), fetches: 0 };
}

function needsOf(action: Action | undefined): readonly string[] {
    if (action?.kind === 'compose') return [...Object.values(action.entries), ...(action.union ?? [])];
    return action?.kind === 'run' ? Object.values(action.mounts).map(({ tree }) => tree) : [];
}

interface World {
    readonly actions: Actions;
    readonly urgency: ReadonlyMap<string, number>;
    /** Which of the running actions ends next, and how. */
    readonly ends: readonly { readonly pick: number; readonly ok: boolean }[];
}

const world: fc.Arbitrary<World> = fc.integer({ min: 1, max: 16 }).chain((count) => {
    const ids = Array.from({ length: count }, (_, at) => `a${at}`);
    const action = (at: number): fc.Arbitrary<Action> =>
        fc
            .tuple(
                fc.subarray(ids.slice(0, at), { maxLength: Math.min(3, at) }),
                fc.nat(3),
                fc.constantFrom(...weights),
            )
            .map(([needs, kind, weight]) => {
                if (kind === 0 && needs.length === 0) return fetchLocal('.', 'x');
                if (kind === 1) return compose(Object.fromEntries(needs.map((need) => [need, need])));
                return weighing(weight, needs);
            });
    return fc.record({
        actions: fc
            .tuple(...ids.map((_, at) => action(at)))
            .map((all) => Object.fromEntries(all.map((each, at) => [`a${at}`, each]))),
        urgency: fc.tuple(...ids.map(() => fc.nat(3))).map((all) => new Map(all.map((each, at) => [`a${at}`, each]))),
        ends: fc.array(fc.record({ pick: fc.nat(), ok: fc.nat(7).map((digit) => digit > 0) }), {
            minLength: count,
            maxLength: count,
        }),
    });
});

/** Actions that use early outputs, whole ones, or both. */
const earlyWorld = fc.integer({ min: 1, max: 14 }).chain((count) => {
    const action = (at: number): fc.Arbitrary<Action> =>
        fc
            .tuple(
                fc.nat(3),
                fc.subarray(
                    Array.from({ length: 2 * at }, (_, use) => use),
                    { maxLength: Math.min(4, 2 * at) },
                ),
            )
            .map(([kind, uses]) => {
                const needs = uses.map((use) => (use % 2 === 0 ? `a${use >> 1}` : `a${use >> 1}#early`));
                return kind === 0 ? { ...union(...needs) } : weighing(1 + (kind % 2), needs);
            });
    return fc.record({
        actions: fc
            .tuple(...Array.from({ length: count }, (_, at) => action(at)))
            .map((all) => Object.fromEntries(all.map((each, at) => [`a${at}`, each]))),
        fails: fc
            .subarray(
                Array.from({ length: count }, (_, at) => `a${at}`),
                { maxLength: Math.min(3, count) },
            )
            .map((all) => new Set(all)),
    });
});

describe('the schedule', () => {
    it('starts every action once, after its inputs, within the slots, and skips exactly what a failure cuts off', () => {
        fc.assert(
            fc.property(world, ({ actions, urgency, ends }) => {
                const schedule = startSchedule({ actions }, { wanted: new Set(Object.keys(actions)), slots, urgency });
                const started = new Set<string>();
                const done = new Set<string>();
                const failed = new Set<string>();
                const skipped = new Map<string, string>();
                const running: string[] = [];
                const used = { jobs: 0, fetches: 0 };
                const start = (): void => {
                    for (const id of schedule.start()) {
                        expect(started.has(id)).toBe(false);
                        for (const need of needsOf(actions[id])) expect(done.has(need)).toBe(true);
                        started.add(id);
                        running.push(id);
                        used.jobs += demand(actions[id]).jobs;
                        used.fetches += demand(actions[id]).fetches;
                    }
                    expect(used.jobs).toBeLessThanOrEqual(slots.jobs);
                    expect(used.fetches).toBeLessThanOrEqual(slots.fetches);
                    expect(schedule.running).toBe(running.length);
                    expect(schedule.start()).toEqual([]);
                };
                start();
                for (const { pick, ok } of ends) {
                    const [id] = running.splice(pick % Math.max(1, running.length), 1);
                    if (id === undefined) break;
                    used.jobs -= demand(actions[id]).jobs;
                    used.fetches -= demand(actions[id]).fetches;
                    if (ok) {
                        done.add(id);
                        schedule.done(id);
                    } else {
                        failed.add(id);
                        for (const each of schedule.failed(id)) {
                            expect(skipped.has(each.id)).toBe(false);
                            skipped.set(each.id, each.because);
                        }
                    }
                    start();
                }
                const cut = (id: string): boolean => needsOf(actions[id]).some((need) => failed.has(need) || cut(need));
                expect(running).toEqual([]);
                for (const id of Object.keys(actions)) {
                    expect([id, skipped.has(id)]).toEqual([id, cut(id)]);
                    expect([id, started.has(id)]).toEqual([id, !cut(id)]);
                    expect(schedule.stateOf(id)).toBe(cut(id) ? 'skipped' : failed.has(id) ? 'failed' : 'done');
                }
                for (const because of skipped.values()) expect(failed.has(because)).toBe(true);
            }),
            { numRuns: 300 },
        );
    });

    it('starts what needs no more than is published, and skips what a failure cuts off unless it has started', () => {
        fc.assert(
            fc.property(
                earlyWorld,
                fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }),
                ({ actions, fails }, choices) => {
                    const ids = Object.keys(actions);
                    const machine = startSchedule({ actions }, { wanted: new Set(ids), slots, urgency: new Map() });
                    const there = new Set<string>();
                    const started = new Set<string>();
                    const skipped = new Set<string>();
                    const failed = new Set<string>();
                    const running: string[] = [];
                    const start = (): void => {
                        for (const id of machine.start()) {
                            expect([id, started.has(id), skipped.has(id)]).toEqual([id, false, false]);
                            for (const need of needsOf(actions[id]))
                                expect([id, need, there.has(need)]).toEqual([id, need, true]);
                            started.add(id);
                            running.push(id);
                        }
                    };
                    const behind = (id: string): boolean =>
                        needsOf(actions[id]).some((need) => {
                            const before = need.replace('#early', '');
                            return failed.has(before) || behind(before);
                        });
                    start();
                    for (let turn = 0; running.length > 0; turn++) {
                        const choice = choices[turn] ?? 1;
                        const at = choice % running.length;
                        const id = running[at] ?? '';
                        if (choice % 3 === 0 && actions[id]?.kind === 'run') {
                            machine.published(id, ['early']);
                            there.add(`${id}#early`);
                            start();
                            continue;
                        }
                        running.splice(at, 1);
                        if (fails.has(id)) {
                            failed.add(id);
                            for (const each of machine.failed(id)) {
                                expect([started.has(each.id), skipped.has(each.id)]).toEqual([false, false]);
                                skipped.add(each.id);
                            }
                        } else {
                            machine.done(id);
                            there.add(id).add(`${id}#early`);
                        }
                        start();
                    }
                    for (const id of ids) {
                        expect([id, started.has(id)]).toEqual([id, !skipped.has(id)]);
                        expect([id, skipped.has(id) && !behind(id)]).toEqual([id, false]);
                    }
                },
            ),
            { numRuns: 300 },
        );
    });

    it('starts a dependent of an early output at once, through what only names trees, and the rest at the end', () => {
        const machine = schedule({
            a: weighing(1),
            names: union('a#early'),
            early: weighing(1, ['names']),
            late: weighing(1, ['names', 'a']),
        });
        expect(machine.start()).toEqual(['a']);
        machine.published('a', ['early']);
        machine.published('a', ['early']);
        expect(machine.start()).toEqual(['names']);
        machine.done('names');
        expect(machine.start()).toEqual(['early']);
        machine.done('a');
        expect(machine.start()).toEqual(['late']);
    });

    it('cuts off what waits for slots and for other dependents when an action fails that has published', () => {
        const machine = schedule({
            a: weighing(2),
            b: weighing(1, ['a#early']),
            c: weighing(1, ['a#early']),
            d: weighing(1, ['b']),
            e: weighing(3),
        });
        expect(machine.start()).toEqual(['a']);
        machine.published('a', ['early']);
        expect(machine.start()).toEqual(['b']);
        expect(machine.failed('a').map(({ id }) => id)).toEqual(['c', 'd']);
        machine.done('b');
        expect(machine.start()).toEqual(['e']);
        expect(['b', 'c', 'd'].map((id) => machine.stateOf(id))).toEqual(['done', 'skipped', 'skipped']);
    });

    const schedule = (
        actions: Actions,
        urgency: Readonly<Record<string, number>> = {},
        wanted = Object.keys(actions),
    ) => startSchedule({ actions }, { wanted: new Set(wanted), slots, urgency: new Map(Object.entries(urgency)) });

    it('starts the most urgent first, and then by the bytes of the id', () => {
        const actions = { b: weighing(1), a: weighing(1), c: weighing(1), d: weighing(1), f: fetchLocal('.', 'x') };
        expect(schedule(actions, { d: 2, f: 1 }).start()).toEqual(['d', 'f', 'a', 'b']);
    });

    it('keeps the place of an action that does not fit, so that wide ones are not starved', () => {
        const small = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`s${at}`, weighing(1)]));
        const machine = schedule({ first: weighing(1), wide: weighing(0), ...small }, { first: 3, wide: 2 });
        expect(machine.start()).toEqual(['first']);
        machine.done('first');
        expect(machine.start()).toEqual(['wide']);
        machine.done('wide');
        expect(machine.start()).toHaveLength(3);
    });

    it('lets fetches and what only names trees pass an action that waits for slots', () => {
        const machine = schedule(
            { a: weighing(2), b: weighing(2), c: compose({}), f: fetchLocal('.', 'x') },
            { a: 9, b: 8 },
        );
        expect(machine.start()).toEqual(['a', 'c', 'f']);
    });

    it('starts nothing more once it is stopped, and still takes what ends', () => {
        const machine = schedule({ a: weighing(3), b: weighing(1, ['a']), c: weighing(3) });
        expect(machine.start()).toEqual(['a']);
        machine.stop();
        machine.done('a');
        expect(machine.start()).toEqual([]);
        expect([machine.running, machine.stateOf('b'), machine.stateOf('c')]).toEqual([0, 'ready', 'ready']);
    });

    it('knows only what is wanted: other inputs count as done', () => {
        const machine = schedule({ a: weighing(1), b: weighing(1, ['a']), c: weighing(1, ['b']) }, {}, ['b']);
        expect(machine.start()).toEqual(['b']);
        expect(machine.failed('b')).toEqual([]);
    });

    it('takes an end only from what is running', () => {
        const machine = schedule({ a: weighing(1) });
        expect(() => machine.done('a')).toThrow('a is not running');
        machine.start();
        machine.done('a');
        expect(() => machine.failed('a')).toThrow('a is not running');
        expect(() => machine.done('nope')).toThrow('nope is not running');
    });

    it.each([
        ['independent', (at: number) => weighing(at % 3)],
        ['in one chain', (at: number) => weighing(1, at === 0 ? [] : [`a${at - 1}`])],
        ['behind one action', (at: number) => weighing(1, at === 0 ? [] : ['a0'])],
    ])('manages 20000 actions: %s', (_, make) => {
        const actions = Object.fromEntries(Array.from({ length: 20_000 }, (__, at) => [`a${at}`, make(at)]));
        const began = performance.now();
        const machine = schedule(actions);
        let count = 0;
        for (let ids = machine.start(); ids.length > 0; ids = machine.start()) {
            for (const id of ids) machine.done(id);
            count += ids.length;
        }
        expect(count).toBe(20_000);
        // It takes a tenth of it; other work on a small machine must not make the test fail.
        expect(performance.now() - began).toBeLessThan(2000);
    });

    it('skips 20000 dependents quickly', () => {
        const actions = Object.fromEntries(
            Array.from({ length: 20_000 }, (_, at) => [
                `a${at}`,
                weighing(1, at === 0 ? [] : ['a0', `a${at >> 1}`].filter((id) => id !== `a${at}`)),
            ]),
        );
        const machine = schedule(actions);
        expect(machine.start()).toEqual(['a0']);
        expect(machine.failed('a0')).toHaveLength(19_999);
    });
});
