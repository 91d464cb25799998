// Every kind of bad input for a compiler, refused when planning, with the release's rule and where that is written.
import { describe, expect, test } from 'vitest';
import { planRecipe } from '../../support/rustc-recipe.ts';
import type { PlanRequest } from '../../support/rustc-plan.ts';

interface Case {
    readonly title: string;
    readonly version: string;
    readonly statements?: readonly string[];
    readonly request?: Partial<PlanRequest>;
    readonly code: string;
    readonly message: RegExp;
    /** The rule: since which release, and the source. Own rules of rpkg have none. */
    readonly rule?: RegExp;
    readonly help: RegExp;
}

const system = (config: string): readonly string[] => ['llvm.link = system-dynamic', `llvm.config = "${config}"`];
const llvm = (config: string, version: string): Partial<PlanRequest> => ({ versions: { [config]: version } });

const lock = (...crates: readonly string[]): string =>
    `version = 4\n${crates
        .map((crate) => crate.split(' '))
        .map(
            ([name = '', version = '']) =>
                `\n[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+x"\n`,
        )
        .join('')}`;
const manifest = (name: string, version: string): string => `[package]\nname = "${name}"\nversion = "${version}"\n`;

const cases: readonly Case[] = [
    {
        title: 'an LLVM older than the window',
        version: '1.85.1',
        statements: system('llvm-config-17'),
        request: llvm('llvm-config-17', '17.0.6'),
        code: 'rustc/wrong-llvm',
        message: /rustc 1\.85\.1 needs LLVM 18 or newer, not 17\.0\.6/,
        rule: /rule of 1\.83: .*130487/,
        help: /take LLVM 19/,
    },
    {
        title: 'an LLVM that the release is known to fail with',
        version: '1.97.1',
        statements: system('llvm-config-23'),
        request: llvm('llvm-config-23', '23.1.0'),
        code: 'rustc/wrong-llvm',
        message: /LLVM 23 is known to fail with rustc 1\.97\.1/,
        rule: /rule of 1\.97\.1: siderolabs\/tools issue 584/,
        help: /take LLVM 22/,
    },
    {
        title: 'something that is no LLVM',
        version: '1.85.1',
        statements: system('llvm-config'),
        request: llvm('llvm-config', 'usage: llvm-config'),
        code: 'rustc/wrong-llvm',
        message: /is no version of LLVM/,
        rule: /rule of 1\.83/,
        help: /llvm\.link = bundled/,
    },
    {
        title: 'a missing llvm-config',
        version: '1.97.1',
        statements: system('llvm-config-22'),
        request: { missing: ['llvm-config-22'] },
        code: 'rustc/missing-llvm',
        message: /`llvm-config-22` is not there: .*, 21 or newer for rustc 1\.97\.1/,
        rule: /rule of 1\.96: src\/bootstrap\/.*check_llvm_version/,
        help: /development package of LLVM 22/,
    },
    {
        title: 'a bootstrap compiler older than the window',
        version: '1.85.1',
        request: { versions: { rustc: 'rustc 1.83.0 (x)' } },
        code: 'rustc/wrong-stage0',
        message: /rustc 1\.83\.0 cannot build 1\.85\.1: it takes any 1\.84, or any 1\.85/,
        rule: /rule of 1\.78\.0: src\/bootstrap\/.*check_stage0_version/,
        help: /rpkg lineage rustc 1\.85\.1 --have 1\.83\.0/,
    },
    {
        title: 'a bootstrap compiler newer than the release',
        version: '1.63.0',
        request: { versions: { rustc: 'rustc 1.64.0 (x)' } },
        code: 'rustc/wrong-stage0',
        message: /rustc 1\.64\.0 cannot build 1\.63\.0/,
        rule: /rule of 1\.63\.0: src\/stage0\.json/,
        help: /give a rustc of 1\.62 or 1\.63/,
    },
    {
        title: 'a key that is not known',
        version: '1.85.1',
        statements: ['config rust { lot = "thin" }'],
        code: 'rustc/unknown-key',
        message: /1\.85\.1 has no setting `rust\.lot`/,
        help: /did you mean `rust\.lto`/,
    },
    {
        title: 'a renamed key',
        version: '1.90.0',
        statements: ['config rust { description = "mine" }'],
        code: 'rustc/renamed-key',
        message: /`rust\.description` is no setting of 1\.90\.0 any more/,
        rule: /rule of 1\.90\.0: change 143926 of bootstrap/,
        help: /write `build\.description`/,
    },
    {
        title: 'a key of a later release',
        version: '1.85.1',
        statements: ['config rust { rustflags = ["-Copt-level=2"] }'],
        code: 'rustc/future-key',
        message: /`rust\.rustflags` is no setting of 1\.85\.1 yet/,
        rule: /rule of 1\.94\.1: src\/bootstrap of 1\.94\.1/,
        help: /build 1\.94\.1 or newer/,
    },
    {
        title: 'a flag for a compiler of LLVM that is not built',
        version: '1.85.1',
        statements: [...system('llvm-config-19'), 'config llvm { cxxflags = "-fno-lto" }'],
        request: llvm('llvm-config-19', '19.1.7'),
        code: 'rustc/wrong-combination',
        message: /`llvm\.cxxflags` of 1\.85\.1 reaches nothing/,
        rule: /rule since 1\.63: src\/bootstrap, `prebuilt_llvm_config`/,
        help: /leave it away/,
    },
    {
        title: 'code generators of an LLVM that is not built',
        version: '1.85.1',
        statements: [...system('llvm-config-19'), 'llvm.targets = [X86]'],
        request: llvm('llvm-config-19', '19.1.7'),
        code: 'plan/unreached-field',
        message: /`llvm\.targets` reaches nothing/,
        help: /llvm\.link = bundled/,
    },
    {
        title: 'an llvm-config beside the LLVM of the sources',
        version: '1.85.1',
        statements: ['llvm.link = bundled', 'llvm.config = "llvm-config-19"'],
        code: 'plan/unreached-field',
        message: /`llvm\.config` reaches nothing/,
        help: /remove it/,
    },
    {
        title: 'flags for a platform that nothing is built for',
        version: '1.85.1',
        statements: ['target i586-unknown-linux-gnu { rustflags = ["-Copt-level=2"] }'],
        code: 'plan/idle-target',
        message: /nothing is built for i586-unknown-linux-gnu/,
        help: /add it to `targets`/,
    },
    {
        title: 'C flags for the platform of the compiler by another name',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { cflags = ["-O2"] }'],
        code: 'plan/unreached-field',
        message: /`target\.x86_64-unknown-linux-gnu\.cflags` reaches nothing/,
        help: /add them to `cflags`/,
    },
    {
        title: 'work for a compiler that is not built',
        version: '1.85.1',
        statements: ['goal = library', "pgo { script = 'true' }", 'config build { profiler = true }'],
        request: { versions: { rustc: 'rustc 1.85.0 (x)', cargo: 'cargo 1.85.0 (x)' } },
        code: 'plan/unreached-field',
        message: /`pgo\.script` reaches nothing: with `goal = library` no compiler is built/,
        help: /goal = install/,
    },
    {
        title: 'lld beside an LLVM of the system',
        version: '1.95.0',
        statements: [...system('llvm-config-22'), 'config rust { lld = true }'],
        request: llvm('llvm-config-22', '22.1.0'),
        code: 'rustc/wrong-combination',
        message: /`rust\.lld` of 1\.95\.0 cannot be true where LLVM is not the one of the sources/,
        rule: /rule since 1\.90: change 143175 of bootstrap/,
        help: /set `rust\.lld = false`/,
    },
    {
        title: 'an own lld as the linker, which an LLVM of the system does not bring',
        version: '1.95.0',
        statements: [...system('llvm-config-22'), 'config rust { bootstrap-override-lld = "self-contained" }'],
        request: llvm('llvm-config-22', '22.1.0'),
        code: 'rustc/wrong-combination',
        message: /cannot be "self-contained" where lld is not built/,
        rule: /rule since 1\.78: src\/bootstrap/,
        help: /external/,
    },
    {
        title: 'a folder of libraries outside of the prefix',
        version: '1.85.1',
        statements: ['install { prefix = "/opt/rust"; libdir = "../lib64" }'],
        code: 'plan/libdir-outside',
        message: /which is not below the prefix `\/opt\/rust`/,
        help: /relative path/,
    },
    {
        title: 'i686 without SSE2 where the release demands it',
        version: '1.95.0',
        statements: ['targets = [i686-unknown-linux-gnu]', 'target i686-unknown-linux-gnu { cpu = pentiumpro }'],
        code: 'rustc/wrong-target',
        message:
            /i686-unknown-linux-gnu of 1\.95\.0 means a processor with SSE2, which the processor `pentiumpro` takes away/,
        rule: /rule of 1\.87: RELEASES\.md of 1\.87\.0/,
        help: /build for i586-unknown-linux-gnu/,
    },
    {
        title: 'i686 without what SSE2 needs',
        version: '1.95.0',
        statements: ['targets = [i686-unknown-linux-gnu]', 'target i686-unknown-linux-gnu { features = ["-sse"] }'],
        code: 'rustc/wrong-target',
        message: /which the feature `-sse` takes away/,
        rule: /rule of 1\.87/,
        help: /i586/,
    },
    {
        title: 'a processor of another architecture',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { cpu = "cortex-a53" }'],
        code: 'rustc/wrong-target',
        message: /`cortex-a53` is a processor of aarch64, which code for x86_64-unknown-linux-gnu does not run on/,
        rule: /rule of 1\.85\.1: compiler\/rustc_target/,
        help: /of the architecture/,
    },
    {
        title: 'a processor of 32 bits for code of 64',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { cpu = pentium4 }'],
        code: 'rustc/wrong-target',
        message: /`pentium4` has 32 bits/,
        rule: /rule of 1\.85\.1/,
        help: /i686/,
    },
    {
        title: 'whatever processor builds',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { cpu = native }'],
        code: 'rustc/wrong-target',
        message: /`native` is the processor of whoever builds/,
        rule: /rule of 1\.85\.1/,
        help: /oldest processor/,
    },
    {
        title: 'a feature both on and off',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { features = ["+avx", "-avx"] }'],
        code: 'rustc/wrong-target',
        message: /cannot be with and without avx/,
        rule: /target-feature/,
        help: /leave `\+avx` or `-avx` away/,
    },
    {
        title: 'a feature that is neither on nor off',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { features = ["avx"] }'],
        code: 'rustc/wrong-target',
        message: /`avx` turns no feature of x86_64-unknown-linux-gnu on or off/,
        rule: /target-feature/,
        help: /write `\+avx` or `-avx`/,
    },
    {
        title: 'a feature off that the calling convention needs',
        version: '1.85.1',
        statements: ['target x86_64-unknown-linux-gnu { features = ["-sse2"] }'],
        code: 'rustc/wrong-target',
        message: /x86_64-unknown-linux-gnu cannot do without SSE2/,
        rule: /calling convention/,
        help: /leave `-sse2` away/,
    },
    {
        title: 'a platform of a later release',
        version: '1.63.0',
        statements: ['targets = [wasm32-wasip1]'],
        code: 'rustc/wrong-target',
        message: /1\.63\.0 has no target wasm32-wasip1 yet/,
        rule: /rule of 1\.78\.0/,
        help: /build 1\.78\.0 or newer/,
    },
    {
        title: 'crates that are not in vendor',
        version: '1.85.1',
        request: {
            sources: {
                main: {
                    'Cargo.lock': lock('one 1.0.0', 'two 2.0.0+c', 'three 0.1.0'),
                    'library/Cargo.lock': lock('one 1.0.0'),
                    'vendor/one/Cargo.toml': manifest('one', '1.0.0'),
                    'vendor/three-0.2.0/Cargo.toml': manifest('three', '0.2.0'),
                },
            },
        },
        code: 'rustc/missing-crates',
        message: /Cargo\.lock of 1\.85\.1 names crates that are not in `vendor`: two 2\.0\.0\+c, three 0\.1\.0/,
        rule: /rule of 1\.85\.1: Cargo\.lock, with `build\.locked-deps`/,
        help: /vendor\.add/,
    },
];

describe('bad input', () => {
    test.each(cases)('$title', async ({ version, statements = [], request, code, message, rule, help }) => {
        const { plan, diagnostics } = await planRecipe(version, statements, request);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        expect(errors.map((each) => each.code)).toEqual([code]);
        expect(errors[0]?.message).toMatch(message);
        if (rule !== undefined) expect(errors[0]?.message).toMatch(rule);
        expect(errors[0]?.help).toMatch(help);
        expect(errors[0]?.labels).not.toEqual([]);
        expect(plan).toBeUndefined();
    });
});

describe('crates', () => {
    const sources = {
        main: { 'Cargo.lock': lock('one 1.0.0', 'two 2.0.0'), 'vendor/one/Cargo.toml': manifest('one', '1.0.0') },
        alone: { 'Cargo.toml': manifest('two', '2.0.0') },
        folder: { 'two-2.0.0/Cargo.toml': manifest('two', '2.0.0') },
    };

    test.each(['alone', 'folder'])('that the source `%s` adds are there', async (id) => {
        const statements = [`source ${id} { path = "${id}" }`, `vendor { add = [${id}] }`];
        const { plan, diagnostics } = await planRecipe('1.85.1', statements, { sources });
        expect(diagnostics).toEqual([]);
        expect(plan).toBeDefined();
    });

    test.each([
        ['lock files are made anew', ['vendor { lock-policy = resolve; locks = ["Cargo.lock"] }']],
        ['a script may change lock files', ['prepare { script = "true" }']],
    ])('are not looked for when planning where %s', async (_, statements) => {
        const { diagnostics } = await planRecipe('1.85.1', statements, { sources });
        expect(diagnostics).toEqual([]);
    });
});
