// What a reader has to know of the machine to make sense of the figures.
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { versionOf } from './peers.ts';
import type { Workbench } from './workbench.ts';

export interface Machine {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGB: number;
    readonly kernel: string;
    readonly programs: Readonly<Record<string, string>>;
}

export function describeMachine(bench: Workbench): Machine {
    const names = ['bwrap', 'cargo', 'ninja', 'nix-build'] as const;
    return {
        processor: cpus()[0]?.model.trim() ?? 'unknown',
        cores: availableParallelism(),
        memoryGB: Math.round(totalmem() / 2 ** 30),
        kernel: release(),
        programs: {
            node: process.version,
            ...Object.fromEntries(names.map((name) => [name, versionOf(bench, name) ?? 'not installed'])),
        },
    };
}

/** Processes that ran or waited for a processor in the last minute; above the number of cores figures grow with it. */
export function loadAverage(): number {
    return loadavg()[0] ?? NaN;
}
