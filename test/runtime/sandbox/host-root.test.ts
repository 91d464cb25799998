import { lstatSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { etcFiles, fixedMtimeSeconds } from '../../../compiler/plan/sandbox.ts';
import { hostRoot, prepareEtc } from '../../../runtime/sandbox/host-root.ts';

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rpkg-etc-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('/etc has the fixed files, and of the host only where libraries and alternatives are', async () => {
    const etc = join(folder, 'etc');
    const umask = process.umask(0o077);
    try {
        expect(await prepareEtc(etc)).toEqual({ ok: true, value: undefined });
    } finally {
        process.umask(umask);
    }
    for (const [name, text] of Object.entries(etcFiles)) expect(readFileSync(join(etc, name), 'utf8')).toBe(text);
    const allowed = [...Object.keys(etcFiles), 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives'];
    for (const name of readdirSync(etc)) expect(allowed).toContain(name);
    for (const entry of readdirSync(etc, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        const stats = lstatSync(path);
        expect(stats.mtimeMs).toBe(fixedMtimeSeconds * 1000);
        if (entry.isSymbolicLink()) expect(readlinkSync(path)).toBe(readlinkSync(path.replace(etc, '/etc')));
        else expect(stats.mode & 0o7777).toBe(entry.isDirectory() ? 0o755 : 0o644);
    }
});

test('/etc is not prepared twice in one place', async () => {
    await prepareEtc(join(folder, 'etc'));
    expect(await prepareEtc(join(folder, 'etc'))).toMatchObject({
        ok: false,
        failure: { kind: 'system', code: 'EEXIST' },
    });
});

test('what is a link on the host is a link inside, and the rest is read-only', () => {
    const { binds, links } = hostRoot('/somewhere/etc');
    expect(binds).toContainEqual({ at: '/etc', from: '/somewhere/etc', writable: false });
    expect(binds).toContainEqual({ at: '/usr', from: '/usr', writable: false });
    expect(binds.every(({ writable }) => !writable)).toBe(true);
    for (const { at, to } of links) expect(to).toBe(readlinkSync(at));
    const places = [...binds, ...links].map(({ at }) => at);
    expect(new Set(places).size).toBe(places.length);
});
