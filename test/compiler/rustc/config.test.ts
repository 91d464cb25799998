// The settings of rustc's bootstrap, release by release: what is refused, why, and what takes its place.
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../compiler/rustc/check-config.ts';
import { keyRules } from '../../../compiler/rustc/key-rules.ts';
import { type Release, releaseOf, sampledReleases } from '../../../compiler/rustc/release.ts';
import { keyHistories, schemaOf } from '../../../compiler/rustc/schema.ts';
import { configFileName, newestChange, quietChanges, writeConfig } from '../../../compiler/rustc/write-config.ts';

function release(version: string): Release {
    const found = releaseOf(version);
    if (found === undefined) throw new Error(version);
    return found;
}

/** `CODE KEY` of each problem. */
function problems(version: string, settings: Record<string, unknown>, extensions = {}): string[] {
    return checkConfig(release(version), settings, extensions).map(
        ({ code, severity, key }) => `${severity === 'warning' ? 'warning ' : ''}${code} ${key ?? ''}`,
    );
}

describe('releases', () => {
    test('are those that were read, those in between, and newer ones', () => {
        expect(release('1.85.0')).toMatchObject({ version: '1.85.0', known: 'read', samples: ['1.85.1'] });
        expect(release('1.85')).toMatchObject({ version: '1.85.0', minor: 85, patch: 0 });
        expect(release('1.85.1+dfsg1')).toMatchObject({ version: '1.85.1', known: 'read' });
        expect(release('1.80.1')).toMatchObject({ known: 'between', samples: ['1.78.0', '1.85.1'] });
        expect(release('1.80.1').note).toContain('1.78.0 and 1.85.1 differ');
        expect(release('1.150.0')).toMatchObject({ known: 'newer', samples: [sampledReleases.at(-1)] });
        expect(release('1.55.0')).toMatchObject({ known: 'older', samples: [sampledReleases[0]] });
        expect(release('1.55.0').note).toContain('older than what rpkg knows');
        expect(release('1.150.0').note).toContain('newer than what rpkg knows');
    });

    test.each(['1.54.0', '2.0.0', '0.86.0', 'stable', '1.85.x', ''])('do not have %s', (version) => {
        expect(releaseOf(version)).toBeUndefined();
    });
});

describe('a setting', () => {
    test.each([
        ['1.63.0', { rust: { 'codegen-units': 1 } }, []],
        ['1.85.1', { build: { vendro: true } }, ['rustc/unknown-key build.vendro']],
        ['1.95.0', { lvm: { ninja: true } }, ['rustc/unknown-key lvm']],
        ['1.95.0', { rust: 'stable' }, ['rustc/unknown-key rust']],
        ['1.89.0', { rust: { description: 'x' } }, ['warning rustc/deprecated-key rust.description']],
        ['1.90.0', { rust: { description: 'x' } }, ['rustc/renamed-key rust.description']],
        ['1.85.1', { build: { description: 'x' } }, ['rustc/future-key build.description']],
        ['1.85.1', { gcc: { 'download-ci-gcc': false } }, ['rustc/future-key gcc.download-ci-gcc']],
        ['1.63.0', { 'changelog-seen': 2 }, []],
        ['1.85.1', { 'changelog-seen': 2 }, ['rustc/renamed-key changelog-seen']],
        ['1.85.1', { rust: { 'parallel-compiler': false } }, ['rustc/removed-key rust.parallel-compiler']],
        ['1.80.0', { rust: { 'split-debuginfo': 'off' } }, ['warning rustc/unsure-key rust.split-debuginfo']],
        ['1.70.0', { build: { rustc: '/usr/bin/rustc' } }, []],
        ['1.70.0', { rust: { 'use-lld': 'external' } }, ['warning rustc/unsure-key rust.use-lld']],
        ['1.70.0', { rust: { 'use-lld': 1 } }, ['rustc/wrong-type rust.use-lld']],
        ['1.91.1', { rust: { 'use-lld': true } }, []],
        ['1.92.0', { rust: { 'use-lld': true } }, ['warning rustc/deprecated-key rust.use-lld']],
        ['1.63.0', { rust: { optimize: 's' } }, ['rustc/wrong-type rust.optimize']],
        ['1.85.1', { rust: { optimize: 's' } }, []],
        [
            '1.90.0',
            { build: { 'optimized-compiler-builtins': '/x.a' } },
            ['rustc/wrong-type build.optimized-compiler-builtins'],
        ],
        ['1.91.0', { build: { 'optimized-compiler-builtins': '/x.a' } }, []],
        ['1.92.0', { rust: { rustflags: ['-g'] } }, ['rustc/future-key rust.rustflags']],
        ['1.95.0', { rust: { rustflags: ['-g'] } }, []],
        ['1.95.0', { rust: { lto: 'thn' } }, ['rustc/wrong-word rust.lto']],
        ['1.63.0', { profile: 'dist' }, ['rustc/wrong-word profile']],
        ['1.63.0', { profile: 'user' }, []],
        ['1.95.0', { dist: { 'compression-formats': ['xz', 'zst'] } }, ['rustc/wrong-word dist.compression-formats']],
        ['1.85.1', { 'change-id': 'ignore' }, ['rustc/wrong-type change-id']],
        ['1.87.0', { 'change-id': 'ignore' }, []],
        ['1.85.1', { build: { tool: { cargo: { features: [] } } } }, ['rustc/future-key build.tool.cargo.features']],
        ['1.95.0', { build: { tool: { cargo: { features: ['all-static'] } } } }, []],
        ['1.95.0', { llvm: { 'build-config': { CMAKE_C_FLAGS: '-O2' } } }, []],
        ['1.95.0', { llvm: { 'build-config': { CMAKE_C_FLAGS: 2 } } }, ['rustc/wrong-type llvm.build-config']],
    ])('of %s: %j', (version, settings, expected) => {
        expect(problems(version, settings)).toEqual(expected);
    });

    test('is told with the name that takes its place, and with the rule', () => {
        const [renamed] = checkConfig(release('1.90.0'), { llvm: { ccache: true } });
        expect(renamed).toMatchObject({
            help: 'write `build.ccache`',
            rule: { release: '1.90.0', source: 'change 143926 of bootstrap' },
        });
        expect(renamed?.message).toContain('change 143926 of bootstrap');
        const [moved] = checkConfig(release('1.85.1'), { rust: { 'split-debuginfo': 'off' } });
        expect(moved?.help).toBe('write `target.TRIPLE.split-debuginfo`');
        const [early] = checkConfig(release('1.63.0'), { build: { 'android-ndk': '/x' } });
        expect(early?.help).toBe('write `target.TRIPLE.android-ndk`');
        const [near] = checkConfig(release('1.85.1'), { target: { 'i686-unknown-linux-gnu': { lnker: 'cc' } } });
        expect(near?.help).toBe('did you mean `target.i686-unknown-linux-gnu.linker`?');
        const [elsewhere] = checkConfig(release('1.85.1'), { llvm: { channel: 'stable' } });
        expect(elsewhere?.help).toBe('did you mean `rust.channel`?');
        const [newer] = checkConfig(release('1.150.0'), { rust: { sparkle: true } });
        expect(newer?.help).toContain('as an extension of the schema');
    });

    test('that a patch adds is declared', () => {
        const settings = { target: { 'x86_64-unknown-linux-gnu': { 'self-contained': false } } };
        expect(problems('1.94.1', settings)).toEqual([
            'rustc/unknown-key target.x86_64-unknown-linux-gnu.self-contained',
        ]);
        expect(problems('1.94.1', settings, { 'target.*.self-contained': 'boolean' })).toEqual([]);
    });
});

describe('settings together', () => {
    const system = { target: { 'x86_64-unknown-linux-gnu': { 'llvm-config': '/usr/bin/llvm-config' } } };

    test.each([
        ['1.90.0', { ...system, rust: { lld: true } }, ['rustc/wrong-combination rust.lld']],
        ['1.89.0', { ...system, rust: { lld: true } }, ['warning rustc/wrong-combination rust.lld']],
        ['1.89.0', { ...system, profile: 'dist' }, ['warning rustc/wrong-combination rust.lld']],
        ['1.90.0', { ...system, profile: 'dist' }, []],
        ['1.95.0', { ...system, rust: { lld: true }, build: { build: 'aarch64-unknown-linux-gnu' } }, []],
        ['1.95.0', { build: { 'build-stage': 0 } }, ['rustc/wrong-combination build.build-stage']],
        ['1.95.0', { build: { 'build-stage': 0, 'local-rebuild': true } }, []],
        ['1.85.1', { build: { 'build-stage': 0 } }, []],
        ['1.91.1', { build: { 'test-stage': 0, 'compiletest-allow-stage0': true } }, []],
        [
            '1.92.0',
            { rust: { 'use-lld': true, 'bootstrap-override-lld': true } },
            ['warning rustc/deprecated-key rust.use-lld', 'rustc/wrong-combination rust.use-lld'],
        ],
        [
            '1.95.0',
            { rust: { 'bootstrap-override-lld': 'self-contained' } },
            ['rustc/wrong-combination rust.bootstrap-override-lld'],
        ],
        [
            '1.85.1',
            { llvm: { 'download-ci-llvm': false }, rust: { 'download-rustc': true } },
            ['rustc/wrong-combination rust.download-rustc'],
        ],
    ])('of %s: %j', (version, settings, expected) => {
        expect(problems(version, settings)).toEqual(expected);
    });
});

describe('the tables', () => {
    test('have every key that a rule speaks of, and its rule agrees with them', () => {
        for (const { key, to, gone } of keyRules) {
            const history = keyHistories.get(key);
            expect(history, key).toBeDefined();
            if (to !== undefined) expect(keyHistories.has(to), to).toBe(true);
            if (gone !== undefined) expect(schemaOf(release(gone.release)).has(key), key).toBe(false);
        }
        const removed = [...keyHistories].filter(([, history]) => Object.values(history).includes(null));
        for (const [key] of removed) expect(keyRules.find((rule) => rule.key === key)?.gone, key).toBeDefined();
    });

    test('know the same settings for all point releases', () => {
        expect(schemaOf(release('1.85.0'))).toEqual(schemaOf(release('1.85.1')));
    });
});

describe('the file', () => {
    test('has the name that the release looks for', () => {
        expect(configFileName(release('1.85.1'))).toBe('config.toml');
        expect(configFileName(release('1.87.0'))).toBe('bootstrap.toml');
    });

    test('is in byte order, one setting a line', () => {
        const text = writeConfig(release('1.85.1'), {
            ...quietChanges(release('1.85.1')),
            target: { 'x86_64-unknown-linux-gnu': { cc: 'gcc' }, 'thumbv8m.main-none-eabi': { cc: 'arm-gcc' } },
            build: { rustc: '/usr/bin/rustc', jobs: 2, tools: ['cargo', 'clippy'], docs: false },
            llvm: { 'build-config': { CMAKE_C_FLAGS: '-DX="1"' } },
        });
        expect(text).toBe(`change-id = 134650

[build]
docs = false
jobs = 2
rustc = "/usr/bin/rustc"
tools = ["cargo", "clippy"]

[llvm.build-config]
CMAKE_C_FLAGS = '-DX="1"'

[target."thumbv8m.main-none-eabi"]
cc = "arm-gcc"

[target.x86_64-unknown-linux-gnu]
cc = "gcc"
`);
    });

    test('means what was given, whatever text it is', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, key) => {
                fc.pre(key !== '__proto__');
                const settings = { build: { [key]: text, list: [text, 'x'] } };
                expect(parse(writeConfig(release('1.95.0'), settings))).toEqual(settings);
            }),
        );
    });

    test('is quiet about changes', () => {
        expect(quietChanges(release('1.63.0'))).toEqual({ 'changelog-seen': 2 });
        expect(quietChanges(release('1.95.0'))).toEqual({ 'change-id': 'ignore' });
        for (const version of sampledReleases)
            expect(problems(version, { ...quietChanges(release(version)) })).toEqual([]);
        expect(newestChange(release('1.63.0'))).toBeUndefined();
        expect(newestChange(release('1.98.1'))).toBe(158169);
    });
});
