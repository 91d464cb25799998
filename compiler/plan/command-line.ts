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

/** Replaces `$(jobs)`, the one value that the executor supplies. */
export function withJobs(value: string, jobs: number): string {
    return value.replaceAll('$(jobs)', String(jobs));
}
