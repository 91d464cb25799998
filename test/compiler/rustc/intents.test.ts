// What a recipe wants of a compiler beside its configuration, and by which way that reaches what is built.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../../support/fresh-folder.ts';
import { commandsOf, configText, planRecipe, variablesOf } from '../../support/rustc-recipe.ts';

describe('salt', () => {
    const statements = ['salt = slot-2', 'description = "Test"', 'rustflags = ["-Cforce-frame-pointers=yes"]'];

    test.each([
        ['1.63.0', '[rust]'],
        ['1.85.1', '[rust]'],
        ['1.95.0', '[build]'],
    ])('of %s is in the description and in the metadata of every crate', async (version, section) => {
        const { plan, diagnostics } = await planRecipe(version, statements);
        expect(diagnostics).toEqual([]);
        const sections = configText(plan).split('\n\n');
        expect(sections.find((text) => text.startsWith(section))).toContain('description = "Test slot-2"');
        expect(variablesOf(plan, 'stage2')).toMatchObject({
            RUSTFLAGS_NOT_BOOTSTRAP: '-Cmetadata=slot-2 -Cforce-frame-pointers=yes',
        });
        expect(variablesOf(plan, 'stage2')).not.toHaveProperty('RUSTFLAGS_BOOTSTRAP');
        expect(plan?.provenance.values['/actions/stage2/env/RUSTFLAGS_NOT_BOOTSTRAP']).toContain('salt');
        expect(plan?.provenance.values['/actions/config/files/config.toml/text'] ?? ['salt']).toContain('salt');
    });

    test('of a compiler that is built once is given to the one that builds it', async () => {
        const { plan } = await planRecipe('1.95.0', ['salt = a', 'bootstrap.stage = 1']);
        expect(variablesOf(plan, 'stage1')['RUSTFLAGS_BOOTSTRAP']).toBe('-Cmetadata=a');
        expect(configText(plan)).toContain('description = "a"');
    });

    test('with a space has no way to a compiler', async () => {
        const { diagnostics } = await planRecipe('1.95.0', ['salt = "a b"']);
        expect(diagnostics).toMatchObject([{ code: 'plan/uncarried-flag' }]);
    });

    test('adds to the metadata that Cargo gives: symbols are others', () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/one.rs`, '#[inline(never)]\npub fn one() -> u8 {\n    1\n}\n');
        const symbolsWith = (...flags: readonly string[]): string => {
            const words = ['--crate-type=lib', '--emit=asm', '-o', 'one.s', ...flags, 'one.rs'];
            const { status, stderr } = spawnSync('rustc', words, { cwd: folder, encoding: 'utf8' });
            expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
            return /^(_\w*one\w*):$/m.exec(fs.readFileSync(`${folder}/one.s`, 'utf8'))?.[1] ?? '';
        };
        const [plain, first, second] = [[], ['-Cmetadata=a'], ['-Cmetadata=b']].map((salt) =>
            symbolsWith('-Cmetadata=0123456789abcdef', ...salt),
        );
        expect(new Set([plain, first, second]).size).toBe(3);
        expect(symbolsWith('-Cmetadata=a', '-Cmetadata=0123456789abcdef')).toBe(first);
    });
});

describe('folders of libraries', () => {
    test.each(['lib64', 'lib/x86_64-linux-gnu'])('%s', async (libdir) => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [
            `install { prefix = "/opt/rust"; libdir = "${libdir}" }`,
        ]);
        expect(diagnostics).toEqual([]);
        expect(configText(plan)).toContain(`libdir = "${libdir}"\n`);
        const [, script = ''] = commandsOf(plan, 'install');
        expect(script).toContain("cd '/rpkg/out/opt/rust'");
        expect(script).toContain(`${libdir}/rustlib/components`);
    });

    test('below a private prefix, with what is moved, linked and removed', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [
            'install { prefix = "/usr/lib/rust-1.85"; libdir = "lib"; move."lib/lib*.so" = "lib/x86_64-linux-gnu"; link."lib/rustlib/src" = "../../share/src"; remove = ["share/doc/*/LICENSE*"] }',
        ]);
        expect(diagnostics).toEqual([]);
        expect(commandsOf(plan, 'install')[1]?.split('\n').slice(-5)).toEqual([
            "mkdir -p 'lib/x86_64-linux-gnu'",
            "mv 'lib/lib'*'.so' 'lib/x86_64-linux-gnu'",
            `mkdir -p "$(dirname 'lib/rustlib/src')"`,
            "ln -s '../../share/src' 'lib/rustlib/src'",
            "rm -r 'share/doc/'*'/LICENSE'*",
        ]);
    });
});

describe('platforms', () => {
    test('have a processor and features of their own', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [
            'targets = [i586-unknown-linux-gnu]',
            'target i586-unknown-linux-gnu { cpu = pentium; features = ["-x87", "+soft-float"]; rustflags = ["-Cdebuginfo=0"] }',
        ]);
        expect(diagnostics).toEqual([]);
        expect(variablesOf(plan, 'stage2')).toMatchObject({
            CARGO_TARGET_I586_UNKNOWN_LINUX_GNU_RUSTFLAGS:
                '-Ctarget-cpu=pentium -Ctarget-feature=-x87,+soft-float -Cdebuginfo=0',
        });
    });

    test('below what their name means are a warning where the release only warns', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [
            'targets = [i586-unknown-linux-gnu]',
            'target i586-unknown-linux-gnu { cpu = pentium4 }',
        ]);
        expect(diagnostics).toMatchObject([{ code: 'rustc/wrong-target', severity: 'warning' }]);
        expect(plan).toBeDefined();
    });
});

describe('a setting that a patch adds', () => {
    const extension = 'extend "target.*.self-contained" { type = boolean; patch = "fedora/contained.patch" }';
    const setting = 'config "target.x86_64-unknown-linux-gnu" { self-contained = false }';
    const source = 'source fedora { path = "fedora" }';
    const applied = 'patches { series = ["fedora/series"] }';
    const files = { 'fedora/series': 'contained.patch\n' };

    test('is declared with it, and then is one like all others', async () => {
        const { plan, diagnostics } = await planRecipe('1.94.1', [source, applied, extension, setting], { files });
        expect(diagnostics).toEqual([]);
        expect(configText(plan)).toContain('[target.x86_64-unknown-linux-gnu]\nself-contained = false\n');
    });

    test('has its type', async () => {
        const wrong = setting.replace('false', '"no"');
        const { diagnostics } = await planRecipe('1.94.1', [source, applied, extension, wrong], { files });
        expect(diagnostics).toMatchObject([{ code: 'rustc/wrong-type' }]);
    });

    test('is refused without its patch', async () => {
        const { diagnostics } = await planRecipe('1.94.1', [source, applied, extension, setting], {
            files: { 'fedora/series': 'other.patch\n' },
        });
        expect(diagnostics).toMatchObject([{ code: 'plan/unpatched-setting' }]);
    });

    test('is refused when its patch is skipped', async () => {
        const skipped = 'patches { series = ["fedora/series"]; skip = ["contained.patch"] }';
        const { diagnostics } = await planRecipe('1.94.1', [source, skipped, extension, setting], { files });
        expect(diagnostics).toMatchObject([{ code: 'plan/unpatched-setting' }]);
    });

    test('is refused when the release has it', async () => {
        const { diagnostics } = await planRecipe('1.94.1', [
            source,
            'extend "rust.jemalloc" { type = boolean; patch = "fedora/contained.patch" }',
        ]);
        expect(diagnostics).toMatchObject([{ code: 'plan/known-setting' }]);
    });
});
