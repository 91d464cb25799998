// Which action starts next. A pure state machine: it is told what finished and says what to start; it starts nothing
// itself, knows no clock and no process.
//
//   waiting ──(inputs there)──▶ ready ──(slots free, longest way first)──▶ running ──▶ done
//      └──────────(an input failed)──┴────────▶ skipped                       └──────▶ failed
//
// Inputs are outputs of other actions. They are there when the action is done, or when it has published them before.
import { compareBytes } from '../compiler/plan/bytes.ts';
import { outputsUsedBy } from '../compiler/plan/graph.ts';
import { own } from '../compiler/plan/own.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { type ReadyQueue, readyQueue } from './ready-queue.ts';

export type State = 'waiting' | 'ready' | 'running' | 'done' | 'failed' | 'skipped';

export interface Slots {
    readonly jobs: number;
    readonly fetches: number;
}

export interface Schedule {
    /** Actions to start now, most urgent first. They count as running from this moment. */
    start(): readonly string[];
    /** Its commands have ended: what is left, keeping the outputs, needs no slot. Too many at once keep their slots until they are done. */
    publishing(id: string): void;
    /** Some outputs are there although the action still runs. Should it fail later, what has started with them goes on. */
    published(id: string, outputs: readonly string[]): void;
    done(id: string): void;
    /** Gives the actions that will never run because of it, each once. `because` is the action that failed. */
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

/** What an action takes while it runs: `nothing` for those that only name trees. */
interface Demand {
    readonly pool: Pool;
    readonly slots: number;
}

type Pool = keyof Slots | 'nothing';

/** Weight 0 means all job slots. Fetches are limited among themselves. */
function demandOf(plan: Pick<Plan, 'actions'>, id: string, slots: Slots): Demand {
    const action = own(plan.actions, id);
    if (action?.kind === 'fetch') return { pool: 'fetches', slots: 1 };
    if (action?.kind !== 'run') return { pool: 'nothing', slots: 0 };
    const { weight } = action.limits;
    return { pool: 'jobs', slots: weight === 0 ? slots.jobs : Math.min(weight, slots.jobs) };
}

/** An action of the schedule. */
interface Task {
    readonly id: string;
    /** Its place in the order of urgency: actions of the same urgency are in byte order of their ids. */
    readonly rank: number;
    readonly demand: Demand;
    /** By the output that they use. An output that is there has none any more. */
    readonly waiting: Map<string, Task[]>;
    readonly dependents: Set<Task>;
    /** Inputs that are not there. */
    missing: number;
    state: State;
    /** Its slots are free already. */
    released: boolean;
}

/** How many actions may be publishing without a slot: each holds open files and a folder. */
const publishingAtOnce = 64;

export function startSchedule(plan: Pick<Plan, 'actions'>, options: ScheduleOptions): Schedule {
    const ranked = rankedTasks(plan, options);
    const tasks = new Map(ranked.map((task) => [task.id, task]));
    const ready: Record<Pool, ReadyQueue> = { jobs: readyQueue(), fetches: readyQueue(), nothing: readyQueue() };
    const free: Record<Pool, number> = { ...options.slots, nothing: 0 };
    let running = 0;
    let publishing = 0;
    let stopped = false;

    const makeReady = (task: Task): void => {
        task.state = 'ready';
        ready[task.demand.pool].add(task.rank);
    };
    linkTasks(plan, tasks);
    for (const task of ranked) if (task.missing === 0) makeReady(task);

    /** An action that does not fit keeps its place: nothing less urgent may take the slots it waits for. */
    const startFrom = (pool: Pool): readonly Task[] => {
        const started: Task[] = [];
        for (let task = first(pool); task !== undefined && task.demand.slots <= free[pool]; task = first(pool)) {
            ready[pool].take();
            free[pool] -= task.demand.slots;
            running++;
            task.state = 'running';
            started.push(task);
        }
        return started;
    };
    const first = (pool: Pool): Task | undefined => {
        let task = ranked[ready[pool].first() ?? -1];
        // An input that was there early belongs to an action that has failed since.
        for (; task?.state === 'skipped'; task = ranked[ready[pool].first() ?? -1]) ready[pool].take();
        return task;
    };
    const release = (task: Task, output: string): void => {
        for (const next of task.waiting.get(output) ?? []) {
            next.missing--;
            if (next.missing === 0 && next.state === 'waiting') makeReady(next);
        }
        task.waiting.delete(output);
    };
    const end = (id: string, state: 'done' | 'failed'): Task => {
        const task = tasks.get(id);
        if (task?.state !== 'running') throw new Error(`${id} is not running`);
        if (task.released) publishing--;
        else free[task.demand.pool] += task.demand.slots;
        running--;
        task.state = state;
        return task;
    };

    return {
        get running() {
            return running;
        },
        stateOf: (id) => tasks.get(id)?.state ?? 'waiting',
        stop: () => {
            stopped = true;
        },
        start() {
            if (stopped) return [];
            const started = [...startFrom('nothing'), ...startFrom('fetches'), ...startFrom('jobs')];
            return started.sort((a, b) => a.rank - b.rank).map(({ id }) => id);
        },
        publishing(id) {
            const task = tasks.get(id);
            if (task?.state !== 'running' || task.released || publishing >= publishingAtOnce) return;
            task.released = true;
            publishing++;
            free[task.demand.pool] += task.demand.slots;
        },
        published(id, outputs) {
            const task = tasks.get(id);
            if (task?.state !== 'running') throw new Error(`${id} is not running`);
            for (const output of outputs) release(task, output);
        },
        done(id) {
            const task = end(id, 'done');
            for (const output of [...task.waiting.keys()]) release(task, output);
        },
        failed: (id) => skipBehind(end(id, 'failed')).map((skipped) => ({ id: skipped, because: id })),
    };
}

/** The wanted actions, the most urgent one first. */
function rankedTasks(plan: Pick<Plan, 'actions'>, { wanted, slots, urgency }: ScheduleOptions): readonly Task[] {
    const order = [...wanted].sort((a, b) => (urgency.get(b) ?? 0) - (urgency.get(a) ?? 0) || compareBytes(a, b));
    return order.map((id, rank) => {
        const demand = demandOf(plan, id, slots);
        const nobody = { waiting: new Map(), dependents: new Set<Task>(), missing: 0 };
        return { id, rank, demand, ...nobody, state: 'waiting', released: false };
    });
}

/** Inputs that are not wanted count as done: the caller has them. */
function linkTasks(plan: Pick<Plan, 'actions'>, tasks: ReadonlyMap<string, Task>): void {
    for (const task of tasks.values()) {
        const action = own(plan.actions, task.id);
        for (const input of action === undefined ? [] : outputsUsedBy(action)) {
            const needed = tasks.get(input.action);
            if (needed === undefined) continue;
            const waiting = needed.waiting.get(input.output) ?? [];
            needed.waiting.set(input.output, waiting);
            waiting.push(task);
            needed.dependents.add(task);
            task.missing++;
        }
    }
}

/** Marks everything that has not started and can no longer run, the direct dependents first. */
function skipBehind(failed: Task): readonly string[] {
    const skipped: string[] = [];
    const reached = new Set<Task>([failed]);
    // The set grows while it is walked. Also through what has run with early outputs: the rest behind it is cut off.
    for (const { dependents } of reached) {
        for (const task of dependents) {
            if (reached.has(task)) continue;
            reached.add(task);
            if (task.state !== 'waiting' && task.state !== 'ready') continue;
            task.state = 'skipped';
            skipped.push(task.id);
        }
    }
    return skipped;
}
