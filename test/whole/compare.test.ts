// `rpkg compare`: recipes side by side, without anything of this machine.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPlace, installation, rpkg, write } from '../support/whole.ts';

const recipes = `rpkg 1

recipe base is generic {
    version = 1.0.0
    env.SHARED = "yes"
    step all {
        script = '''
            echo one
            echo two
        '''
    }
}

overlay north on base {
    revision = 1
}
`;

const more = `rpkg 1

use "one.rpkg" as one

overlay south on one.base {
    revision = 2 because "it is the second"
    epoch = 5
}

overlay west on one.base {
    revision = 7 because "a number"
    revision := 1
    step all {
        script := '''
            echo three
        '''
    }
}
`;

test('fields that differ, recipes with one value together, with reasons', async () => {
    const place = freshPlace();
    write(place, { 'one.rpkg': recipes, 'two.rpkg': more });
    const words = ['one.rpkg#north', 'two.rpkg#south', 'two.rpkg#west'];
    const text = await rpkg(place, ['compare', ...words]);
    expect({ exit: text.exit, err: text.err }).toEqual({ exit: 1, err: '' });
    expect(text.out).toBe(`step.all.script
    north, south  echo one
                  echo two
    west          echo three

revision
    north, west  1
    south        2
                 because it is the second

epoch
    north, west  1
    south        5
`);
    const json = JSON.parse((await rpkg(place, ['compare', '--json', ...words])).out) as {
        recipes: string[];
        fields: { key: string; same: boolean; sides: { recipes: string[]; value?: string; reasons: string[] }[] }[];
    };
    expect(json.recipes).toEqual(['north', 'south', 'west']);
    expect(json.fields.find(({ key }) => key === 'revision')?.sides).toEqual([
        { recipes: ['north', 'west'], value: '1', reasons: [] },
        { recipes: ['south'], value: '2', reasons: ['it is the second'] },
    ]);
});

test('of lists what all have stands once', async () => {
    const place = freshPlace();
    const app = (name: string, flags: string): string =>
        `recipe ${name} is app {\n    version = 1.0.0\n    cflags = [${flags}]\n    source main {\n        path = "."\n    }\n    bins = [x]\n}\n`;
    write(place, { 'a.rpkg': `rpkg 1\n\n${app('a', '"-O2", "-g"')}\n${app('b', '"-g", "-Os"')}\n${app('c', '"-g"')}` });
    const { exit, out } = await rpkg(place, ['compare', 'a.rpkg#a', 'a.rpkg#b', 'a.rpkg#c']);
    expect(exit).toBe(1);
    expect(out).toContain('cflags\n    all have -g\n    a  -O2\n    b  -Os\n    c  nothing more\n');
});

test('the same recipe has nothing to show but with --all; two of one name are told by their files', async () => {
    const place = freshPlace();
    write(place, { 'one.rpkg': recipes, 'copy.rpkg': recipes });
    expect(await rpkg(place, ['compare', 'one.rpkg#base', 'copy.rpkg#base'])).toMatchObject({ exit: 0, out: '' });
    const all = await rpkg(place, ['compare', '--all', 'one.rpkg#base', 'copy.rpkg#base']);
    expect(all.exit).toBe(0);
    expect(all.out).toContain('env.SHARED\n    all  "yes"\n');
    const json = await rpkg(place, ['compare', '--json', 'one.rpkg#base', 'copy.rpkg#base']);
    expect((JSON.parse(json.out) as { recipes: unknown }).recipes).toEqual(['one.rpkg#base', 'copy.rpkg#base']);
});

test('a recipe with a mistake is told as everywhere', async () => {
    const place = freshPlace();
    write(place, { 'one.rpkg': recipes, 'bad.rpkg': recipes.replace('version', 'versoin') });
    const { exit, err } = await rpkg(place, ['compare', 'one.rpkg#base', 'bad.rpkg#base']);
    expect(exit).toBe(3);
    expect(err).toContain('did you mean `version`');
});

test('what distributions make of rustc, as the recipes here have it', async () => {
    const overlays = [
        'alpine/rustc.rpkg',
        'arch/rustc.rpkg',
        'debian/rustc.rpkg#sid',
        'fedora/rustc.rpkg',
        'freebsd/rustc.rpkg',
        'gentoo/rustc.rpkg',
        'guix/rustc.rpkg#guix',
        'guix/rustc.rpkg#guix-link',
        'homebrew/rustc.rpkg',
        'nix/rustc.rpkg',
        'openbsd/rustc.rpkg',
        'void/rustc.rpkg',
    ];
    // Some overlays differ by platform.
    const words = [...overlays.map((name) => `recipes/${name}`), '--target', 'x86_64-unknown-linux-gnu'];
    const { exit, out, err } = await rpkg(freshPlace(), ['compare', ...words], { cwd: installation });
    expect({ exit, err }).toEqual({ exit: 1, err: '' });
    await expect(out).toMatchFileSnapshot(join(import.meta.dirname, '..', 'golden', 'rustc', 'compare.txt'));
});
