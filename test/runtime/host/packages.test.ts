// Whose packages files are, compared with what the package manager itself says.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagesOf } from '../../../runtime/host/packages.ts';

const hasDpkg = existsSync('/var/lib/dpkg/status');

function dpkg(...words: readonly string[]): string {
    return execFileSync('dpkg-query', words, { encoding: 'utf8', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } });
}

/** A line as `dash: /bin/dash` → its path as it really is, and the package. */
function owned(line: string): readonly [path: string, name: string] | undefined {
    const [, name = '', path = ''] = /^([^,\s]+): (\/\S+)$/.exec(line) ?? [];
    return existsSync(path) && realpathSync(path) === path ? [path, name] : undefined;
}

describe.runIf(hasDpkg)('packages of files', () => {
    test('are those that dpkg-query finds, be they called like the program or not', async () => {
        const programs = readdirSync('/usr/bin').map((name) => `/usr/bin/${name}`);
        const found = dpkg('--search', '/usr/bin/*', '/bin/*')
            .split('\n')
            .map(owned)
            .filter((entry) => entry !== undefined);
        const owners = new Map(found.filter(([path]) => programs.includes(path)));
        const namesakes = [...owners].filter(([path, name]) => path.endsWith(`/${name}`)).slice(0, 20);
        const others = [...owners].filter(([path, name]) => !path.endsWith(`/${name}`)).slice(0, 5);
        expect(namesakes.length).toBeGreaterThan(3);
        expect(others.length).toBe(5);
        for (const [path, name] of [...namesakes, ...others]) {
            const version = dpkg('--show', '--showformat', '${Version}', name);
            expect(await packagesOf([path], () => undefined)).toEqual({ [name.replace(/:.*/, '')]: version });
        }
        const all = [...namesakes, ...others];
        const together = await packagesOf(
            all.map(([path]) => path),
            () => undefined,
        );
        expect(Object.keys(together).sort()).toEqual(
            [...new Set(all.map(([, name]) => name.replace(/:.*/, '')))].sort(),
        );
    });

    test('of files that nobody owns are none', async () => {
        expect(await packagesOf(['/usr/bin/no-such-program', '/nowhere/dash'], () => undefined)).toEqual({});
    });
});
