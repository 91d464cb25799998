// A small process that starts others. Forking rpkg itself copies the page tables of all its memory, some milliseconds in
// which nothing else can go on; a shell that waits for work does the same in a tenth of one. It leads a group of its own
// and dies with rpkg, and what it starts dies with it, so that it can be killed in place of what it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { sandboxUmask } from '../../compiler/plan/sandbox.ts';
import { shellCommand } from '../../compiler/plan/quote.ts';
import { anonymousFile } from './anonymous-file.ts';

export interface StarterTools {
    /** util-linux' setpriv: the shell asks with it to be killed when rpkg ends. */
    readonly setpriv: string;
    readonly shell: string;
}

/** One program, with the descriptors that it gets. */
export interface StarterJob {
    readonly words: readonly string[];
    /** What it reads from the descriptors 4, 5; it writes to descriptor 3. */
    readonly files: readonly (string | Uint8Array)[];
    /** Descriptors of regular files of this process. */
    readonly stdout: number;
    readonly stderr: number;
}

export interface StarterEnd {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly error: NodeJS.ErrnoException | undefined;
    /** The shell is gone; without a signal it was never there. */
    readonly gone: boolean;
}

/** As many files as a job may have: a shell promises descriptors up to 9 only. */
export const starterFiles = 2;

const scriptDescriptor = 6;
const outDescriptor = 7;
const firstFileDescriptor = 8;

/**
 * Reads a line for each job, runs what then stands in the script file, and says how that ended. What a shell exports by
 * itself is taken out of the environment, where anybody inside the sandbox could read it.
 */
const loop = `unset PWD OLDPWD SHLVL; while read -r go; do . /proc/self/fd/${scriptDescriptor}; echo $?; done`;

/** Closes the shell's own descriptors for what it starts. */
const closing = [scriptDescriptor, outDescriptor, firstFileDescriptor, firstFileDescriptor + 1]
    .map((descriptor) => `${descriptor}<&-`)
    .join(' ');

export class Starter {
    readonly #script: number;
    /** What the last job wrote to its descriptor 3. */
    readonly report: number;
    readonly #files: readonly number[];
    readonly #contents: (string | Uint8Array | undefined)[] = [];
    readonly #child: ChildProcess;
    #done: ((end: StarterEnd) => void) | undefined;

    /** Must run on the main thread: the shell asks to be killed when the thread that started it ends. Throws the system's errors. */
    constructor({ setpriv, shell }: StarterTools) {
        const made: number[] = [];
        try {
            for (let count = 2 + starterFiles; count > 0; count--) made.push(anonymousFile(''));
            const [script = -1, report = -1, ...files] = made;
            this.#script = script;
            this.report = report;
            this.#files = files;
            this.#child = spawnShell(setpriv, ['--pdeathsig', 'KILL', shell, '-c', loop], [script, report, ...files]);
        } catch (error) {
            for (const descriptor of made) closeSync(descriptor);
            throw error;
        }
        this.#listen();
    }

    #listen(): void {
        this.#child.once('exit', (code, signal) => this.#gone({ code, signal, error: undefined, gone: true }));
        this.#child.once('error', (error) => this.#gone({ code: null, signal: null, error, gone: true }));
        // That it is gone is told by the events above.
        this.#child.stdin?.on('error', () => undefined);
        this.#child.stdout?.on('error', () => undefined);
        this.#child.stdout?.on('data', (text: Buffer) => {
            this.#finish({ code: Number(text.toString()), signal: null, error: undefined, gone: false });
        });
        this.#hold(false);
    }

    /** True when it can be given a job. */
    get idle(): boolean {
        return this.#done === undefined && this.alive;
    }

    get alive(): boolean {
        return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
    }

    /** Starts a job; one at a time. Throws the system's errors, and then nothing was started. */
    run({ words, files, stdout, stderr }: StarterJob): Promise<StarterEnd> {
        for (const [index, content] of files.entries()) this.#write(index, content);
        const own = `/proc/${process.pid}/fd`;
        const handed = files.map((_, index) => `${4 + index}</proc/self/fd/${firstFileDescriptor + index}`);
        const outputs = [`>>${own}/${stdout}`, `2>>${own}/${stderr}`, `3>/proc/self/fd/${outDescriptor}`];
        replaceContent(
            this.#script,
            `${shellCommand(words)} </dev/null ${[...outputs, ...handed].join(' ')} ${closing}\n`,
        );
        // Where it is left from the job before, it must not be taken for this one's.
        ftruncateSync(this.report, 0);
        return new Promise((resolve) => {
            this.#done = resolve;
            this.#hold(true);
            this.#child.stdin?.write('\n');
        });
    }

    /** Kills the shell and what it runs. */
    kill(): void {
        if (!this.alive || this.#child.pid === undefined) return;
        try {
            process.kill(-this.#child.pid, 'SIGKILL');
        } catch {
            // It ended by itself in this moment.
        }
    }

    /** Gives up the files, after the report was read. */
    close(): void {
        for (const descriptor of [this.#script, this.report, ...this.#files]) closeSync(descriptor);
    }

    #write(index: number, content: string | Uint8Array): void {
        const descriptor = this.#files[index];
        if (descriptor === undefined) throw new Error('more files than a starter has');
        if (this.#contents[index] === content) return;
        this.#contents[index] = undefined;
        replaceContent(descriptor, content);
        this.#contents[index] = content;
    }

    #gone(end: StarterEnd): void {
        this.#finish(end);
    }

    #finish(end: StarterEnd): void {
        const done = this.#done;
        this.#done = undefined;
        this.#hold(false);
        done?.(end);
    }

    /** Whether this process stays for it. */
    #hold(hold: boolean): void {
        const streams = [this.#child.stdin, this.#child.stdout] as (Socket | null)[];
        for (const part of [this.#child, ...streams]) {
            if (hold) part?.ref();
            else part?.unref();
        }
    }
}

function spawnShell(program: string, words: readonly string[], files: readonly number[]): ChildProcess {
    const umask = process.umask(Number.parseInt(sandboxUmask, 8));
    try {
        return spawn(program, words, {
            cwd: '/',
            env: {},
            detached: true,
            stdio: ['pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', ...files],
        });
    } finally {
        process.umask(umask);
    }
}

function replaceContent(descriptor: number, content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    ftruncateSync(descriptor, 0);
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, done);
}
