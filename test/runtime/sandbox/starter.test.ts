// The shells that start commands in place of rpkg.
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { anonymousFile } from '../../../runtime/sandbox/anonymous-file.ts';
import { findProgram } from '../../../runtime/host/programs.ts';
import { openSandbox, type Sandbox, usualFolders } from '../../../runtime/sandbox/sandbox.ts';
import type { Exit } from '../../../runtime/sandbox/spec.ts';
import { Starters } from '../../../runtime/sandbox/starters.ts';
import { launch, type Launch } from '../../../runtime/sandbox/launch.ts';
import { demand } from '../../support/demand.ts';
import { endWorld, makeWorld } from './world.ts';

const world = await makeWorld({ name: 'whoever runs this', id: process.getuid?.() ?? 0 });
afterAll(() => endWorld(world));

interface Ran {
    readonly exit: Exit;
    readonly stdout: string;
    readonly stderr: string;
}

async function run(sandbox: Sandbox, script: string, timeoutMs = 60_000): Promise<Ran> {
    const [stdout, stderr] = [anonymousFile(''), anonymousFile('')];
    const { binds, links } = world;
    const argv = ['/bin/sh', '-c', script];
    const spec = { argv, env: {}, cwd: '/tmp', binds, links, limits: { timeoutMs, outputBytes: 10_000_000 } };
    const exit = demand(await sandbox.run(spec, { stdout, stderr, terminal: false }));
    const written = [stdout, stderr].map((file) => readFileSync(`/proc/self/fd/${file}`, 'utf8'));
    closeSync(stdout);
    closeSync(stderr);
    return { exit, stdout: written[0] ?? '', stderr: written[1] ?? '' };
}

/** Shells of this process that wait for jobs or run one. */
function shells(): readonly number[] {
    return readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((name) => {
            const text = read(`/proc/${name}/stat`)
                .replace(/^.*\) /s, '')
                .split(' ');
            return text[1] === String(process.pid) && read(`/proc/${name}/cmdline`).includes('while read -r');
        })
        .map(Number);
}

async function endShells(): Promise<void> {
    for (const shell of shells()) process.kill(shell, 'SIGKILL');
    await vi.waitUntil(() => shells().length === 0, { timeout: 20_000, interval: 5 });
}

function read(path: string): string {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return '';
    }
}

describe('a starter', () => {
    test('is used again, and nothing of one command is seen by the next', async () => {
        const sandbox = demand(await openSandbox('bwrap'));
        const first = await run(sandbox, `echo "${'long '.repeat(300)}"; echo "two\nlines" >&2; exit 3`);
        expect(first).toMatchObject({ exit: { kind: 'exit', code: 3 }, stderr: 'two\nlines\n' });
        const after = shells();
        expect(after).toHaveLength(1);
        const second = await run(
            sandbox,
            'echo short; ls /proc/self/fd | tr "\\n" " "; tr "\\0" "\\n" </proc/1/environ',
        );
        expect(second).toMatchObject({ exit: { kind: 'exit', code: 0 }, stderr: '' });
        // `ls` itself has one open; the process that runs the tests may hand down some with large numbers.
        expect(second.stdout).toMatch(/^short\n0 1 2 (?:\d{2,} )*3 (?:\d{2,} )*$/);
        expect(shells()).toEqual(after);
        await endShells();
    });

    test('is one for each command at a time', async () => {
        const sandbox = demand(await openSandbox('bwrap'));
        const numbers = Array.from({ length: 20 }, (_, at) => at);
        const ran = await Promise.all(numbers.map((at) => run(sandbox, `echo ${at}; exit ${at}`)));
        expect(ran.map(({ stdout }) => stdout)).toEqual(numbers.map((at) => `${at}\n`));
        expect(ran.map(({ exit }) => exit)).toEqual(numbers.map((code) => ({ kind: 'exit', code })));
        expect(shells()).toHaveLength(20);
        await endShells();
    });

    test('that is killed is a command that is killed, and is replaced', async () => {
        const sandbox = demand(await openSandbox('bwrap'));
        const marker = `${300_000 + (process.pid % 100_000)}.5`;
        const running = run(sandbox, `sleep ${marker}`);
        await vi.waitUntil(() => isRunning(marker), { timeout: 20_000, interval: 5 });
        for (const shell of shells()) process.kill(shell, 'SIGKILL');
        expect((await running).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
        expect(isRunning(marker)).toBe(false);
        const next = await run(sandbox, 'echo on');
        expect(next.stdout).toBe('on\n');
        for (const shell of shells()) process.kill(shell, 'SIGKILL');
        // One that died while it had nothing to do is not asked.
        expect((await run(sandbox, 'echo still')).stdout).toBe('still\n');
        await endShells();
    });

    test('that does not start is done without', async () => {
        const starters = new Starters({ setpriv: '/bin/false', shell: '/bin/sh' });
        const [stdout, stderr] = [anonymousFile(''), anonymousFile('')];
        const request: Launch = {
            program: findProgram('sh', usualFolders) ?? '',
            arguments: ['-c', 'echo directly'],
            files: [],
            firstProcess: () => undefined,
            endedWell: () => true,
            limits: { timeoutMs: 60_000 },
            io: { stdout, stderr, terminal: false },
            starters,
        };
        expect(await launch(request)).toMatchObject({ code: 0, signal: null, ending: undefined });
        expect(readFileSync(`/proc/self/fd/${stdout}`, 'utf8')).toBe('directly\n');
        const job = { words: ['/bin/true'], files: [], stdout, stderr };
        expect(starters.fits(job)).toBe(false);
        closeSync(stdout);
        closeSync(stderr);
    });
});

function isRunning(marker: string): boolean {
    return readdirSync('/proc').some((name) => read(`/proc/${name}/cmdline`) === `sleep\0${marker}\0`);
}
