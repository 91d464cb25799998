// The single argument list that an action's commands come down to. Executor, emitted scripts and action keys share it.
import type { Command, RunAction } from './plan.ts';
import { shellCommand, shellWord } from './quote.ts';

const shell: readonly string[] = ['/bin/sh', '-eu', '-c'];

/** An absolute program with its arguments; more than one command becomes one shell that stops at the first failure. */
export function commandLine(action: RunAction): readonly string[] {
    const [only] = action.commands;
    if (action.commands.length === 1 && only !== undefined) return 'argv' in only ? only.argv : [...shell, only.script];
    return [...shell, action.commands.map(asShellLine).join('\n')];
}

function asShellLine(command: Command): string {
    return 'argv' in command ? shellCommand(command.argv) : `${shell.join(' ')} ${shellWord(command.script)}`;
}

/** What the executor supplies. Neither may change what an action makes. */
export interface Grants {
    readonly jobs: number;
    /** For `CARGO_MAKEFLAGS`; empty where there is no jobserver. */
    readonly jobserver: string;
}

/** Replaces `$(jobs)` and `$(jobserver)`. */
export function withGrants(value: string, { jobs, jobserver }: Grants): string {
    return withJobserver(value.replaceAll('$(jobs)', String(jobs)), jobserver);
}

/** Replaces `$(jobserver)` alone. */
export function withJobserver(value: string, jobserver: string): string {
    return value.replaceAll('$(jobserver)', () => jobserver);
}

/** Whether the action's commands know how to share the jobs of the whole build. */
export function asksForJobserver({ env }: RunAction): boolean {
    return Object.values(env).some((value) => value.includes('$(jobserver)'));
}
