// One program of the host, run to its end with all output in memory. Only for asking tools and for fetching: actions of
// a plan never come through here.
import { spawn } from 'node:child_process';

export interface ProgramCall {
    readonly program: string;
    readonly args: readonly string[];
    readonly cwd: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
    /** Of either stream. A program that says more is stopped. */
    readonly outputBytes?: number;
}

export interface Finished {
    /** Null when it could not start, was killed, or took too long. */
    readonly exitCode: number | null;
    readonly stdout: Buffer;
    readonly stderr: string;
    /** Why there is no exit code. */
    readonly cause: string;
}

const defaultOutputBytes = 16 << 20;

const lingerMs = 1000;

/** Never rejects. Standard input is empty. */
export function runProgram(call: ProgramCall): Promise<Finished> {
    const { program, args, cwd, environment, timeoutMs, signal, outputBytes = defaultOutputBytes } = call;
    return new Promise((resolve) => {
        const child = spawn(program, args, {
            cwd,
            env: environment,
            stdio: ['ignore', 'pipe', 'pipe'],
            killSignal: 'SIGKILL',
            signal,
        });
        // Not spawn's own: that one stays, and this process with it, when the program cannot be started.
        const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
        let cause = '';
        const stop = (): void => {
            cause = `said more than ${outputBytes} bytes`;
            child.kill('SIGKILL');
        };
        const stdout = collect(child.stdout, outputBytes, stop);
        const stderr = collect(child.stderr, outputBytes, stop);
        child.on('error', (error) => {
            cause = error.message;
            if (child.pid !== undefined) return;
            clearTimeout(timer);
            resolve({ exitCode: null, stdout: Buffer.alloc(0), stderr: '', cause });
        });
        // A helper that stays behind, such as a shared ssh connection, may hold the pipes for ever.
        child.on('exit', () => {
            clearTimeout(timer);
            const linger = setTimeout(() => {
                child.stdout.destroy();
                child.stderr.destroy();
            }, lingerMs);
            child.on('close', () => clearTimeout(linger));
        });
        child.on('close', (exitCode, killedBy) => {
            if (killedBy !== null && cause === '') cause = `ended by ${killedBy}`;
            resolve({ exitCode: cause === '' ? exitCode : null, stdout: stdout(), stderr: stderr().toString(), cause });
        });
    });
}

function collect(stream: NodeJS.ReadableStream, limit: number, stop: () => void): () => Buffer {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= limit) chunks.push(chunk);
        else stop();
    });
    return () => Buffer.concat(chunks);
}
