// What can be wrong with an environment, found without looking at anything.
import { expect, test } from 'vitest';
import { freshPlace, rpkg, write } from '../support/whole.ts';

const recipe = (lines: string): string => `rpkg 1

recipe around is environment {
${lines}
}

recipe inside is generic {
    version = 1.0.0
    environment = around

    step all {
        script = "true"
    }
}
`;

const hash = `sha256:${'0'.repeat(64)}`;

test.each([
    { name: 'a suite', lines: '    provider = debian\n    suite = trixie\n    packages = [gcc, "cmake=3.31.6-2"]' },
    { name: 'an image by path', lines: `    provider = rootfs\n    path = "root.tar"\n    hash = ${hash}` },
])('$name is fine', async ({ lines }) => {
    const place = freshPlace();
    write(place, { 'r.rpkg': recipe(lines) });
    expect(await rpkg(place, ['check', 'r.rpkg#inside'])).toMatchObject({ exit: 0 });
});

test.each([
    { name: 'no suite', lines: '    provider = debian', says: 'plan/environment-field', about: 'needs `suite`' },
    {
        name: 'a suite of the host',
        lines: '    provider = host\n    suite = trixie',
        says: 'plan/environment-field',
        about: '`suite` says nothing about an environment with `provider = host`',
    },
    {
        name: 'an image from nowhere',
        lines: `    provider = rootfs\n    hash = ${hash}`,
        says: 'plan/environment-field',
        about: 'needs `path`',
    },
    {
        name: 'an image at two places',
        lines: `    provider = rootfs\n    path = "root.tar"\n    url = "https://example.org/root.tar"\n    hash = ${hash}`,
        says: 'plan/environment-field',
        about: 'here it has both',
    },
    {
        name: 'an image without its hash',
        lines: '    provider = rootfs\n    path = "root.tar"',
        says: 'plan/environment-field',
        about: 'needs `hash`',
    },
    {
        name: 'a package with capitals',
        lines: '    provider = debian\n    suite = trixie\n    packages = [Gcc]',
        says: 'plan/package-name',
        about: '`Gcc` is not the name of a Debian package',
    },
])('$name is one error', async ({ lines, says, about }) => {
    const place = freshPlace();
    write(place, { 'r.rpkg': recipe(lines) });
    const { exit, err } = await rpkg(place, ['check', 'r.rpkg#inside']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    expect(err).toContain(`error[${says}]`);
    expect(err).toContain(about);
});
