// Running one program to its end: how long it took, and how much memory it held. A program that fails ends the benchmark,
// because its time would mean nothing.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workbench } from './workbench.ts';

export interface Command {
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd?: string;
    /** Added to the environment that every program gets. */
    readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds from start to end. */
export async function timed(bench: Workbench, command: Command): Promise<number> {
    const log = join(bench.folder, 'output');
    const file = openSync(log, 'w');
    try {
        const began = performance.now();
        const end = await run(bench, command, file);
        const tookMs = performance.now() - began;
        if (end !== 0)
            throw new Error(`${command.program} ended with ${String(end)}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
        return tookMs;
    } finally {
        closeSync(file);
    }
}

/** Largest resident set in megabytes, of the program or of the largest process that it waited for. */
export async function peakMemory(bench: Workbench, command: Command): Promise<number> {
    const report = join(bench.folder, 'peak');
    const args = ['-f', '%M', '-o', report, command.program, ...command.args];
    await timed(bench, { ...command, program: timeProgram, args });
    return Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) / 1024;
}

/** GNU time; the word of that name in shells cannot tell memory. */
export const timeProgram = '/usr/bin/time';

/** The exit status or the name of the signal. Output goes to a file: a pipe would cost this process time meanwhile. */
function run(bench: Workbench, { program, args, cwd, env }: Command, output: number): Promise<number | string> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            cwd: cwd ?? bench.folder,
            env: { ...bench.env, ...env },
            stdio: ['ignore', output, output],
            signal: bench.signal,
            killSignal: 'SIGTERM',
        });
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    });
}
