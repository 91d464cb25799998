// Deadlines that fall into the set-up of a sandbox, where its processes do not watch each other yet.
import { closeSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { anonymousFile } from '../../../runtime/sandbox/anonymous-file.ts';
import { openSandbox } from '../../../runtime/sandbox/sandbox.ts';
import { endWorld, makeWorld } from './world.ts';

const world = await makeWorld({ name: 'whoever runs this', id: process.getuid?.() ?? 0 });
afterAll(() => endWorld(world));

const marker = `${200_000 + (process.pid % 100_000)}.5`;

test.each([
    ['bwrap', 100, 12],
    ['unshare', 40, 100],
] as const)('%s leaves nothing, whenever it is killed', async (tier, rounds, longestMs) => {
    const sandbox = await openSandbox(tier);
    if (!sandbox.ok) throw new Error(JSON.stringify(sandbox.failure));
    const output = anonymousFile('');
    for (let round = 0; round < rounds; round++) {
        const limits = { timeoutMs: 1 + (round / rounds) * longestMs };
        const { binds, links } = world;
        const spec = { argv: ['/bin/sleep', marker], env: {}, cwd: '/tmp', binds, links, limits };
        const exit = await sandbox.value.run(spec, { stdout: output, stderr: output, terminal: false });
        expect(exit).toEqual({ ok: true, value: { kind: 'timeout' } });
        const left = processesOf(process.pid, output);
        expect(left.filter((name) => nameOf(name) === 'sleep')).toEqual([]);
        // Nothing has run in a sandbox that was killed before it was made; its processes are on their way out.
        await vi.waitUntil(() => processesOf(process.pid, output).length === 0, { timeout: 20_000, interval: 1 });
    }
    closeSync(output);
});

/** Processes that have the file open, which everything in the sandbox inherits. */
function processesOf(own: number, output: number): readonly string[] {
    const file = fileOf(`/proc/${own}/fd/${output}`);
    return readdirSync('/proc').filter(
        (name) => /^\d+$/.test(name) && Number(name) !== own && fileOf(`/proc/${name}/fd/1`) === file,
    );
}

function fileOf(path: string): string {
    try {
        return `${statSync(path).dev}:${statSync(path).ino}`;
    } catch {
        return path;
    }
}

function nameOf(process: string): string {
    try {
        return readFileSync(`/proc/${process}/comm`, 'utf8').trim();
    } catch {
        return '';
    }
}
