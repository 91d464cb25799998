// Drives a plan: asks the schedule what to start, starts it, tells it what came of it. The one place that starts work.
import type { Plan } from '../compiler/plan/plan.ts';
import { closureOf, criticalPath, splitRef } from '../compiler/plan/graph.ts';
import type { Outputs, Report } from './event.ts';
import type { Failure } from './failure.ts';
import { type Performer, type Performed } from './perform.ts';
import { startSchedule } from './schedule.ts';
import type { Result } from './result.ts';

export interface ExecuteOptions {
    readonly performer: Performer;
    readonly jobs: number;
    readonly keepGoing: boolean;
    readonly report: Report;
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly run: string;
    readonly sandbox: string;
    /** Ids of the wanted actions; what they need comes with them. All when absent. */
    readonly wanted?: readonly string[];
}

export interface Executed {
    readonly failures: readonly Failure[];
    /** Action → its outputs, for all that finished. */
    readonly trees: ReadonlyMap<string, Outputs>;
    readonly executed: number;
    readonly cached: number;
}

/** Network transfers at the same time; they hardly use a processor. */
const fetchSlots = 8;

export async function executePlan(plan: Plan, options: ExecuteOptions): Promise<Executed> {
    const { report, signal, now, jobs } = options;
    const started = now();
    const wanted = closureOf(plan, options.wanted ?? Object.keys(plan.actions));
    report({
        kind: 'run-started',
        run: options.run,
        subject: `${plan.subject.name} ${plan.subject.version}`,
        execution: plan.digest.execution,
        actions: wanted.size,
        jobs,
        sandbox: options.sandbox,
    });
    const state = { failures: [] as Failure[], trees: new Map<string, Outputs>(), executed: 0, cached: 0 };
    await drive(plan, wanted, options, state);
    if (state.failures.length === 0 && !signal.aborted) await bringOutputs(plan, options, state);
    if (signal.aborted && state.failures.length === 0)
        state.failures.push({ kind: 'interrupted', signal: String(signal.reason) });
    report({
        kind: 'run-finished',
        ok: state.failures.length === 0,
        executed: state.executed,
        cached: state.cached,
        failed: state.failures.length,
        durationMs: now() - started,
    });
    return state;
}

interface Progressing {
    readonly failures: Failure[];
    readonly trees: Map<string, Outputs>;
    executed: number;
    cached: number;
}

function drive(plan: Plan, wanted: ReadonlySet<string>, options: ExecuteOptions, state: Progressing): Promise<void> {
    const { performer, report, signal, now } = options;
    const urgency = criticalPath(plan, (id, { kind }) => {
        if (kind === 'run') return performer.estimate(id);
        return kind === 'fetch' ? 1 : 0;
    });
    const schedule = startSchedule(plan, { wanted, slots: { jobs: options.jobs, fetches: fetchSlots }, urgency });
    /** Of actions that are finished, and what others have published early. */
    const available = new Map<string, Outputs>();
    return new Promise((resolve, reject) => {
        const stop = (): void => schedule.stop();
        signal.addEventListener('abort', stop, { once: true });
        const proceed = (): void => {
            for (const id of schedule.start()) {
                const began = now();
                void performer
                    .perform(id, available, {
                        ended() {
                            schedule.publishing(id);
                            proceed();
                        },
                        published(outputs) {
                            available.set(id, { ...available.get(id), ...outputs });
                            schedule.published(id, Object.keys(outputs));
                            proceed();
                        },
                    })
                    .then((result) => {
                        settle(id, result, now() - began);
                        proceed();
                    })
                    .catch(reject);
            }
            if (schedule.running > 0) return;
            signal.removeEventListener('abort', stop);
            resolve();
        };
        const settle = (id: string, result: Result<Performed, Failure>, durationMs: number): void => {
            if (result.ok) {
                state.trees.set(id, result.value.outputs);
                available.set(id, result.value.outputs);
                if (result.value.cached) state.cached++;
                else state.executed++;
                schedule.done(id);
                return;
            }
            state.failures.push(result.failure);
            report({ kind: 'action-failed', action: id, failure: result.failure, durationMs });
            for (const skipped of schedule.failed(id))
                report({ kind: 'action-skipped', action: skipped.id, because: skipped.because });
            if (!options.keepGoing || result.failure.kind === 'interrupted') schedule.stop();
        };
        if (signal.aborted) stop();
        proceed();
    });
}

/** What a user asked for is in the store at the end, also when no command had to see it. */
async function bringOutputs(plan: Plan, { performer, report }: ExecuteOptions, state: Progressing): Promise<void> {
    for (const ref of Object.values(plan.outputs)) {
        const { action } = splitRef(ref);
        if (!state.trees.has(action)) continue;
        const brought = await performer.bring(ref, state.trees);
        if (brought.ok) continue;
        state.failures.push(brought.failure);
        report({ kind: 'action-failed', action, failure: brought.failure, durationMs: 0 });
    }
}
