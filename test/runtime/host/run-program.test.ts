import { describe, expect, test } from 'vitest';
import { type Finished, runProgram } from '../../../runtime/host/run-program.ts';

async function run(
    script: string,
    changes: { timeoutMs?: number; outputBytes?: number; signal?: AbortSignal } = {},
): Promise<Finished> {
    const call = {
        program: '/bin/sh',
        args: ['-c', script],
        cwd: '/',
        environment: { PATH: '/usr/bin:/bin', X: 'given' },
    };
    return await runProgram({ ...call, timeoutMs: 10_000, ...changes });
}

describe('a program', () => {
    test('says what it says', async () => {
        const finished = await run('echo out; echo err >&2; pwd; exit 3');
        expect({ ...finished, stdout: finished.stdout.toString() }).toEqual({
            exitCode: 3,
            stdout: 'out\n/\n',
            stderr: 'err\n',
            cause: '',
        });
    });

    test('sees the environment that is given, and no input', async () => {
        expect((await run('echo $X $HOME; cat')).stdout.toString()).toBe('given\n');
    });

    test('that is not there', async () => {
        const finished = await runProgram({
            program: '/nonexistent',
            args: [],
            cwd: '/',
            environment: {},
            timeoutMs: 1000,
        });
        expect(finished).toMatchObject({ exitCode: null, cause: expect.stringContaining('ENOENT') as string });
    });

    test('that takes too long is ended', async () => {
        const started = performance.now();
        expect(await run('exec sleep 60', { timeoutMs: 100 })).toMatchObject({
            exitCode: null,
            cause: 'ended by SIGKILL',
        });
        expect(performance.now() - started).toBeLessThan(5000);
    });

    test('that says too much is ended', async () => {
        const finished = await run('exec yes', { outputBytes: 1000 });
        expect(finished).toMatchObject({ exitCode: null, cause: 'said more than 1000 bytes' });
        expect(finished.stdout.length).toBeLessThanOrEqual(1000);
    });

    test('whose helper stays behind with its output does not hold anybody up', async () => {
        const started = performance.now();
        expect((await run('sleep 20 & echo done')).stdout.toString()).toBe('done\n');
        expect(performance.now() - started).toBeLessThan(5000);
    });

    test('is ended when nobody wants it any more', async () => {
        const control = new AbortController();
        setTimeout(() => control.abort(), 100);
        expect(await run('exec sleep 60', { signal: control.signal })).toMatchObject({ exitCode: null });
    });
});
