// One child process with its own group, watched until it and everything it started are gone. Knows time, output and
// cancelling; knows nothing of namespaces but their end, and not what the child is for.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { sandboxUmask } from '../../compiler/plan/sandbox.ts';
import { type Result, failure, success } from '../result.ts';
import { anonymousFile } from './anonymous-file.ts';
import { endNamespace } from './end-namespace.ts';
import { type OutputWatch, watchOutput } from './output-watch.ts';
import type { SandboxIo, SandboxLimits } from './spec.ts';

export interface Launch {
    readonly program: string;
    readonly arguments: readonly string[];
    /** What the child reads from the descriptors 4, 5, …; it reports to descriptor 3. */
    readonly files: readonly (string | Uint8Array)[];
    /** From the report so far: the process whose end is the end of everything inside. Undefined while nothing is inside. */
    readonly firstProcess: (report: string) => number | undefined;
    readonly limits: SandboxLimits;
    readonly io: SandboxIo;
}

/** The number under which the child finds the file for its report; `files` follow it. */
export const reportDescriptor = 3;

/** Why the child was killed. */
type Ending = 'timeout' | 'cancelled' | 'output-limit';

export interface Ended {
    /** Exactly one of `code` and `signal` is there, unless the program could not be started at all. */
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly ending: Ending | undefined;
    readonly report: string;
    /** Something inside could not be killed. */
    readonly stuck: boolean;
    /** The system's reason when the program did not start. */
    readonly error: NodeJS.ErrnoException | undefined;
}

const outputPollMs = 20;
const longestTimerMs = 2 ** 31 - 1;

/** Starts the program and waits until it has ended and all that it started is gone. */
export async function launch(request: Launch): Promise<Ended> {
    const report = tried(() => anonymousFile(''));
    if (!report.ok) return notStarted(report.failure);
    try {
        const watch = watchFor(request);
        const child = tried(() => start(request, report.value));
        return child.ok ? await finish(child.value, request, report.value, watch) : notStarted(child.failure);
    } finally {
        closeSync(report.value);
    }
}

async function finish(
    child: ChildProcess,
    request: Launch,
    descriptor: number,
    watch: OutputWatch | undefined,
): Promise<Ended> {
    const { ending, ...end } = await untilEnd(child, request, watch);
    const report = readReport(descriptor);
    const first = request.firstProcess(report);
    const stuck = first !== undefined && !(await endNamespace(first));
    if (watch?.exceeded() !== true) return { ...end, ending, report, stuck };
    watch.cut();
    return { ...end, ending: ending ?? 'output-limit', report, stuck };
}

/** No room for a file, no descriptors left, too long a command line: the system's reasons, as a value. */
function tried<Value>(action: () => Value): Result<Value, NodeJS.ErrnoException> {
    try {
        return success(action());
    } catch (error) {
        if (error instanceof Error && 'errno' in error) return failure(error as NodeJS.ErrnoException);
        throw error;
    }
}

function notStarted(error: NodeJS.ErrnoException): Ended {
    return { code: null, signal: null, ending: undefined, report: '', stuck: false, error };
}

function watchFor({ limits, io }: Launch): OutputWatch | undefined {
    return limits.outputBytes === undefined ? undefined : watchOutput([io.stdout, io.stderr], limits.outputBytes);
}

/** Must run on the main thread: a child asks to be killed when the thread that started it ends. */
function start({ program, arguments: words, files, io }: Launch, report: number): ChildProcess {
    const handed = files.map(anonymousFile);
    const umask = process.umask(Number.parseInt(sandboxUmask, 8));
    try {
        return spawn(program, words, {
            cwd: '/',
            // What is here could be read from inside as the environment of process 1.
            env: {},
            detached: !io.terminal,
            stdio: [io.terminal ? 'inherit' : 'ignore', io.stdout, io.stderr, report, ...handed],
        });
    } finally {
        process.umask(umask);
        for (const descriptor of handed) closeSync(descriptor);
    }
}

function untilEnd(
    child: ChildProcess,
    request: Launch,
    watch: OutputWatch | undefined,
): Promise<Omit<Ended, 'report' | 'stuck'>> {
    const { limits, io } = request;
    return new Promise((resolve) => {
        let ending: Ending | undefined;
        const stop = (why: Ending): void => {
            ending ??= why;
            kill(child, io.terminal);
        };
        const cancel = (): void => stop('cancelled');
        const timer = setTimeout(stop, Math.min(limits.timeoutMs, longestTimerMs), 'timeout');
        const poll = watch && setInterval(() => watch.exceeded() && stop('output-limit'), outputPollMs);
        const end = (code: number | null, signal: NodeJS.Signals | null, error?: NodeJS.ErrnoException): void => {
            clearTimeout(timer);
            clearInterval(poll);
            io.signal?.removeEventListener('abort', cancel);
            resolve({ code, signal, ending, error });
        };
        child.once('exit', end);
        child.once('error', (error) => end(null, null, error));
        io.signal?.addEventListener('abort', cancel);
        if (io.signal?.aborted === true) cancel();
    });
}

/** The whole group, if the child leads one. The processes inside ask the kernel to die with it. */
function kill(child: ChildProcess, sharesOurGroup: boolean): void {
    const { pid } = child;
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
        process.kill(sharesOurGroup ? pid : -pid, 'SIGKILL');
    } catch {
        // It ended by itself in this moment.
    }
}

/** Read by name, because the descriptor's position is where the child stopped writing. */
function readReport(descriptor: number): string {
    return readFileSync(`/proc/self/fd/${descriptor}`, 'utf8');
}
