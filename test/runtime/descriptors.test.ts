import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const module = JSON.stringify(new URL('../../runtime/descriptors.ts', import.meta.url).href);
const program = `import { closeInherited } from ${module};
import { readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const closed = closeInherited();
const child = spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8' });
process.stdout.write(JSON.stringify({ closed, child: child.stdout.trim().split('\\n').map(Number), again: closeInherited() }));`;

// Node itself makes low numbers without a gap private.
const starter = `import os, sys
for number in (9, 30, 200): os.dup2(0, number, inheritable=True)
os.execv(sys.argv[1], sys.argv[1:])`;

test('a child of the process sees none of what its starter left open', () => {
    const own = [process.execPath, '--input-type=module', '--eval', program];
    const ended = spawnSync('/usr/bin/python3', ['-I', '-c', starter, ...own], { encoding: 'utf8' });
    const { closed, child, again } = JSON.parse(ended.stdout) as Readonly<Record<string, readonly number[]>>;
    expect(closed).toEqual(expect.arrayContaining([30, 200]));
    // 3 is the child's own view of the directory.
    expect({ child, again }).toEqual({ child: [0, 1, 2, 3], again: [] });
});
