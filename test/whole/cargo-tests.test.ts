// A package's own tests as part of a recipe, without Cargo: what Cargo would run and give them, filters, and what happens
// when one fails.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { testedWorkspace } from '../support/tested-workspace.ts';
import { answer, buildOne, freshPlace, type Place, type Ran, rpkg, write } from '../support/whole.ts';
import { buildEmitted, expectSameTree } from './emitted.ts';

function recipe(blocks: string): string {
    return `rpkg 1

recipe app is app {
    version = 1.2.3

    source main {
        path = "app"
    }

    driver = rustc
    bins = [app]

${blocks}
}
`;
}

function place(blocks: string): Place {
    const fresh = freshPlace();
    write(fresh, { ...testedWorkspace, 'app.rpkg': recipe(blocks) });
    return fresh;
}

const build = (at: Place): Promise<Ran> => rpkg(at, ['build', 'app.rpkg']);

function testsRun({ err }: Ran): readonly string[] {
    return [...err.matchAll(/^done +cargo-test\.(\S+)/gm)].map(([, id = '']) => id).sort();
}

const everything = `
    cargo-test all {
        skip += ["needs_the_network"] because "the sandbox has none"
        args = ["--given"]
        writable = true
    }
`;

test('everything that `cargo test` runs is run, but for what is left out', async () => {
    const at = place(
        everything.replace(
            '        args = ["--given"]\n',
            '        tests = [starts, writes]\n        library = true\n        bins = [app]\n',
        ),
    );
    const ran = await build(at);
    expect({ exit: ran.exit, err: ran.exit === 0 ? '' : ran.err }).toEqual({ exit: 0, err: '' });
    expect(testsRun(ran)).toEqual([
        'all.app-1.2.3.bin.app.test',
        'all.app-1.2.3.lib.test',
        'all.app-1.2.3.test.starts.test',
        'all.app-1.2.3.test.writes.test',
        'all.filters',
    ]);
    expect((await build(at)).err).toBe('app 1.2.3: nothing to do\n');
    const built = await buildOne(at, ['app.rpkg']);
    for (const format of ['make', 'sh'] as const) {
        await expectSameTree(at, await buildEmitted(at, format, 'app.rpkg'), built.path);
    }
});

test('a test without a harness gets the arguments of the recipe alone', async () => {
    const ran = await build(
        place(
            '    cargo-test some {\n        tests = ["ba*", starts]\n        skip = ["network"]\n        args = ["--given"]\n        allow-failures = true\n    }\n',
        ),
    );
    expect({ exit: ran.exit, tests: testsRun(ran) }).toEqual({
        exit: 0,
        tests: ['some.app-1.2.3.test.bare.test', 'some.app-1.2.3.test.starts.test', 'some.filters'],
    });
});

test('filters: each must meet a test of some program of the block', async () => {
    const ran = async (more: string): Promise<Ran> =>
        build(
            place(`    cargo-test some {\n        tests = [starts, writes]\n        writable = true\n${more}    }\n`),
        );
    const good = await ran('        only = ["the_program", "beside"]\n        skip = ["beside_the"]\n');
    expect({ exit: good.exit, err: good.exit === 0 ? '' : good.err }).toEqual({ exit: 0, err: '' });
    const bad = await ran('        skip = ["network", "renamed"]\n        only = ["sources", "gone"]\n');
    expect(bad.exit).not.toBe(0);
    expect(bad.err).toContain('cargo-test some: only "gone" meets no test');
    expect(bad.err).toContain('cargo-test some: skip "renamed" meets no test');
    expect(bad.err).not.toMatch(/"(?:network|sources)" meets/);
    const whole = await ran('        only = ["sources", "the_program"]\n        args = ["--exact"]\n');
    expect({ exit: whole.exit, err: whole.exit === 0 ? '' : whole.err }).toEqual({ exit: 0, err: '' });
    const part = await ran('        only = ["source", "the_program"]\n        args = ["--exact"]\n');
    expect(part.err).toContain('cargo-test some: only "source" meets no test');
});

test('a crate that is no member: its tests see its sources, patched as for the build', async () => {
    const at = place('    cargo-test word {\n        packages = [word]\n    }\n');
    write(at, crateOutside);
    const text = fs.readFileSync(`${at.folder}/app.rpkg`, 'utf8');
    const blocks = `    vendor {
        from = directory
        path = "crates"
    }

    source patches {
        path = "patches"
    }

    crate word {
        patches = ["patches/data.diff"]
    }

`;
    fs.writeFileSync(`${at.folder}/app.rpkg`, text.replace('    driver = rustc\n', `${blocks}    driver = rustc\n`));
    const ran = await build(at);
    expect({ exit: ran.exit, err: ran.exit === 0 ? '' : ran.err }).toEqual({ exit: 0, err: '' });
    expect(testsRun(ran)).toEqual(['word.word-1.0.0.lib.test', 'word.word-1.0.0.test.reads.test']);
});

const crateOutside: Readonly<Record<string, string>> = {
    'app/Cargo.toml':
        testedWorkspace['app/Cargo.toml']?.replace('[dependencies]\n', '[dependencies]\nword = "1"\n') ?? '',
    'app/Cargo.lock': `${testedWorkspace['app/Cargo.lock']?.replace('["macros", "support"]', '["macros", "support", "word"]') ?? ''}
[[package]]
name = "word"
version = "1.0.0"
source = "registry+https://registry.example/index"
checksum = "${'0'.repeat(64)}"
`,
    'crates/word-1.0.0/.cargo-checksum.json': `{"files":{},"package":"${'0'.repeat(64)}"}`,
    'crates/word-1.0.0/Cargo.toml': '[package]\nname = "word"\nversion = "1.0.0"\nedition = "2021"\n',
    'crates/word-1.0.0/data.txt': 'plain\n',
    'crates/word-1.0.0/src/lib.rs': '#[test]\nfn inside() {}\n',
    'crates/word-1.0.0/tests/reads.rs':
        '#[test]\nfn data() { assert_eq!(std::fs::read_to_string("data.txt").unwrap(), "patched\\n"); }\n',
    'patches/data.diff': '--- a/data.txt\n+++ b/data.txt\n@@ -1 +1 @@\n-plain\n+patched\n',
};

test('members: a proc macro finds the libraries of the compiler', async () => {
    const ran = await build(place('    cargo-test macros {\n        packages = [macros]\n    }\n'));
    expect({ exit: ran.exit, tests: testsRun(ran) }).toEqual({
        exit: 0,
        tests: ['macros.macros-0.1.0.proc-macro.test'],
    });
});

test('what is tested shares units with what is built, and tests of another profile do not', async () => {
    const ids = async (blocks: string): Promise<readonly string[]> => {
        const { actions } = JSON.parse(await answer(place(blocks), ['plan', 'app.rpkg', '--json'])) as Plan;
        return Object.keys(actions).filter((id) => /^unit\.app-1\.2\.3\.lib(?:\.\d)?$/.test(id));
    };
    expect(await ids('    cargo-test unit {\n        library = true\n    }\n')).toHaveLength(1);
    expect(await ids('    cargo-test unit {\n        library = true\n        profile = "test"\n    }\n')).toHaveLength(
        2,
    );
});

test('a test that fails fails the build, unless failures are allowed', async () => {
    const block = (more: string): string => `    cargo-test net {\n        tests = [starts]\n${more}    }\n`;
    const failed = await build(place(block('')));
    expect(failed.exit).not.toBe(0);
    expect(failed.err).toContain('needs_the_network');
    expect((await build(place(block('        allow-failures = true\n')))).exit).toBe(0);
    expect((await build(place(block('        only = ["the_program"]\n')))).exit).toBe(0);
});

test('sources cannot be written unless a private copy is asked for', async () => {
    const block = (more: string): string => `    cargo-test writes {\n        tests = [writes]\n${more}    }\n`;
    const refused = await build(place(block('')));
    expect(refused.exit).not.toBe(0);
    expect(refused.err).toContain('beside_the_sources');
    const at = place(block('        writable = true\n'));
    expect((await build(at)).exit).toBe(0);
    expect(fs.existsSync(`${at.folder}/app/made-by-test`)).toBe(false);
});

test('features of tests are theirs alone', async () => {
    const ran = await build(
        place('    cargo-test extra {\n        library = true\n        features = [extra]\n    }\n'),
    );
    expect(ran.exit).not.toBe(0);
    expect(ran.err).toContain('extra ran');
});

test('examples are built and installed when they are named', async () => {
    const at = place(
        '    examples = [show]\n\n    test example {\n        run = ["bin/show"]\n        expect = "shown 8"\n    }\n',
    );
    const { path: tree } = await buildOne(at, ['app.rpkg']);
    expect(fs.readdirSync(`${tree}/usr/bin`).sort()).toEqual(['app', 'show']);
});

test('bad input: nothing to run, filters for nobody, an unknown test, an unknown package, another driver', async () => {
    const problem = async (blocks: string): Promise<string> => {
        const { exit, err } = await rpkg(place(blocks), ['plan', 'app.rpkg']);
        expect(exit).toBe(3);
        return err;
    };
    expect(await problem('    cargo-test none {\n        packages = [support]\n    }\n')).toContain(
        'error[plan/no-tests]',
    );
    expect(await problem('    cargo-test bare {\n        tests = [bare]\n        skip = ["x"]\n    }\n')).toContain(
        'error[plan/no-harness]',
    );
    expect(await problem('    cargo-test none {\n        tests = [nowhere]\n    }\n')).toContain(
        'error[cargo/unknown-target]',
    );
    expect(await problem('    cargo-test none {\n        packages = [nowhere]\n    }\n')).toContain(
        'error[cargo/unknown-package]',
    );
    const at = place(everything);
    fs.writeFileSync(`${at.folder}/app.rpkg`, recipe(everything).replace('driver = rustc', 'driver = cargo'));
    expect((await rpkg(at, ['plan', 'app.rpkg'])).err).toContain(
        '`cargo-test all` does nothing with the driver `cargo`',
    );
});
