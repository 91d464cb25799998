// Which tier is opened on which machine. The machine is a folder with programs.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Tier, openSandbox } from '../../../runtime/sandbox/sandbox.ts';

let folder: string;
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rpkg-tiers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function machine(name: string, programs: readonly string[], mode = 0o755): readonly string[] {
    const path = join(folder, name);
    mkdirSync(path);
    for (const program of programs) {
        writeFileSync(join(path, program), '#!/bin/sh\nexit 1\n');
        chmodSync(join(path, program), mode);
    }
    return [path];
}

test.each<[string, Tier | 'auto', readonly string[], Tier | RegExp]>([
    ['everything', 'auto', ['bwrap', 'unshare', 'setpriv'], 'bwrap'],
    ['asked for the second', 'unshare', ['bwrap', 'unshare', 'setpriv'], 'unshare'],
    ['only bubblewrap', 'auto', ['bwrap'], 'bwrap'],
    ['no bubblewrap', 'auto', ['unshare', 'setpriv'], 'unshare'],
    ['no bubblewrap but asked for', 'bwrap', ['unshare', 'setpriv'], /bubblewrap is not installed/],
    ['half of util-linux', 'auto', ['unshare'], /not installed/],
    ['nothing', 'auto', [], /not installed/],
])('%s', async (name, request, programs, expected) => {
    const opened = await openSandbox(request, machine(name, programs));
    if (typeof expected === 'string') expect(opened).toMatchObject({ ok: true, value: { tier: expected } });
    else
        expect(opened).toMatchObject({
            ok: false,
            failure: { kind: 'sandbox-unavailable', cause: expect.stringMatching(expected) as string },
        });
});

test('a set-user-ID bubblewrap is refused, and nothing else is taken instead', async () => {
    const folders = machine('set-id', ['bwrap', 'unshare', 'setpriv'], 0o4755);
    expect(await openSandbox('auto', folders)).toMatchObject({
        ok: false,
        failure: {
            kind: 'sandbox-unavailable',
            tier: 'bwrap',
            cause: expect.stringContaining('set-user-ID') as string,
        },
    });
});

test('a bubblewrap that fails is not replaced by another tier', async () => {
    const folders = machine('broken', ['bwrap', 'unshare', 'setpriv']);
    const opened = await openSandbox('auto', folders);
    if (!opened.ok) throw new Error('not opened');
    const spec = { argv: ['/bin/true'], env: {}, cwd: '/tmp', binds: [], links: [], limits: { timeoutMs: 1000 } };
    expect(await opened.value.run(spec, { stdout: 1, stderr: 2, terminal: false })).toMatchObject({
        ok: false,
        failure: { kind: 'sandbox-unavailable', tier: 'bwrap' },
    });
});

test('a program that is a dangling link is not there', async () => {
    const folders = machine('dangling', ['unshare', 'setpriv']);
    symlinkSync('/nowhere', join(folders[0] ?? '', 'bwrap'));
    expect(await openSandbox('auto', folders)).toMatchObject({ ok: true, value: { tier: 'unshare' } });
});

test('opening starts nothing and takes no time', async () => {
    const times: number[] = [];
    for (let round = 0; round < 20; round++) {
        const start = performance.now();
        await openSandbox('auto');
        times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(2);
});
