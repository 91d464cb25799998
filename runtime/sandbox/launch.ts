// One child process with its own group, watched until it and everything it started are gone. Knows time, output and
// cancelling; knows nothing of namespaces but their end, and not what the child is for.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { sandboxUmask } from '../../compiler/plan/sandbox.ts';
import { type Result, failure, success } from '../result.ts';
import { anonymousFile } from './anonymous-file.ts';
import { endNamespace } from './end-namespace.ts';
import { type OutputWatch, watchOutput } from './output-watch.ts';
import type { StarterJob } from './starter.ts';
import type { Starters } from './starters.ts';
import type { SandboxIo, SandboxLimits } from './spec.ts';

export interface Launch {
    readonly program: string;
    readonly arguments: readonly string[];
    /** What the child reads from the descriptors 4, 5, …; it reports to descriptor 3. */
    readonly files: readonly (string | Uint8Array)[];
    /** From the report so far: the process whose end is the end of everything inside. Undefined while nothing is inside. */
    readonly firstProcess: (report: string) => number | undefined;
    /** Whether what the program ended with, and the report, mean that the command inside ended with 0. */
    readonly endedWell: (code: number | null, report: string) => boolean;
    readonly limits: SandboxLimits;
    readonly io: SandboxIo;
    /** Processes that start it in place of this one, when they can. */
    readonly starters?: Starters | undefined;
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

/** A child, however it was started. */
interface Running {
    readonly end: Promise<ChildEnd>;
    readonly kill: () => void;
}

type ChildEnd = Pick<Ended, 'code' | 'signal' | 'error'>;

/** Starts the program and waits until it has ended and all that it started is gone. */
export async function launch(request: Launch): Promise<Ended> {
    const { starters, io } = request;
    const job: StarterJob = { ...io, words: [request.program, ...request.arguments], files: request.files };
    const ended =
        !io.terminal && starters?.fits(job) === true ? await launchByStarter(request, starters, job) : undefined;
    return ended ?? (await launchDirectly(request));
}

/** Undefined when the starter was gone before anything had run inside. */
async function launchByStarter(request: Launch, starters: Starters, job: StarterJob): Promise<Ended | undefined> {
    const starter = tried(() => starters.take());
    if (!starter.ok) return notStarted(starter.failure);
    const watch = watchFor(request);
    let heard: Heard;
    try {
        const end = tried(() => starter.value.run(job));
        if (!end.ok) return notStarted(end.failure);
        const running: Running = { end: end.value, kill: () => starter.value.kill() };
        heard = await hear(running, request, starter.value.report, watch);
        const { gone, signal } = await end.value;
        // A report comes before anything may run; without one, it was the starter alone that ended.
        if (gone && heard.ending === undefined && heard.report === '') {
            if (signal === null) starters.giveUp();
            return undefined;
        }
    } finally {
        // It can start another program while what is left of this one goes.
        starters.giveBack(starter.value);
    }
    return await finish(heard, request, watch);
}

async function launchDirectly(request: Launch): Promise<Ended> {
    const report = tried(() => anonymousFile(''));
    if (!report.ok) return notStarted(report.failure);
    try {
        const watch = watchFor(request);
        const child = tried(() => start(request, report.value));
        if (!child.ok) return notStarted(child.failure);
        const heard = await hear(running(child.value, request.io.terminal), request, report.value, watch);
        return await finish(heard, request, watch);
    } finally {
        closeSync(report.value);
    }
}

/** What is known when the child has ended, and something inside may be left. */
type Heard = Omit<Ended, 'stuck'>;

async function hear(
    child: Running,
    request: Launch,
    descriptor: number,
    watch: OutputWatch | undefined,
): Promise<Heard> {
    const { ending, code, signal, error } = await untilEnd(child, request, watch);
    return { ending, code, signal, error, report: readReport(descriptor) };
}

async function finish(heard: Heard, request: Launch, watch: OutputWatch | undefined): Promise<Ended> {
    const { ending, code, report } = heard;
    if (ending === undefined && request.endedWell(code, report)) request.io.ended?.();
    const first = request.firstProcess(report);
    const ended = { ...heard, stuck: first !== undefined && !(await endNamespace(first)) };
    if (watch?.exceeded() !== true) return ended;
    watch.cut();
    return { ...ended, ending: ending ?? 'output-limit' };
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

function running(child: ChildProcess, sharesOurGroup: boolean): Running {
    const end = new Promise<ChildEnd>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal, error: undefined }));
        child.once('error', (error) => resolve({ code: null, signal: null, error }));
    });
    return { end, kill: () => kill(child, sharesOurGroup) };
}

async function untilEnd(
    child: Running,
    { limits, io }: Launch,
    watch: OutputWatch | undefined,
): Promise<ChildEnd & Pick<Ended, 'ending'>> {
    let ending: Ending | undefined;
    const stop = (why: Ending): void => {
        ending ??= why;
        child.kill();
    };
    const cancel = (): void => stop('cancelled');
    const timer = setTimeout(stop, Math.min(limits.timeoutMs, longestTimerMs), 'timeout');
    const poll = watch && setInterval(() => watch.exceeded() && stop('output-limit'), outputPollMs);
    io.signal?.addEventListener('abort', cancel);
    try {
        if (io.signal?.aborted === true) cancel();
        return { ...(await child.end), ending };
    } finally {
        clearTimeout(timer);
        clearInterval(poll);
        io.signal?.removeEventListener('abort', cancel);
    }
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
