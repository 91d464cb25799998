// Which action starts next. A pure state machine: it is told what finished and says what to start; it starts nothing
// itself, knows no clock and no process.
//
//   waiting ──(inputs done)──▶ ready ──(slots free, longest way first)──▶ running ──▶ done
//      └──────────(an input failed)──────────▶ skipped                       └──────▶ failed
import { compareBytes } from '../compiler/plan/bytes.ts';
import { dependenciesOf } from '../compiler/plan/graph.ts';
import type { Plan } from '../compiler/plan/plan.ts';

export type State = 'waiting' | 'ready' | 'running' | 'done' | 'failed' | 'skipped';

export interface Slots {
    readonly jobs: number;
    readonly fetches: number;
}

export interface Schedule {
    /** Actions to start now, most urgent first. They count as running from this moment. */
    start(): readonly string[];
    done(id: string): void;
    /** Gives the actions that will never run because of it, each once, with the input that failed. */
    failed(id: string): readonly { readonly id: string; readonly because: string }[];
    /** Starts nothing more. */
    stop(): void;
    readonly running: number;
    stateOf(id: string): State;
}

export interface ScheduleOptions {
    readonly wanted: ReadonlySet<string>;
    readonly slots: Slots;
    /** Larger starts earlier. */
    readonly urgency: ReadonlyMap<string, number>;
}

/** How many job slots an action takes: weight 0 means all of them. Fetches are limited among themselves. */
function demand(plan: Pick<Plan, 'actions'>, id: string, slots: Slots): { readonly pool: keyof Slots; readonly slots: number } {
    const action = plan.actions[id];
    if (action?.kind === 'fetch') return { pool: 'fetches', slots: 1 };
    if (action?.kind !== 'run') return { pool: 'jobs', slots: 0 };
    const { weight } = action.limits;
    return { pool: 'jobs', slots: weight === 0 ? slots.jobs : Math.min(weight, slots.jobs) };
}

export function startSchedule(plan: Pick<Plan, 'actions'>, { wanted, slots, urgency }: ScheduleOptions): Schedule {
    const states = new Map<string, State>([...wanted].map((id) => [id, 'waiting']));
    const missing = new Map<string, number>();
    const dependents = new Map<string, string[]>();
    const ready: string[] = [];
    const free = { ...slots };
    let running = 0;
    let stopped = false;

    const byUrgency = (a: string, b: string): number =>
        (urgency.get(b) ?? 0) - (urgency.get(a) ?? 0) || compareBytes(a, b);
    const makeReady = (id: string): void => {
        states.set(id, 'ready');
        // Kept sorted by insertion: the queue is short compared with the number of times it is read.
        let low = 0;
        let high = ready.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (byUrgency(ready[middle] ?? '', id) <= 0) low = middle + 1;
            else high = middle;
        }
        ready.splice(low, 0, id);
    };
    for (const id of wanted) {
        const action = plan.actions[id];
        const needed = action === undefined ? [] : dependenciesOf(action).filter((other) => wanted.has(other));
        missing.set(id, needed.length);
        for (const other of needed) dependents.set(other, [...(dependents.get(other) ?? []), id]);
        if (needed.length === 0) makeReady(id);
    }
    const leave = (id: string, state: State): void => {
        if (states.get(id) !== 'running') throw new Error(`${id} is not running`);
        const wants = demand(plan, id, slots);
        free[wants.pool] += wants.slots;
        running--;
        states.set(id, state);
    };

    return {
        get running() {
            return running;
        },
        stateOf: (id) => states.get(id) ?? 'waiting',
        stop: () => {
            stopped = true;
        },
        start() {
            const started: string[] = [];
            if (stopped) return started;
            // An action that does not fit keeps its place: nothing less urgent may take the slots it waits for.
            const blocked = new Set<keyof Slots>();
            for (const id of [...ready]) {
                const wants = demand(plan, id, slots);
                if (wants.slots > 0 && (blocked.has(wants.pool) || wants.slots > free[wants.pool])) {
                    blocked.add(wants.pool);
                    continue;
                }
                free[wants.pool] -= wants.slots;
                running++;
                states.set(id, 'running');
                started.push(id);
                if (free.jobs === 0 && free.fetches === 0) break;
            }
            for (const id of started) ready.splice(ready.indexOf(id), 1);
            return started;
        },
        done(id) {
            leave(id, 'done');
            for (const next of dependents.get(id) ?? []) {
                const left = (missing.get(next) ?? 0) - 1;
                missing.set(next, left);
                if (left === 0 && states.get(next) === 'waiting') makeReady(next);
            }
        },
        failed(id) {
            leave(id, 'failed');
            const skipped: { id: string; because: string }[] = [];
            const queue = [id];
            for (let cause = queue.shift(); cause !== undefined; cause = queue.shift()) {
                for (const next of dependents.get(cause) ?? []) {
                    if (states.get(next) !== 'waiting') continue;
                    states.set(next, 'skipped');
                    skipped.push({ id: next, because: id });
                    queue.push(next);
                }
            }
            return skipped;
        },
    };
}
