// What rpkg knows of releases of rustc, as a user asks for it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshPlace, installation, type Place, rpkg, write } from '../support/whole.ts';

describe('rpkg lineage', () => {
    test('lists what to build', async () => {
        const { exit, out, err } = await rpkg(freshPlace(), ['lineage', 'rustc', '1.87.0', '--have', '1.84.1']);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        expect(out).toContain('rustc 1.87.0 from 1.84.1: 3 releases to build');
        expect(out).toMatch(/1 {2}1\.85\.1 +by 1\.84\.1 +LLVM 19 .*--stage 1/);
        expect(out).toMatch(/3 {2}1\.87\.0 +by 1\.86\.0 +LLVM 19 .*--stage 2/);
        expect(out).toMatch(/estimate: \d+ to \d+ core hours/);
    });

    test('says it as JSON', async () => {
        const words = ['lineage', 'rustc', '1.85.1', '--have', '1.83.0', '--via', '1.84.0', '--llvm', '18', '--json'];
        const { exit, out } = await rpkg(freshPlace(), words);
        expect(exit).toBe(0);
        expect(JSON.parse(out)).toMatchObject({
            have: '1.83.0',
            want: '1.85.1',
            links: [
                { version: '1.84.0', stage0: '1.83.0', llvm: { major: 18, window: [18, 19] } },
                { version: '1.85.1', stage0: '1.84.0', cargo: '0.86' },
            ],
        });
    });

    test('of a recipe is that of its plan', async () => {
        const place = freshPlace();
        fs.cpSync(path.join(installation, 'recipes'), path.join(place.folder, 'recipes'), { recursive: true });
        const { exit, out, err } = await rpkg(place, ['lineage', 'recipes/debian/chain.rpkg']);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        expect(out).toContain('rustc 1.85.1 from 1.85.0: 2 releases to build');
        expect(out).toMatch(/1 {2}1\.85\.1 +by 1\.85\.0 +LLVM 19 .*--stage 1/);
        expect(out).toMatch(/2 {2}1\.85\.1 +by 1\.85\.1 +LLVM 19 .*--stage 2/);
        const other = await rpkg(place, ['lineage', 'recipes/debian/rustc.rpkg#sid']);
        expect(other).toMatchObject({
            exit: 2,
            err: 'error: `rustc` is of kind `rustc`: only chains have a lineage\n',
        });
    });

    test('goes once more through the wanted release, where that is asked for', async () => {
        const words = ['lineage', 'rustc', '1.85.1', '--have', '1.84.1', '--by-itself'];
        const { out } = await rpkg(freshPlace(), words);
        expect(out).toMatch(/2 {2}1\.85\.1 +by 1\.85\.1 /);
    });

    test('has nothing to do for the compiler at hand', async () => {
        const { exit, out } = await rpkg(freshPlace(), ['lineage', 'rustc', '1.85.1', '--have', '1.85.1']);
        expect({ exit, out }).toEqual({ exit: 0, out: 'rustc 1.85.1 is the one at hand: there is nothing to build\n' });
    });

    test.each([
        ['the older 1.84.0', 3, ['rustc', '1.84.0', '--have', '1.85.1'], 'rustc/wrong-stage0'],
        ['no version', 3, ['rustc', 'stable', '--have', '1.85.1'], 'rustc/unknown-release'],
        ['nothing at hand', 2, ['rustc', '1.85.1'], '`--have` is needed'],
        ['gcc', 2, ['gcc', '14', '--have', '13'], '`gcc` has no lineage'],
        ['no release', 2, ['rustc', '--have', '1.85.1'], 'the wanted release is missing'],
        ['words for LLVM', 2, ['rustc', '1.85.1', '--have', '1.84.0', '--llvm', 'new'], '`--llvm` takes'],
    ])('refuses %s', async (_, code, words, says) => {
        const { exit, err } = await rpkg(freshPlace(), ['lineage', ...words]);
        expect(exit).toBe(code);
        expect(err).toContain(says);
    });
});

test('a compiler whose LLVM is not there is refused when planning, with what its release takes', async () => {
    const place = freshPlace();
    write(place, {
        'src/Cargo.lock': 'version = 4\n',
        'r.rpkg': `rpkg 1

recipe r is rustc {
    version = 1.97.1
    source main {
        path = "src"
    }
    llvm {
        link = system-dynamic
        config = "llvm-config-99"
    }
}
`,
    });
    const { exit, err } = await rpkg(place, ['plan', 'r.rpkg']);
    expect(exit).toBe(3);
    expect(err).toContain('error[rustc/missing-llvm]: `llvm-config-99` is not there');
    expect(err).toContain('21 or newer for rustc 1.97.1');
});

describe('rpkg rustc-schema', () => {
    const config = `
struct TomlConfig { profile: Option<String>, rust: Option<Rust> }
define_config! { struct Rust { channel: Option<String> = "channel", sparkle: Option<bool> = "sparkle" } }`;

    function sources(place: Place, version: string, text: string): string {
        const folder = path.join(place.folder, 'rustc');
        fs.mkdirSync(path.join(folder, 'src/bootstrap'), { recursive: true });
        fs.writeFileSync(path.join(folder, 'src/version'), `${version}\n`);
        fs.writeFileSync(path.join(folder, 'src/bootstrap/config.rs'), text);
        fs.writeFileSync(path.join(folder, 'config.toml.example'), '[rust]\n#channel = "dev"\n#gone = 1\n');
        return folder;
    }

    test('compares sources with the tables', async () => {
        const place = freshPlace();
        const { exit, out } = await rpkg(place, ['rustc-schema', sources(place, '1.85.1', config)]);
        expect(exit).toBe(1);
        expect(out).toContain('rustc 1.85.1: 3 settings');
        expect(out).toContain('in its example file, but refused: rust.gone');
        expect(out).toContain('! rust.sparkle: the table has nothing, the sources boolean');
        const json = await rpkg(place, ['rustc-schema', 'rustc', '--json']);
        expect(JSON.parse(json.out)).toMatchObject({ release: '1.85.1', keys: { 'rust.sparkle': 'boolean' } });
    });

    test('prints the table with them in it', async () => {
        const place = freshPlace();
        const folder = sources(place, '1.140.0', config);
        const { exit, out } = await rpkg(place, ['rustc-schema', folder, '--table', '--source', 'a test']);
        expect(exit).toBe(0);
        const table = JSON.parse(out) as { samples: unknown; keys: Record<string, unknown> };
        expect(table.samples).toMatchObject({ '1.140.0': { source: 'a test' } });
        expect(table.keys['rust.sparkle']).toEqual({ '1.140.0': 'boolean' });
    });

    test.each([
        ['no sources', undefined, '', 'rustc/no-sources'],
        ['another form', '1.140.0', 'fn main() {}', 'rustc/unread-schema'],
        ['an old release', '1.48.0', config, 'rustc/unknown-release'],
    ])('refuses %s', async (_, version, text, code) => {
        const place = freshPlace();
        const folder = version === undefined ? place.folder : sources(place, version, text);
        const { exit, err } = await rpkg(place, ['rustc-schema', folder]);
        expect(exit).toBe(3);
        expect(err).toContain(code);
    });
});
