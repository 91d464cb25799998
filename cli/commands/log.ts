import { readFileSync } from 'node:fs';
import { parseHash } from '../../compiler/plan/digest.ts';
import type { Event } from '../../runtime/event.ts';
import { readEventLog, recordedRuns } from '../../runtime/event-log.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openUserStore } from '../open-store.ts';
import { seconds } from '../progress.ts';
import { endWithFailures } from '../report.ts';

/** `rpkg log [ACTION] [--run RUN] [--runs]` */
export const log: CommandRun = async (context, args) => {
    const json = args.flag('json');
    const store = await openUserStore(context, args);
    if (!store.ok) return endWithFailures(context, [store.failure], { json });
    const runs = recordedRuns(store.value.root);
    if (args.flag('runs')) return listRuns(context, store.value, runs, json);
    const run = args.value('run') ?? runs[0];
    const events = run === undefined ? undefined : readEventLog(store.value.root, run);
    if (events === undefined) {
        context.err.write(
            run === undefined
                ? 'nothing has been run with this store\n'
                : `there is no run ${run}; \`rpkg log --runs\` lists them\n`,
        );
        return exitCodes.finding;
    }
    const [action] = args.operands;
    return action === undefined
        ? showEvents(context, events, json)
        : showAction(context, store.value, events, action, json);
};

function listRuns(context: Context, store: Store, runs: readonly string[], json: boolean): ExitCode {
    const summaries = runs
        .map((run) => ({ run, events: readEventLog(store.root, run) ?? [] }))
        .map(({ run, events }) => {
            const first = events.find((event) => event.kind === 'run-started');
            const last = events.find((event) => event.kind === 'run-finished');
            return {
                run,
                subject: first?.subject ?? '',
                outcome: last === undefined ? 'not finished' : last.ok ? 'done' : 'failed',
            };
        });
    if (json) context.out.write(`${JSON.stringify(summaries, undefined, 2)}\n`);
    else for (const { run, subject, outcome } of summaries) context.out.write(`${run}  ${subject}  ${outcome}\n`);
    return exitCodes.ok;
}

function showEvents(context: Context, events: readonly Event[], json: boolean): ExitCode {
    if (json) context.out.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    else for (const event of events) context.out.write(`${new Date(event.at).toISOString()}  ${describe(event)}\n`);
    return exitCodes.ok;
}

function describe(event: Event): string {
    switch (event.kind) {
        case 'run-started':
            return `${event.subject}: ${counted(event.actions, 'action')}, ${counted(event.jobs, 'job')}, sandbox ${event.sandbox}, plan ${event.execution}`;
        case 'run-finished':
            return `${event.ok ? 'done' : 'failed'}: ${event.executed} run, ${event.cached} from the store in ${seconds(event.durationMs)}`;
        case 'action-started':
            return `start   ${event.action}`;
        case 'note':
            return `        ${event.text}`;
        case 'action-cached':
            return `store   ${event.action}`;
        case 'action-finished':
            return `done    ${event.action}  ${seconds(event.durationMs)}`;
        case 'action-failed':
            return `failed  ${event.action}  ${seconds(event.durationMs)}`;
        case 'action-skipped':
            return `skipped ${event.action} (needs ${event.because})`;
    }
}

/** What the action printed, in this run or in the one that its result came from. */
function showAction(context: Context, store: Store, events: readonly Event[], action: string, json: boolean): ExitCode {
    const event = events.findLast(
        (each) => 'action' in each && each.action === action && each.kind !== 'action-started',
    );
    if (event === undefined) {
        context.err.write(`the run had no action \`${action}\`\n`);
        return exitCodes.finding;
    }
    const streams = streamsOf(store, event);
    if (json) context.out.write(`${JSON.stringify({ action, outcome: event.kind, ...streams }, undefined, 2)}\n`);
    else {
        context.out.write(streams.stdout);
        context.err.write(streams.stderr);
    }
    return exitCodes.ok;
}

function streamsOf(store: Store, event: Event): { readonly stdout: string; readonly stderr: string } {
    if (event.kind === 'action-failed' && 'kept' in event.failure) {
        const { kept } = event.failure;
        return { stdout: readOrEmpty(`${kept}/stdout`), stderr: readOrEmpty(`${kept}/stderr`) };
    }
    const key = 'key' in event ? event.key : undefined;
    const record = (key === undefined ? undefined : store.readRecord('action', key.slice('sha256:'.length))) as
        | { stdout?: string; stderr?: string }
        | undefined;
    const read = (hash: string | undefined): string => {
        const parsed = hash === undefined ? undefined : parseHash(hash);
        return parsed === undefined ? '' : readOrEmpty(store.blobPath(parsed));
    };
    return { stdout: read(record?.stdout), stderr: read(record?.stderr) };
}

function readOrEmpty(path: string): string {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return '';
    }
}
