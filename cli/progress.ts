// Events of a run → what a person sees while it goes on: plain lines anywhere, and on a terminal one live line below
// them that says what is running now.
import type { EventBody } from '../runtime/event.ts';
import type { Context } from './context.ts';
import { counted } from './counted.ts';
import { type Paint, paintFor } from './paint.ts';

export interface Progress {
    report(event: EventBody): void;
    /** Takes the live line away. */
    finish(): void;
}

export function startProgress(context: Context, quiet: boolean): Progress {
    const paint = paintFor(context.err.color);
    const running = new Map<string, number>();
    const state = { total: 0, done: 0 };
    const live = context.err.isTerminal && !quiet;
    const draw = (): void => {
        if (live) context.err.write(`\r\x1b[K${liveLine(running, state, context)}`);
    };
    const timer = live ? setInterval(draw, 200) : undefined;
    timer?.unref();
    return {
        report(event) {
            track(event, running, state, context.now());
            const line = quiet ? undefined : plainLine(event, paint);
            if (line !== undefined) context.err.write(`${live ? '\r\x1b[K' : ''}${line}\n`);
            draw();
        },
        finish() {
            clearInterval(timer);
            if (live) context.err.write('\r\x1b[K');
        },
    };
}

function track(
    event: EventBody,
    running: Map<string, number>,
    state: { total: number; done: number },
    now: number,
): void {
    switch (event.kind) {
        case 'run-started':
            state.total = event.actions;
            break;
        case 'action-started':
            running.set(event.action, now);
            break;
        case 'action-cached':
        case 'action-finished':
        case 'action-failed':
        case 'action-skipped':
            running.delete(event.action);
            state.done++;
            break;
        case 'note':
        case 'run-finished':
            break;
    }
}

function liveLine(
    running: ReadonlyMap<string, number>,
    state: { total: number; done: number },
    context: Context,
): string {
    const now = context.now();
    const current = [...running].map(([id, since]) => `${id} ${seconds(now - since)}`).join('  ');
    const line = `[${state.done}/${state.total}] ${current}`;
    return line.length >= context.err.columns ? `${line.slice(0, Math.max(0, context.err.columns - 2))}…` : line;
}

/** What is worth a line: things that took work or went wrong, not what was there already. */
function plainLine(event: EventBody, paint: Paint): string | undefined {
    switch (event.kind) {
        case 'run-started':
            return `${event.subject}: ${counted(event.actions, 'action')}, ${counted(event.jobs, 'job')}, sandbox ${event.sandbox}`;
        case 'note':
            return `  ${event.text}`;
        case 'action-finished':
            return `${paint.green('done')}    ${event.action}  ${seconds(event.durationMs)}`;
        case 'action-failed':
            return `${paint.red('failed')}  ${event.action}  ${seconds(event.durationMs)}`;
        case 'action-skipped':
            return `${paint.yellow('skipped')} ${event.action} (needs ${event.because})`;
        case 'run-finished':
            return `${event.executed} run, ${event.cached} from the store, ${event.failed} failed in ${seconds(event.durationMs)}`;
        case 'action-started':
        case 'action-cached':
            return undefined;
    }
}

export function seconds(durationMs: number): string {
    return durationMs < 60_000
        ? `${(durationMs / 1000).toFixed(1)} s`
        : `${Math.floor(durationMs / 60_000)} min ${Math.round((durationMs % 60_000) / 1000)} s`;
}
