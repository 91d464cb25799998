// Recipes of compilers: what becomes of them, and what is refused before anything is built.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emitJson } from '../../../compiler/emit/json.ts';
import { withDigest } from '../../support/plans.ts';
import { planRustc } from '../../support/rustc-plan.ts';
import { configText, planRecipe, variablesOf } from '../../support/rustc-recipe.ts';

const golden = join(import.meta.dirname, '..', '..', 'golden', 'rustc');

const versions = {
    cargo: 'cargo 1.95.0 (abc 2026-03-01)',
    rustc: 'rustc 1.95.0 (abc 2026-03-01)',
    'llvm-config-14': '14.0.6',
    'llvm-config-19': '19.1.7',
    'llvm-config-22': '22.1.8',
};

describe('the recipes of Debian', () => {
    test.each(['bookworm', 'trixie-on-bookworm', 'sid'])('%s gives the recorded plan', async (recipe) => {
        const { plan, diagnostics } = await planRustc({
            main: 'recipes/debian/rustc.rpkg',
            recipe,
            versions,
            files: { 'debian/patches/series': '# first\none.patch\nsub/two.patch -p1 # why\n\n' },
        });
        expect(diagnostics).toEqual([]);
        if (plan === undefined) throw new Error('no plan');
        // Without provenance: moving a line of the recipe is no change of the plan.
        const bare = withDigest({ ...plan, provenance: { files: [], fields: {}, values: {} } });
        await expect(emitJson(bare)).toMatchFileSnapshot(join(golden, `${recipe}.plan.json`));
    });

    test('end with the dry run when no more is wanted', async () => {
        const { plan } = await planRustc({
            main: 'recipes/debian/rustc.rpkg',
            recipe: 'sid',
            versions,
            files: { 'debian/patches/series': '' },
            options: { 'dry-run': 'true' },
        });
        expect(plan?.outputs).toEqual({ out: 'dry-run' });
        expect(Object.keys(plan?.actions ?? {})).not.toContain('stage1');
    });
});

describe('stages', () => {
    test.each(['1.85.1', '1.95.0'])('of %s are asked for by their libraries', async (version) => {
        const { plan } = await planRecipe(version, [], {
            versions: { rustc: `rustc ${version} (x)`, cargo: `cargo ${version} (x)` },
        });
        for (const stage of ['1', '2']) {
            const action = plan?.actions[`stage${stage}`];
            const command = action?.kind === 'run' ? action.commands[0] : undefined;
            expect(command).toMatchObject({
                script: expect.stringMatching(new RegExp(` x\\.py build library .* --stage ${stage} `)) as string,
            });
        }
    });
});

describe('a library alone', () => {
    const lines = ['goal = library', 'targets = [i586-unknown-linux-gnu]', 'tools = [cargo]'];
    const same = { versions: { rustc: 'rustc 1.85.1 (x)', cargo: 'cargo 1.85.1 (x)' } };

    test('is made for the targets by the compiler at hand', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', lines, same);
        expect(diagnostics).toEqual([]);
        const { actions = {}, outputs } = plan ?? {};
        expect(outputs).toEqual({ out: 'install' });
        expect(Object.keys(actions)).not.toContain('stage1');
        const scripts = ['dry-run', 'library', 'install'].map((id) => {
            const action = actions[id];
            const command = action?.kind === 'run' ? action.commands[0] : undefined;
            return command !== undefined && 'script' in command
                ? command.script.replace(/^.*x\.py | --jobs.*$/g, '')
                : '';
        });
        expect(scripts).toEqual([
            'build --dry-run library --config /rpkg/config/config.toml --stage 0',
            'build library --config /rpkg/config/config.toml --stage 0',
            'install library/std --config /rpkg/config/config.toml --stage 0',
        ]);
        const config = configText(plan);
        for (const line of ['target = ["i586-unknown-linux-gnu"]', 'local-rebuild = true', 'extended = false'])
            expect(config).toContain(line);
    });

    test('of a release whose build system refuses that is refused', async () => {
        const { diagnostics } = await planRecipe('1.90.0', lines, {
            versions: { rustc: 'rustc 1.90.0 (x)', cargo: 'cargo 1.90.0 (x)' },
        });
        expect(diagnostics.map(({ code }) => code)).toEqual(['rustc/wrong-stage']);
    });
});

describe('a record', () => {
    test('is made of every call through the wrapper that bootstrap knows, those of the compiler at hand apart', async () => {
        const { plan } = await planRecipe('1.95.0', [], { record: true });
        const wrapper = '/rpkg/build/recorder/rpkg-wrapper';
        for (const id of ['stage1', 'stage2', 'build', 'install']) {
            expect(variablesOf(plan, id)).toMatchObject({
                RPKG_RECORD_HOST: '/rpkg/stage0/bin/rustc',
                RUSTC_WRAPPER: wrapper,
            });
            expect(plan?.actions[id]).toMatchObject({ outputs: { record: '/rpkg/record' } });
        }
        expect(variablesOf(plan, 'dry-run')).not.toHaveProperty('RUSTC_WRAPPER');
    });

    test('has no other side where what the compiler at hand makes is installed', async () => {
        const { plan } = await planRecipe('1.95.0', ['bootstrap.stage = 1'], { record: true });
        expect(variablesOf(plan, 'stage1')).not.toHaveProperty('RPKG_RECORD_HOST');
    });
});

describe('flags', () => {
    const lines = [
        'cflags = ["-O2"]',
        'cppflags = ["-DX"]',
        'cxxflags = ["-O3"]',
        'ldflags = ["-Wl,-z,now"]',
        'rustflags = ["-Cforce-frame-pointers=yes"]',
        'bootstrap-rustflags = ["-Cdebuginfo=0"]',
        'host-cflags = ["-O1"]',
    ];
    const rust = '-Cforce-frame-pointers=yes -Clink-arg=-Wl,-z,now';

    test('each take one way', async () => {
        const { plan } = await planRecipe('1.95.0', lines);
        const env = variablesOf(plan, 'stage2');
        expect(env).toMatchObject({
            CFLAGS_x86_64_unknown_linux_gnu: '-DX -O2',
            CXXFLAGS_x86_64_unknown_linux_gnu: '-DX -O3',
            RUSTFLAGS_NOT_BOOTSTRAP: rust,
            RUSTFLAGS_BOOTSTRAP: '-Cdebuginfo=0',
        });
        for (const name of ['CFLAGS', 'CXXFLAGS', 'LDFLAGS', 'RUSTFLAGS']) expect(env).not.toHaveProperty(name);
        expect(plan?.provenance.values['/actions/stage2/env/RUSTFLAGS_NOT_BOOTSTRAP']).toEqual([
            'ldflags',
            'rustflags',
        ]);
    });

    test('of a compiler that is built once reach it through the one that builds it', async () => {
        const { plan } = await planRecipe('1.95.0', [...lines, 'bootstrap.stage = 1']);
        expect(variablesOf(plan, 'stage1')['RUSTFLAGS_BOOTSTRAP']).toBe(`-Cdebuginfo=0 ${rust}`);
        expect(Object.keys(plan?.actions ?? {})).not.toContain('stage2');
    });

    test('for the build machine are kept apart from those for another one', async () => {
        const { plan } = await planRecipe('1.95.0', lines, { target: 'aarch64-unknown-linux-gnu' });
        expect(variablesOf(plan, 'build')).toMatchObject({
            CFLAGS_aarch64_unknown_linux_gnu: '-DX -O2',
            CFLAGS_x86_64_unknown_linux_gnu: '-O1',
        });
        expect(configText(plan)).toContain('host = ["aarch64-unknown-linux-gnu"]');
    });
});

describe('intents', () => {
    test.each([
        ['1.63.0', 'config.toml', '[rust]', 'ignore-git = true'],
        ['1.85.1', 'config.toml', '[rust]', 'omit-git-hash = true'],
        ['1.95.0', 'bootstrap.toml', '[build]', 'omit-git-hash = true'],
    ])('become the settings of %s', async (version, file, section, git) => {
        const stage0 = `rustc ${version} (x)`;
        const { plan, diagnostics } = await planRecipe(version, ['description = "Test 1"'], {
            versions: { rustc: stage0, cargo: stage0.replace('rustc', 'cargo') },
        });
        expect(diagnostics).toEqual([]);
        const action = plan?.actions['config'];
        expect(action?.kind === 'write' ? Object.keys(action.files) : []).toEqual([file]);
        const sections = configText(plan).split('\n\n');
        expect(sections.find((text) => text.startsWith(section))).toContain('description = "Test 1"');
        expect(configText(plan)).toContain(git);
    });

    test('of an LLVM of the system leave out what needs its sources', async () => {
        const lines = ['llvm.link = system-static', 'llvm.config = "llvm-config-22"'];
        const { plan } = await planRecipe('1.95.0', lines, { versions });
        const config = configText(plan);
        for (const line of [
            'llvm-config = "/usr/bin/llvm-config-22"',
            'link-shared = false',
            'lld = false',
            'optimized-compiler-builtins = false',
        ])
            expect(config).toContain(line);
    });

    test('for a release that nobody read are a warning', async () => {
        const { plan, diagnostics } = await planRecipe('1.99.0', [], {
            versions: { rustc: 'rustc 1.98.0 (x)', cargo: 'cargo 1.98.0 (x)' },
        });
        expect(diagnostics).toMatchObject([{ code: 'plan/unread-release', severity: 'warning' }]);
        expect(plan).toBeDefined();
    });
});

describe('what is refused', () => {
    interface Case {
        readonly title: string;
        readonly version?: string;
        readonly lines?: readonly string[];
        readonly versions?: Readonly<Record<string, string>>;
        readonly code: string;
        readonly message: RegExp;
    }
    const system = ['llvm.link = system-dynamic', 'llvm.config = "llvm-config-19"'];
    const cases: readonly Case[] = [
        {
            title: 'a key that no release has',
            lines: ['config rust { debuginfo-levle = 1 }'],
            code: 'rustc/unknown-key',
            message: /1\.95\.0 has no setting `rust\.debuginfo-levle`/,
        },
        {
            title: 'a key of 1.63 that is gone',
            lines: ['config llvm { skip-rebuild = true }'],
            code: 'rustc/removed-key',
            message: /llvm\.skip-rebuild/,
        },
        {
            title: 'a key that 1.63 does not have yet',
            version: '1.63.0',
            versions: { rustc: 'rustc 1.62.1 (x)', cargo: 'cargo 1.62.0 (x)' },
            lines: ['config rust { lto = "thin" }'],
            code: 'rustc/future-key',
            message: /rust\.lto/,
        },
        {
            title: 'a renamed key',
            lines: ['config rust { parallel-compiler = true }'],
            code: 'rustc/removed-key',
            message: /parallel-compiler/,
        },
        {
            title: 'a value of another type',
            version: '1.85.1',
            versions: { rustc: 'rustc 1.84.1 (x)', cargo: 'cargo 1.84.1 (x)' },
            lines: ['config rust { codegen-units = "many" }'],
            code: 'rustc/wrong-type',
            message: /rust\.codegen-units/,
        },
        {
            title: 'an LLVM that is too old',
            lines: system,
            versions: { 'llvm-config-19': '19.1.7' },
            code: 'rustc/wrong-llvm',
            message: /needs LLVM 20 or newer, not 19\.1\.7/,
        },
        {
            title: 'a bootstrap compiler that is too old',
            versions: { rustc: 'rustc 1.93.1 (x)', cargo: 'cargo 1.94.0 (x)' },
            code: 'rustc/wrong-stage0',
            message: /rustc 1\.93\.1 cannot build 1\.95\.0/,
        },
        {
            title: 'a bootstrap compiler that is too new',
            versions: { rustc: 'rustc 1.96.0 (x)', cargo: 'cargo 1.95.0 (x)' },
            code: 'rustc/wrong-stage0',
            message: /rustc 1\.96\.0 cannot build 1\.95\.0/,
        },
        {
            title: 'a Cargo of another release where that is looked at',
            versions: { cargo: 'cargo 1.90.0 (x)' },
            code: 'rustc/wrong-stage0',
            message: /cargo 1\.90\.0 cannot build/,
        },
        {
            title: 'a release that is too old',
            version: '1.54.0',
            code: 'rustc/unknown-release',
            message: /how Rust 1\.54\.0 is built/,
        },
        {
            title: 'a bootstrap compiler from sources without its version',
            lines: ['source old { path = "old" }', 'bootstrap { from = [old] }'],
            code: 'plan/unknown-stage0',
            message: /version of the bootstrap compiler is not known/,
        },
        {
            title: 'a setting that a field decides',
            lines: ['channel = stable', 'config rust { channel = "nightly" }'],
            code: 'plan/double-setting',
            message: /`rust\.channel` is decided by other fields/,
        },
        {
            title: 'a list of patches that is not there',
            lines: ['patches { series = ["main/debian/series"] }'],
            code: 'plan/missing-series',
            message: /`main\/debian\/series` is no list of patches/,
        },
        {
            title: 'a patch in no source',
            lines: ['patches { files = ["other/a.patch"] }'],
            code: 'plan/bad-patch-path',
            message: /`other\/a\.patch` names no source/,
        },
        {
            title: 'a flag with a space',
            lines: ['rustflags = ["-Clink-args=-a -b"]'],
            code: 'plan/uncarried-flag',
            message: /has a space in it/,
        },
        {
            title: 'a library that the compiler at hand could not use',
            lines: ['goal = library'],
            versions: { rustc: 'rustc 1.94.1 (x)', cargo: 'cargo 1.94.1 (x)' },
            code: 'plan/foreign-library',
            message: /the library of 1\.95\.0 would be made by 1\.94\.1/,
        },
        {
            title: 'a libdir outside of the prefix',
            lines: ['install { libdir = "/usr/lib64" }'],
            code: 'plan/libdir-outside',
            message: /not below the prefix `\/usr`/,
        },
        {
            title: 'a move to outside of the prefix',
            lines: ['install { move.lib = "../lib" }'],
            code: 'plan/foreign-folder',
            message: /`\.\.\/lib` is no path below the prefix/,
        },
    ];

    test.each(cases)('$title', async ({ version = '1.95.0', lines = [], versions: changed = {}, code, message }) => {
        const { plan, diagnostics } = await planRecipe(version, lines, { versions: changed });
        expect(diagnostics.filter(({ severity }) => severity === 'error').map((each) => each.code)).toEqual([code]);
        expect(diagnostics.find((each) => each.code === code)?.message).toMatch(message);
        expect(plan).toBeUndefined();
    });

    test('a skipped patch that no list has', async () => {
        const skip = 'patches { series = ["main/series"]; skip = ["one.pach"] }';
        const { diagnostics } = await planRecipe('1.95.0', [skip], {
            files: { 'main/series': 'one.patch\ntwo.patch\n' },
        });
        expect(diagnostics).toMatchObject([{ code: 'plan/unknown-skip', help: 'did you mean `one.patch`?' }]);
    });
});
