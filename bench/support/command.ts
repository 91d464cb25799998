// Running one program to its end: how long it took, and how much memory it held. A program that fails ends the benchmark,
// because its figures would mean nothing.
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

export interface Times {
    readonly wallMs: number;
    /** On all processors, by the program and everything it waited for. The kernel counts in steps of 10 ms. */
    readonly processorMs: number;
}

/** Runs it alone: nothing else may be started by this process meanwhile. `started` is told its process id. */
export async function timed(bench: Workbench, command: Command, started?: (pid: number) => void): Promise<Times> {
    const log = join(bench.folder, 'output');
    const file = openSync(log, 'w');
    try {
        const usedMs = childrenMs();
        const began = performance.now();
        const end = await run(bench, command, file, started);
        const wallMs = performance.now() - began;
        if (end !== 0) throw new Error(`${command.program} ended with ${end}:\n${endOf(log)}`);
        return { wallMs, processorMs: childrenMs() - usedMs };
    } finally {
        closeSync(file);
    }
}

export function wallMs(times: Times): number {
    return times.wallMs;
}

/** Largest resident set in megabytes, of the program or of the largest process that it waited for. */
export async function peakMemory(bench: Workbench, time: string, command: Command): Promise<number> {
    const report = join(bench.folder, 'peak');
    await timed(bench, {
        ...command,
        program: time,
        args: ['-f', '%M', '-o', report, command.program, ...command.args],
    });
    return Number(readFileSync(report, 'utf8').trim().split('\n').at(-1)) / 1024;
}

/** The exit status or the name of the signal. Output goes to a file: a pipe would cost this process time meanwhile. */
function run(
    bench: Workbench,
    { program, args, cwd, env }: Command,
    output: number,
    started?: (pid: number) => void,
): Promise<number | string> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            cwd: cwd ?? bench.folder,
            env: { ...bench.env, ...env },
            stdio: ['ignore', output, output],
            signal: bench.signal,
        });
        if (child.pid !== undefined) started?.(child.pid);
        // An interrupted program still has to end, or it would write into a folder that is being removed.
        child.on('error', (error) => {
            if (child.pid === undefined) reject(error);
        });
        child.once('exit', (code, signal) => resolve(code ?? signal ?? 'nothing'));
    });
}

/** What all children so far have used, theirs included. */
function childrenMs(): number {
    const status = readFileSync('/proc/self/stat', 'latin1');
    // The second field is the program's name in parentheses and may hold anything; the 16th and 17th are wanted.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[13]) + Number(fields[14]);
    return ticks * 10;
}

function endOf(log: string): string {
    return readFileSync(log, 'utf8').slice(-2000).trim();
}
