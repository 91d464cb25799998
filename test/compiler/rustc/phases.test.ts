// What is done beside the stages: parts of the installed tree, tests, and a compiler that is optimized with what it does.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeTests } from '../../../compiler/lower/rustc-judge.ts';
import { instrumentWord, optimizeWord } from '../../../compiler/lower/rustc-pgo.ts';
import { splitTree } from '../../../compiler/lower/rustc-split.ts';
import { releaseOf, sampledReleases } from '../../../compiler/rustc/release.ts';
import { checkXpy } from '../../../compiler/rustc/x-py.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { commandsOf, configText, planRecipe, variablesOf } from '../../support/rustc-recipe.ts';

function python(
    folder: string,
    script: string,
    words: readonly string[],
): { exit: number | null; out: string; err: string } {
    fs.writeFileSync(`${folder}/script.py`, script);
    const { status, stdout, stderr } = spawnSync('python3', ['script.py', ...words], { cwd: folder, encoding: 'utf8' });
    return { exit: status, out: stdout, err: stderr };
}

describe('outputs', () => {
    const blocks = [
        'install { prefix = "/opt/rust" }',
        'output compiler { files = ["bin", "lib"] }',
        'output rust-std { files = ["lib/rustlib/*/lib"] }',
        'output etc { files = ["/etc"] }',
    ];

    test('are parts of the installed tree', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', blocks);
        expect(diagnostics).toEqual([]);
        expect(plan?.outputs).toEqual({
            out: 'install',
            compiler: 'split#compiler',
            etc: 'split#etc',
            'rust-std': 'split#rust-std',
        });
        expect(commandsOf(plan, 'split')[0]?.split(' \\\n    ')).toEqual([
            '/usr/bin/python3 /rpkg/scripts/split.py',
            '/rpkg/tree',
            '/rpkg/parts',
            '/opt/rust',
            'compiler=bin',
            'compiler=lib',
            "'rust-std=lib/rustlib/*/lib'",
            'etc=/etc',
        ]);
        expect(plan?.provenance.values['/actions/split/commands']).toContain('output.rust-std.files');
    });

    test('do not reach out of it', async () => {
        const { diagnostics } = await planRecipe('1.85.1', ['output a { files = ["../x"] }']);
        expect(diagnostics).toMatchObject([{ code: 'plan/foreign-folder' }]);
    });

    const files = [
        'opt/rust/bin/rustc',
        'opt/rust/lib/libdriver.so',
        'opt/rust/lib/rustlib/t/lib/libstd.rlib',
        'etc/x',
    ];

    function installed(): string {
        const folder = freshFolder();
        for (const file of files) {
            fs.mkdirSync(dirname(`${folder}/tree/${file}`), { recursive: true });
            fs.writeFileSync(`${folder}/tree/${file}`, file);
        }
        fs.chmodSync(`${folder}/tree/opt/rust/bin/rustc`, 0o755);
        fs.symlinkSync('rustlib/t/lib', `${folder}/tree/opt/rust/lib/here`);
        fs.mkdirSync(`${folder}/tree/opt/rust/lib/empty`);
        return folder;
    }

    const words = ['tree', 'parts', '/opt/rust'];
    const claims = ['compiler=bin', 'compiler=lib', 'std=lib/rustlib/*/lib', 'etc=/etc'];

    test('get what their longest path claims, as it is', () => {
        const folder = installed();
        expect(python(folder, splitTree, [...words, ...claims])).toEqual({ exit: 0, out: '', err: '' });
        const found = fs.readdirSync(`${folder}/parts`, { recursive: true, encoding: 'utf8' });
        expect(found.filter((name) => !fs.lstatSync(`${folder}/parts/${name}`).isDirectory()).sort()).toEqual([
            'compiler/opt/rust/bin/rustc',
            'compiler/opt/rust/lib/here',
            'compiler/opt/rust/lib/libdriver.so',
            'etc/etc/x',
            'std/opt/rust/lib/rustlib/t/lib/libstd.rlib',
        ]);
        expect(fs.readlinkSync(`${folder}/parts/compiler/opt/rust/lib/here`)).toBe('rustlib/t/lib');
        expect(fs.statSync(`${folder}/parts/compiler/opt/rust/bin/rustc`).mode & 0o111).not.toBe(0);
        expect(fs.readdirSync(`${folder}/parts/compiler/opt/rust/lib/empty`)).toEqual([]);
    });

    test.each([
        ['a file that nobody claims', claims.slice(0, 3), 'no output claims /etc/x\nclaim them in an output block'],
        [
            'a file that two claim alike',
            [...claims, 'other=lib'],
            '/opt/rust/lib/libdriver.so is claimed by compiler and other',
        ],
        ['a claim for nothing', [...claims, 'etc=share/*.d'], 'output etc claims share/*.d, and nothing is called so'],
    ])('fail for %s', (_, all, says) => {
        const { exit, err } = python(installed(), splitTree, [...words, ...all]);
        expect(exit).toBe(1);
        expect(err).toContain(says);
    });
});

describe('tests', () => {
    const block =
        'tests { suites = ["tests/ui", "library/std"]; allow-failures."[ui] tests/ui/one.rs" = "no network" }';

    test('are an action beside the installation, and are told by name', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [block]);
        expect(diagnostics).toEqual([]);
        expect(commandsOf(plan, 'tests')[0]?.split(' \\\n    ')).toEqual([
            '/usr/bin/python3 /rpkg/scripts/judge.py /rpkg/result/tests.txt',
            "--allow '[ui] tests/ui/one.rs'",
            '-- /usr/bin/python3 x.py test --no-fail-fast tests/ui library/std --config /rpkg/config/config.toml --stage 2 --jobs "$JOBS"',
        ]);
        expect(configText(plan)).toContain('verbose-tests = true');
        expect(plan?.outputs).toEqual({ out: 'install' });
    });

    test('of a compiler for another machine are left out, and that is told', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [block], { target: 'aarch64-unknown-linux-gnu' });
        expect(diagnostics).toMatchObject([{ code: 'plan/no-runner', severity: 'warning' }]);
        expect(plan?.actions).not.toHaveProperty('tests');
    });

    const one = '[ui] tests/ui/one.rs';
    const summary = (failed: number): string =>
        `test result: ${failed > 0 ? 'FAILED' : 'ok'}. 1 passed; ${String(failed)} failed; 0 ignored; 0 measured; 0 filtered out\n`;
    const verbose = `running 2 tests\ntest ${one} ... FAILED\ntest [ui] tests/ui/two.rs ... ok\n\nfailures:\n\n---- ${one} stdout ----\nno\n\nfailures:\n    ${one}\n\n${summary(1)}`;
    const terse = `running 2 tests\n.\n${one} ... F\n\nfailures:\n    ${one}\n\n${summary(1)}\n1 command(s) did not succeed:\n\n  - "x"\n`;
    const fine = `running 1 tests\ntest ${one} ... ok (0.1s)\n\n${summary(0)}`;

    /** What the judge makes of a run that prints this. */
    function judged(
        output: string,
        status: number,
        ...allowed: readonly string[]
    ): ReturnType<typeof python> & { told: string } {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/output`, output);
        const options = allowed.flatMap((name) => ['--allow', name]);
        const run = python(folder, judgeTests, [
            'told',
            ...options,
            '--',
            'sh',
            '-c',
            `cat output; exit ${String(status)}`,
        ]);
        return { ...run, told: fs.existsSync(`${folder}/told`) ? fs.readFileSync(`${folder}/told`, 'utf8') : '' };
    }

    test.each([
        ['told one by one', verbose],
        ['told in short', terse],
        ['in colours', verbose.replace('FAILED\ntest', '\u001b[31mFAILED\u001b[0m\ntest')],
    ])('that may fail do no harm, %s', (_, output) => {
        expect(judged(output, 1, one)).toMatchObject({ exit: 0, err: '', told: `failed, as it may: ${one}\n` });
        expect(judged(output, 1, '[ui] tests/ui/o*').exit).toBe(0);
    });

    test('that fail outside of the list fail', () => {
        expect(judged(verbose, 1)).toMatchObject({ exit: 1, err: `failed: ${one}\n` });
        expect(judged(verbose, 1, '[ui] tests/ui/one').exit).toBe(1);
    });

    test('that pass although they may fail are told', () => {
        expect(judged(fine, 0, one)).toMatchObject({ exit: 0, told: `may fail, but passes: ${one}\n` });
        expect(judged(fine, 0, 'other').told).toBe('may fail, but did not fail, or was not run: other\n');
    });

    test.each([
        [
            'end badly without a failed test',
            'error: could not compile `x`\n',
            101,
            'none of them is said to have failed',
        ],
        [
            'hide a command that did not succeed',
            `${verbose}2 command(s) did not succeed:\n`,
            1,
            '2 commands did not succeed, but only 1 suites',
        ],
        ['are none', '', 0, 'no test was run'],
    ])('fail when they %s', (_, output, status, says) => {
        const { exit, err } = judged(output, status, one);
        expect(exit).toBe(1);
        expect(err).toContain(says);
    });
});

test.each(sampledReleases)('x.py of %s knows the words of the phases', (version) => {
    const release = releaseOf(version);
    if (release === undefined) throw new Error(version);
    for (const words of [
        ['test', '--no-fail-fast', 'tests/ui'],
        ['build', 'library', instrumentWord],
        ['install', optimizeWord],
    ])
        expect(checkXpy(release, words)).toEqual([]);
});

describe('a compiler optimized with what it does', () => {
    const statements = [
        'llvm { link = system-dynamic; config = "llvm-config-19" }',
        'config build { profiler = true }',
        `pgo { script = 'cd src/tools/cargo && "$CARGO" build --release'; profdata = "llvm-profdata-19" }`,
    ];
    const versions = { 'llvm-config-19': '19.1.7', 'llvm-profdata-19': 'Debian LLVM version 19.1.7' };

    test('is made in phases: instrument, gather, merge, use', async () => {
        const { plan, diagnostics } = await planRecipe('1.85.1', [...statements, 'docs = true'], { versions });
        expect(diagnostics).toEqual([]);
        const mounts = (id: string): Readonly<Record<string, string>> => {
            const action = plan?.actions[id];
            const all = action?.kind === 'run' ? Object.entries(action.mounts) : [];
            return Object.fromEntries(all.map(([path, { tree }]) => [path, tree]));
        };
        expect(mounts('pgo.instrument')).toMatchObject({ '/rpkg/bootstrap': 'stage1' });
        expect(commandsOf(plan, 'pgo.instrument')[0]).toContain('--rust-profile-generate=/rpkg/profiles');
        expect(mounts('pgo.gather')).toMatchObject({ '/rpkg/bootstrap': 'pgo.instrument' });
        expect(variablesOf(plan, 'pgo.gather')).toMatchObject({
            RUSTC: '/rpkg/bootstrap/x86_64-unknown-linux-gnu/stage2/bin/rustc',
            LLVM_PROFILE_FILE: '/rpkg/profiles/%m-%p.profraw',
        });
        expect(mounts('pgo.merge')).toEqual({ '/rpkg/profiles': 'pgo.gather' });
        expect(commandsOf(plan, 'pgo.merge')).toEqual([
            '/usr/bin/llvm-profdata-19 merge -o /rpkg/profile/rustc.profdata /rpkg/profiles',
        ]);
        expect(commandsOf(plan, 'stage1')[0]).not.toContain('profile');
        for (const id of ['stage2', 'build', 'docs', 'install']) {
            expect(mounts(id)).toMatchObject({ '/rpkg/profile': 'pgo.merge' });
            expect(commandsOf(plan, id)[0]).toContain('--rust-profile-use=/rpkg/profile/rustc.profdata');
        }
        expect(mounts('stage2')).toMatchObject({ '/rpkg/bootstrap': 'stage1' });
        expect(plan?.provenance.values['/actions/pgo.gather/commands']).toContain('pgo.script');
    });

    test.each([
        ['is built once', [...statements, 'bootstrap.stage = 1'], versions, 'plan/once-built'],
        ['has no profiler', statements.filter((line) => !line.includes('profiler')), versions, 'plan/no-profiler'],
        [
            'counts in another form',
            statements,
            { ...versions, 'llvm-profdata-19': 'LLVM version 18.1.8' },
            'plan/other-profdata',
        ],
        ['is told otherwise', [...statements, 'config rust { profile-use = "/x" }'], versions, 'plan/double-setting'],
    ])('is refused where it %s', async (_, lines, given, code) => {
        const { diagnostics, plan } = await planRecipe('1.85.1', lines, { versions: given });
        expect(diagnostics.map((each) => each.code)).toEqual([code]);
        expect(plan).toBeUndefined();
    });

    test('is refused for another machine', async () => {
        const { diagnostics } = await planRecipe('1.85.1', statements, {
            versions,
            target: 'aarch64-unknown-linux-gnu',
        });
        expect(diagnostics.map((each) => each.code)).toContain('plan/cross-profile');
    });
});
