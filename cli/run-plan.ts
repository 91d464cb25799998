// Running a plan for `build` and `verify`: sandbox, event log, progress, executor.
import { join } from 'node:path';
import { executePlan, type Executed } from '../runtime/execute.ts';
import { startEventLog } from '../runtime/event-log.ts';
import type { EventBody } from '../runtime/event.ts';
import type { Failure } from '../runtime/failure.ts';
import { performerFor } from '../runtime/perform.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import { openSandbox, type Sandbox } from '../runtime/sandbox/sandbox.ts';
import { sandboxFolders } from './sandbox-folders.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { startProgress } from './progress.ts';
import type { RunSettings } from './run-settings.ts';
import type { Planned } from './with-plan.ts';

export interface RunOptions extends RunSettings {
    readonly mode: 'build' | 'verify';
}

/** Executes the whole plan. The failure is one that came before the first action. */
export async function runPlan(
    context: Context,
    args: Arguments,
    planned: Planned,
    options: RunOptions,
): Promise<Result<Executed, Failure>> {
    const { plan, store, folder, json } = planned;
    const sandbox = await openSandbox(options.tier, sandboxFolders(context));
    if (!sandbox.ok) return sandbox;
    const log = tryStartLog(store.root, context);
    if (!log.ok) return log;
    const progress = startProgress(context, args.flag('quiet') || json);
    const report = (event: EventBody): void => {
        log.value.write(event);
        progress.report(event);
    };
    const { run } = log.value;
    const common = { report, signal: context.signal, now: context.now, run, jobs: options.jobs };
    const performer = performerFor({
        ...common,
        plan,
        store,
        sandbox: sandbox.value,
        hostRoot: planned.hostRoot,
        fetch: {
            store,
            baseDir: folder,
            offline: args.flag('offline'),
            environment: context.env,
            report: () => undefined,
            signal: context.signal,
        },
        mode: options.mode,
    });
    try {
        const keepGoing = args.flag('keep-going');
        return success(await executePlan(plan, { ...common, performer, keepGoing, sandbox: describe(sandbox.value) }));
    } finally {
        progress.finish();
        log.value.close();
    }
}

function describe(sandbox: Sandbox): string {
    return sandbox.tier === sandbox.description ? sandbox.tier : `${sandbox.tier} (${sandbox.description})`;
}

function tryStartLog(root: string, context: Context): Result<ReturnType<typeof startEventLog>, Failure> {
    try {
        return success(startEventLog(root, context.now));
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === undefined) throw error;
        return failure({ kind: 'system', code, operation: 'write', path: join(root, 'runs') });
    }
}
