import { expect, test } from 'vitest';
import { openSandbox } from '../../../runtime/sandbox/sandbox.ts';
import { probeSandbox } from '../../../runtime/sandbox/probe.ts';

test('every capability is tried once, and one that is there needs no remedy', async () => {
    const found = await probeSandbox();
    expect(found.map(({ name }) => name)).toEqual([
        'user namespaces',
        'own /proc',
        'bubblewrap',
        'tier bwrap',
        'system call filter',
        'tier unshare',
        'overlay',
        'cgroups',
        'ordinary user',
    ]);
    for (const { ok, detail, remedy } of found) {
        expect(detail).not.toBe('');
        if (ok) expect(remedy).toBe('');
    }
    // The tests of the tiers run here, so these must hold.
    for (const { name, needed, ok } of found) if (needed) expect({ name, ok }).toEqual({ name, ok: true });
});

test('on a machine without programs everything has a remedy', async () => {
    const found = await probeSandbox(['/nowhere']);
    for (const { ok, needed, remedy } of found) if (!ok && needed) expect(remedy).not.toBe('');
    expect(await openSandbox('auto', ['/nowhere'])).toMatchObject({ ok: false });
});
