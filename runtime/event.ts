// Everything that happens during a run, in the order it happens. The log file is these events as JSON lines; progress,
// summaries, `rpkg log` and reports read nothing else.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Failure } from './failure.ts';

export type Event = { readonly at: number } & (
    | {
          readonly kind: 'run-started';
          readonly run: string;
          readonly subject: string;
          readonly execution: string;
          readonly actions: number;
          readonly jobs: number;
          readonly sandbox: string;
      }
    /** Fetching, or a command in the sandbox. Actions that only name trees start nothing. */
    | { readonly kind: 'action-started'; readonly action: string; readonly doing: 'fetch' | 'run' }
    /** One line of what a fetch is doing. */
    | { readonly kind: 'note'; readonly action: string; readonly text: string }
    | { readonly kind: 'action-cached'; readonly action: string; readonly outputs: Outputs; readonly key?: string }
    | {
          readonly kind: 'action-finished';
          readonly action: string;
          readonly outputs: Outputs;
          readonly durationMs: number;
          /** Only for commands: the action key, and the hashes of the captured streams. */
          readonly key?: string;
          readonly stdout?: string;
          readonly stderr?: string;
      }
    | {
          readonly kind: 'action-failed';
          readonly action: string;
          readonly failure: Failure;
          readonly durationMs: number;
      }
    /** Not tried, because an action it needs failed. */
    | { readonly kind: 'action-skipped'; readonly action: string; readonly because: string }
    | {
          readonly kind: 'run-finished';
          readonly ok: boolean;
          readonly executed: number;
          readonly cached: number;
          readonly failed: number;
          readonly durationMs: number;
      }
);

/** Output name → tree. */
export type Outputs = Readonly<Record<string, TreeDigest>>;

/** An event without its time, which the one who writes it down adds. */
export type EventBody = Event extends infer E ? (E extends { readonly at: number } ? Omit<E, 'at'> : never) : never;

export type Report = (event: EventBody) => void;
