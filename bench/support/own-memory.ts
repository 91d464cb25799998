// How much memory a program held itself: what it starts, compilers above all, is larger and not its own.
import { readFileSync } from 'node:fs';
import { type Command, timed, type Times } from './command.ts';
import type { Workbench } from './workbench.ts';

export interface OwnMemory extends Times {
    /** Largest resident set of the process, in megabytes. */
    readonly peakMB: number;
}

/** The kernel keeps the largest figure, so that looking now and then misses only what the end adds. */
const lookMs = 10;

export async function withOwnMemory(bench: Workbench, command: Command): Promise<OwnMemory> {
    let peakMB = 0;
    let looking: NodeJS.Timeout | undefined;
    try {
        const times = await timed(bench, command, (pid) => {
            looking = setInterval(() => (peakMB = Math.max(peakMB, highWater(pid))), lookMs);
        });
        return { ...times, peakMB };
    } finally {
        clearInterval(looking);
    }
}

/** 0 when it has ended. */
function highWater(pid: number): number {
    try {
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    } catch {
        return 0;
    }
}
