// Building without Cargo, with real rustc, build scripts and a C compiler: what units make of a workspace, what runs
// again after a change, and that a Makefile and a script give the same bytes.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { unitWorkspace } from '../support/unit-workspace.ts';
import {
    buildOne,
    forgetAnswers,
    freshPlace,
    type Place,
    rpkg,
    run,
    systemPath,
    toolchain,
    write,
} from '../support/whole.ts';
import { buildEmitted, expectSameTree } from './emitted.ts';

/** A PATH on which there is a compiler and no cargo. */
function withoutCargo(place: Place): Readonly<Record<string, string>> {
    const folder = path.join(path.dirname(place.folder), 'rust');
    fs.mkdirSync(folder, { recursive: true });
    for (const name of ['rustc', 'rustdoc']) {
        if (!fs.existsSync(`${folder}/${name}`)) fs.symlinkSync(`${toolchain}/bin/${name}`, `${folder}/${name}`);
    }
    return { PATH: `${folder}:${systemPath}` };
}

function workspace(changes: Readonly<Record<string, string>> = {}): Place {
    const place = freshPlace();
    write(place, { ...unitWorkspace, ...changes });
    return place;
}

function change(place: Place, file: string, from: string, to: string): void {
    const at = path.join(place.folder, file);
    const text = fs.readFileSync(at, 'utf8');
    expect(text).toContain(from);
    fs.writeFileSync(at, text.replace(from, to));
}

/** Units that a build runs, by the end of their ids. */
async function unitsRun(place: Place): Promise<readonly string[]> {
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
    return [...err.matchAll(/^done +unit\.(\S+)/gm)].map(([, id = '']) => id).sort();
}

test('a workspace is built without cargo: features, renames, proc macros, build scripts, native libraries', async () => {
    const place = workspace();
    const env = withoutCargo(place);
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg'], { env });
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
    const again = await rpkg(place, ['build', 'app.rpkg'], { env });
    expect(again.err).toBe('app 1.2.3: nothing to do\n');
});

test('the Makefile and the script give the same bytes', async () => {
    const place = workspace();
    const built = await buildOne(place, ['app.rpkg']);
    for (const format of ['make', 'sh'] as const) {
        await expectSameTree(place, await buildEmitted(place, format, 'app.rpkg'), built.path);
    }
});

test('another folder and another number of jobs give the same digest', async () => {
    const one = await buildOne(workspace(), ['app.rpkg', '-j1']);
    const other = await buildOne(workspace(), ['app.rpkg', '-j4']);
    expect(other.digest).toBe(one.digest);
});

test('each action takes one job, unless the recipe says otherwise', async () => {
    const weights = async (place: Place): Promise<readonly number[]> => {
        const { out } = await rpkg(place, ['plan', 'app.rpkg', '--json']);
        const { actions } = JSON.parse(out) as Plan;
        return [...new Set(Object.values(actions).flatMap((it) => (it.kind === 'run' ? [it.limits.weight] : [])))];
    };
    const place = workspace();
    expect(await weights(place)).toEqual([1]);
    change(place, 'app.rpkg', 'driver = rustc', 'driver = rustc\n    limits.weight = 2');
    expect(await weights(place)).toEqual([2]);
});

test('a script that runs again with the same answer rebuilds nothing behind it', async () => {
    const place = workspace();
    await unitsRun(place);
    change(place, 'app/crates/helper/src/lib.rs', 'String::from(', 'str::to_owned(');
    expect(await unitsRun(place)).toEqual(['app-1.2.3.run', 'app-1.2.3.script', 'helper-0.1.0.lib.host']);
});

test('a comment of the same length changes nothing behind a library, and an interface changes exactly its dependents', async () => {
    const place = workspace();
    await unitsRun(place);
    change(place, 'app/crates/deep/src/lib.rs', 'One comment', 'Two comment');
    expect(await unitsRun(place)).toEqual(['deep-0.1.0.lib']);
    change(
        place,
        'app/crates/deep/src/lib.rs',
        'pub fn add',
        'pub fn none() {}\n\n#[cfg(feature = "fast")]\npub fn add',
    );
    expect(await unitsRun(place)).toEqual(['app-1.2.3.bin.app', 'deep-0.1.0.lib', 'maths-0.1.0.lib']);
});

test('a change in the root package is none of the members', async () => {
    const place = workspace();
    await unitsRun(place);
    change(place, 'app/src/main.rs', 'assert_eq!(maths::double(2), 4);', 'assert_eq!(maths::double(3), 6);');
    expect(await unitsRun(place)).toEqual(['app-1.2.3.bin.app', 'app-1.2.3.run', 'app-1.2.3.script']);
});

test('a member that reads a file of another one sees the whole workspace', async () => {
    const place = workspace();
    change(
        place,
        'app/crates/maths/src/lib.rs',
        'pub fn',
        'pub const TEXT: &str = include_str!("../../deep/src/lib.rs");\n\npub fn',
    );
    expect(await unitsRun(place)).toContain('maths-0.1.0.lib');
});

test('a crate block sets variables, flags and features, and replaces a build script', async () => {
    const place = workspace();
    change(
        place,
        'app.rpkg',
        '    bins = [app]\n',
        `    bins = [app]

    crate app {
        build-script = directives
        directives = ["cargo:rustc-env=TOLD=told-by-recipe", "cargo:rustc-cfg=by_script"]
        rustflags = ["--cfg=from_recipe"]
        env.FROM_RECIPE = "yes"
    }
`,
    );
    change(place, 'app.rpkg', 'told-by-script', 'told-by-recipe');
    change(
        place,
        'app/src/main.rs',
        'include!(concat!(env!("OUT_DIR"), "/made.rs"));',
        'const EXTRA: &str = if cfg!(from_recipe) { "[extra]" } else { env!("FROM_RECIPE") };',
    );
    const units = await unitsRun(place);
    expect(units).toContain('app-1.2.3.run');
    expect(units).not.toContain('app-1.2.3.script');
});

test('a crate block that meets no crate, or a crate that is forbidden, is an error', async () => {
    const place = workspace();
    change(
        place,
        'app.rpkg',
        '    bins = [app]\n',
        '    bins = [app]\n\n    crate depe {\n        env.A = "b"\n    }\n',
    );
    const unmatched = await rpkg(place, ['plan', 'app.rpkg']);
    expect(unmatched.exit).toBe(3);
    expect(unmatched.err).toContain('error[plan/unmatched-crate]: no crate `depe` is part of this build');
    change(place, 'app.rpkg', 'crate depe {\n        env.A = "b"', 'crate deep {\n        link = forbid');
    const forbidden = await rpkg(place, ['plan', 'app.rpkg']);
    expect(forbidden.err).toContain('error[plan/forbidden-crate]: `deep 0.1.0` is part of this build');
});

test('salt gives other crates, and hardening flags reach the target and not the build machine', async () => {
    const place = workspace();
    const plain = await buildOne(place, ['app.rpkg']);
    change(
        place,
        'app.rpkg',
        '    bins = [app]\n',
        '    bins = [app]\n    salt = "two"\n    ldflags = ["-Wl,-z,relro", "-Wl,-z,now"]\n    cflags = ["-DHARDENED"]\n',
    );
    change(
        place,
        'app/crates/native-sys/word.c',
        'const',
        '#ifndef HARDENED\n#error the flag is missing\n#endif\nconst',
    );
    const salted = await buildOne(place, ['app.rpkg']);
    expect(salted.digest).not.toBe(plain.digest);
    const { out } = await run(place, ['readelf', '-d', `${salted.path}/usr/bin/app`]);
    expect(out).toMatch(/BIND_NOW|NOW/);
    const plan = JSON.parse((await rpkg(place, ['plan', 'app.rpkg'])).out) as {
        actions: Record<string, { commands?: { argv?: string[]; script?: string }[] }>;
    };
    const text = (id: string): string => JSON.stringify(plan.actions[id]?.commands);
    expect(text('unit.maths-0.1.0.lib')).toContain('-Clink-arg=-Wl,-z,now');
    expect(text('unit.derive-0.1.0.proc-macro')).not.toContain('-Clink-arg=-Wl,-z,now');
});

test('a failing build script tells what it said, and which crate it belongs to', async () => {
    const place = workspace();
    change(place, 'app/build.rs', 'fn main() {', 'fn main() {\n    println!("cargo::error=no such thing");');
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect(exit).toBe(5);
    expect(err).toContain('unit.app-1.2.3.run');
    expect(err).toContain('error: no such thing');
});

test('a script can run make with what it is told of jobs', async () => {
    const place = workspace();
    const make = `fn main() {
    // As crates that build C libraries with make do.
    let mut make = std::process::Command::new("make");
    if let Some(flags) = std::env::var_os("CARGO_MAKEFLAGS") { make.env("MAKEFLAGS", flags); }
    let folder = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{folder}/Makefile"), "all:\\n\\t@true\\n").unwrap();
    assert!(make.arg("-C").arg(folder).status().unwrap().success());`;
    change(place, 'app/build.rs', 'fn main() {', make);
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
});

test('a script that calls cargo is told that there is none', async () => {
    const place = workspace();
    change(
        place,
        'app/build.rs',
        'fn main() {',
        'fn main() {\n    assert!(std::process::Command::new(std::env::var("CARGO").unwrap()).arg("metadata").status().unwrap().success());',
    );
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect(exit).toBe(5);
    expect(err).toContain('`cargo metadata` was called by the build script of app 1.2.3');
});

const mistakes: readonly (readonly [what: string, file: string, from: string, to: string, code: string])[] = [
    [
        'a lock file of other manifests',
        'app/Cargo.lock',
        'name = "deep"\nversion = "0.1.0"',
        'name = "deep"\nversion = "0.2.0"',
        'cargo/lock-mismatch',
    ],
    ['a manifest that is not TOML', 'app/crates/deep/Cargo.toml', '[package]', '[package', 'cargo/bad-manifest'],
    [
        'a feature that is not there',
        'app.rpkg',
        'bins = [app]',
        'bins = [app]\n    features = [none]',
        'cargo/unknown-feature',
    ],
    ['a program that is not there', 'app.rpkg', 'bins = [app]', 'bins = [apps]', 'cargo/unknown-target'],
    [
        'a package that is not there',
        'app.rpkg',
        'bins = [app]',
        'bins = [app]\n    package = "apps"',
        'cargo/unknown-package',
    ],
    [
        'a profile that is not there',
        'app.rpkg',
        'bins = [app]',
        'bins = [app]\n    profile = "fast"',
        'cargo/bad-profile',
    ],
    [
        'two packages that link one library',
        'app/crates/renamed/Cargo.toml',
        'edition.workspace = true',
        'edition.workspace = true\nlinks = "native"\nbuild = "src/lib.rs"',
        'cargo/duplicate-links',
    ],
    [
        'a compiler that is too old',
        'app/crates/deep/Cargo.toml',
        'edition.workspace = true',
        'edition.workspace = true\nrust-version = "9.1"',
        'cargo/old-compiler',
    ],
];

test.each(mistakes)('%s is told once, with its place and a remedy', async (_, file, from, to, code) => {
    const place = workspace();
    change(place, file, from, to);
    const { exit, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect([...err.matchAll(/^error\[(.*?)\]/gm)].map(([, found]) => found)).toEqual([code]);
    expect(err).toContain('= help: ');
});

test('a compiler that is too old is taken when the recipe says so, and only packages that are built count', async () => {
    const place = workspace();
    change(place, 'app/crates/deep/Cargo.toml', '[package]', '[package]\nrust-version = "9.1"');
    const { err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect(err).toContain('deep 0.1.0, /rpkg/src/workspace/crates/deep/Cargo.toml: needs rustc 9.1 or newer');
    expect((await rpkg(place, ['units', 'app'])).err).toContain('error[cargo/old-compiler]');
    expect((await rpkg(place, ['units', 'app', '--ignore-rust-version'])).exit).toBe(0);
    expect((await rpkg(place, ['units', 'app', '-p', 'derive'])).exit).toBe(0);
    setting(place, '    ignore-rust-version = true\n');
    expect(await unitsRun(place)).toContain('deep-0.1.0.lib');
});

/** The plan's actions, as far as tests look at them. */
async function actionsOf(
    place: Place,
): Promise<Record<string, { env?: Record<string, string>; identity?: unknown; commands?: unknown }>> {
    const { out, err, exit } = await rpkg(place, ['plan', 'app.rpkg']);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
    return (JSON.parse(out) as { actions: Awaited<ReturnType<typeof actionsOf>> }).actions;
}

function setting(place: Place, text: string): void {
    change(place, 'app.rpkg', '    bins = [app]\n', `    bins = [app]\n${text}`);
}

test('variables of the recipe reach every unit, and only selected packages are primary', async () => {
    const place = workspace();
    setting(place, '    env.FROM_RECIPE = "yes"\n');
    change(place, 'app/src/main.rs', 'fn main() {', 'const _: &str = env!("FROM_RECIPE");\n\nfn main() {');
    const actions = await actionsOf(place);
    expect(actions['unit.app-1.2.3.bin.app']?.env?.['FROM_RECIPE']).toBe('yes');
    expect(actions['unit.app-1.2.3.run']?.env?.['FROM_RECIPE']).toBe('yes');
    expect(actions['unit.app-1.2.3.bin.app']?.env?.['CARGO_PRIMARY_PACKAGE']).toBe('1');
    expect(actions['unit.deep-0.1.0.lib']?.env?.['CARGO_PRIMARY_PACKAGE']).toBeUndefined();
    expect(await unitsRun(place)).toContain('app-1.2.3.bin.app');
});

test('flags decide which dependency tables count', async () => {
    const place = workspace();
    setting(place, '    rustflags = ["--cfg", "wanted"]\n');
    change(place, 'app/crates/maths/Cargo.toml', '[dependencies]', "[target.'cfg(wanted)'.dependencies]");
    expect(await unitsRun(place)).toContain('deep-0.1.0.lib');
});

test.each(['-g', '-Cdebuginfo=1', '-C debuginfo=2'])(
    'with %s among the flags a comment counts for what is behind',
    async (flag) => {
        const place = workspace();
        const words = flag
            .split(' ')
            .map((word) => `"${word}"`)
            .join(', ');
        expect((await actionsOf(place))['unit.deep-0.1.0.lib']?.identity).toBeDefined();
        setting(place, `    rustflags = [${words}]\n`);
        expect((await actionsOf(place))['unit.deep-0.1.0.lib']?.identity).toBeUndefined();
    },
);

test('a setting that the driver has no use for is an error', async () => {
    const place = workspace();
    change(
        place,
        'app.rpkg',
        '    driver = rustc\n',
        '    salt = "x"\n\n    crate deep {\n        env.A = "b"\n    }\n',
    );
    const cargo = await rpkg(place, ['plan', 'app.rpkg']);
    expect(cargo.exit).toBe(3);
    expect(cargo.err.match(/^error\[plan\/other-driver\]/gm)).toHaveLength(2);
    const unlocked = workspace();
    setting(unlocked, '    vendor.unlocked = true\n');
    expect((await rpkg(unlocked, ['plan', 'app.rpkg'])).err).toContain('error[plan/other-driver]');
});

test("the system's library is looked for with pkg-config, which then is a tool of the plan", async () => {
    const place = workspace();
    setting(
        place,
        '\n    crate native-sys {\n        link = system\n        system-library = ["no-such-library >= 3"]\n    }\n',
    );
    const plan = JSON.parse((await rpkg(place, ['plan', 'app.rpkg'])).out) as {
        environments: { host: { tools: object } };
    };
    expect(Object.keys(plan.environments.host.tools)).toContain('pkg-config');
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect(exit).toBe(5);
    expect(err).toContain('the system has no no-such-library >= 3');
    change(place, 'app.rpkg', '        system-library = ["no-such-library >= 3"]\n', '');
    expect((await rpkg(place, ['plan', 'app.rpkg'])).err).toContain('error[plan/no-system-library]');
});

test('an application without a program installs its files', async () => {
    const place = workspace();
    change(
        place,
        'app.rpkg',
        '    bins = [app]\n',
        '    package = "deep"\n    features = [fast]\n    default-features = false\n    install.files = ["Cargo.lock -> share/lock"]\n',
    );
    const text = fs.readFileSync(`${place.folder}/app.rpkg`, 'utf8').replace(/ {4}test works \{[^}]*\}\n/, '');
    fs.writeFileSync(`${place.folder}/app.rpkg`, text);
    const built = await buildOne(place, ['app.rpkg']);
    expect(fs.existsSync(`${built.path}/usr/share/lock`)).toBe(true);
});

test('an edit of the profile is one cause of what changes', async () => {
    const place = workspace();
    setting(place, '    profile-release.opt-level = 2\n');
    await rpkg(place, ['plan', 'app.rpkg', '-o', 'before.json']);
    change(place, 'app.rpkg', 'opt-level = 2', 'opt-level = 1');
    const { out } = await rpkg(place, ['diff', 'before.json', 'app.rpkg']);
    expect(out).toContain('Causes (1 edit)');
    expect(out).toContain('profile-release.opt-level');
});

test('results of units outlive the answer of the last build', async () => {
    const place = workspace();
    await unitsRun(place);
    forgetAnswers(place);
    expect(await unitsRun(place)).toEqual([]);
});
