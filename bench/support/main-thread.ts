// How long the main thread of rpkg was busy. A script that Node loads first tells it at the end.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, timed } from './command.ts';
import { newFolder, type Workbench } from './workbench.ts';

export interface ThreadTimes {
    /** Everything but waiting for events: also calls of the system that the thread waits for. */
    readonly busyMs: number;
    /** On a processor, in the program or for it in the kernel. */
    readonly processorMs: number;
}

const script = `process.once('exit', () => {
    const { user, system } = process.threadCpuUsage();
    const busyMs = performance.eventLoopUtilization().active;
    require('node:fs').writeFileSync(process.env.BENCH_THREAD_TIMES, JSON.stringify({ busyMs, processorMs: (user + system) / 1000 }));
});
`;

/** Runs a command that ends up as one Node process. */
export async function threadTimes(bench: Workbench, command: Command): Promise<ThreadTimes> {
    const folder = newFolder(bench, 'thread');
    const preload = join(folder, 'preload.cjs');
    const report = join(folder, 'times.json');
    writeFileSync(preload, script);
    await timed(bench, {
        ...command,
        env: { ...command.env, NODE_OPTIONS: `--require=${preload}`, BENCH_THREAD_TIMES: report },
    });
    return JSON.parse(readFileSync(report, 'utf8')) as ThreadTimes;
}
