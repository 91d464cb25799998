// Building for other platforms without Cargo: their standard library is an input of the plan, code for the build machine
// stays apart, and what was built runs under QEMU. Needs Debian's cross compilers and qemu-user, and the libraries, which
// come with the compiler or through rustup.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan, RunAction } from '../../compiler/plan/plan.ts';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { bringStds, missingPrograms, stdSource, type TargetStds } from '../support/target-std.ts';
import { unitWorkspace } from '../support/unit-workspace.ts';
import { answer, buildOne, freshPlace, type Place, rpkg, run, toolchain, write } from '../support/whole.ts';
import { buildEmitted, expectSameTree } from './emitted.ts';

const host = 'x86_64-unknown-linux-gnu';
const minutes = 60_000;

interface Platform {
    readonly triple: string;
    /** Prefix of its C compiler, and its emulator. */
    readonly tools: string;
    readonly emulator: string;
    /** `e_machine` of its ELF files. */
    readonly machine: number;
}

const platforms: readonly Platform[] = [
    { triple: 'i686-unknown-linux-gnu', tools: 'i686-linux-gnu', emulator: 'qemu-i386', machine: 3 },
    { triple: 'aarch64-unknown-linux-gnu', tools: 'aarch64-linux-gnu', emulator: 'qemu-aarch64', machine: 183 },
];
const wasm = 'wasm32-unknown-unknown';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-test-'));
const stds = usable();
if (stds.problem !== '') process.stderr.write(`\nSKIPPED: builds for other platforms: ${stds.problem}\n`);
afterAll(() => deleteTree(scratch));

function usable(): TargetStds {
    const programs = platforms.flatMap(({ tools, emulator }) => [`${tools}-gcc`, `${tools}-ar`, emulator]);
    const missing = missingPrograms(programs);
    if (missing.length > 0) return { folder: '', problem: `this machine has no ${missing.join(', ')}` };
    return bringStds([...platforms.map(({ triple }) => triple), wasm], scratch);
}

/** The build script of the native library, as one that uses the `cc` crate would behave. */
const nativeScript = `use std::{env, process::Command};

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let suffix = env::var("TARGET").unwrap().replace('-', "_");
    let program = |name: &str, usual: &str| env::var(format!("{name}_{suffix}")).unwrap_or(usual.to_string());
    let run = |program: &str, words: &[&str]| assert!(Command::new(program).args(words).status().unwrap().success());
    let object = format!("{out}/word.o");
    assert_eq!(env::var(format!("CFLAGS_{suffix}")).unwrap(), "-O2 -fno-plt");
    // A script that tries the compiler must be able to compile for the target.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap();
    let probe = Command::new(env::var("RUSTC").unwrap())
        .args(["--crate-type=lib", "--emit=metadata", "--target", &env::var("TARGET").unwrap(), "--out-dir", &out])
        .args(flags.split('\\u{1f}').filter(|flag| !flag.is_empty()))
        .arg("src/lib.rs")
        .status();
    assert!(probe.unwrap().success());
    run(&program("CC", "cc"), &["-c", "word.c", "-o", &object]);
    run(&program("AR", "ar"), &["rcsD", &format!("{out}/libword.a"), &object]);
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=word");
    println!("cargo:word=told-by-script");
}
`;

const recipe = unitWorkspace['app.rpkg'] ?? '';

/** The workspace with blocks in its recipe. */
function workspace(blocks: string, changes: Readonly<Record<string, string>> = {}): Place {
    const place = freshPlace();
    const text = recipe.replace('    driver = rustc\n', `    driver = rustc\n${blocks}`);
    write(place, {
        ...unitWorkspace,
        'app/crates/native-sys/build.rs': nativeScript,
        'app.rpkg': text,
        ...changes,
    });
    return place;
}

function blocksFor({ triple, tools, emulator }: Platform): string {
    return `
    source std {
        path = "std"
    }

    cflags = ["-O2"]
    host-rustflags = ["--cfg=for_the_build_machine"]

    target ${triple} {
        std = std
        cc = "${tools}-gcc"
        ar = "${tools}-ar"
        runner = ["${emulator}", "-L", "/usr/${tools}"]
        cflags = ["-fno-plt"]
        rustflags = ["--cfg=for_the_target"]
    }
`;
}

async function unitsOf(place: Place, args: readonly string[]): Promise<ReadonlyMap<string, RunAction>> {
    const { actions } = JSON.parse(await answer(place, ['plan', 'app.rpkg', '--json', ...args])) as Plan;
    return new Map(Object.entries(actions).flatMap(([id, action]) => (action.kind === 'run' ? [[id, action]] : [])));
}

function wordsOf(action: RunAction | undefined): string {
    return JSON.stringify(action?.commands);
}

test('a standard library that is a source is what units of the target see, and no unit of the build machine', async () => {
    const place = workspace(
        `
    source std {
        path = "std"
    }

    target ${host} {
        std = std
        cflags = ["-O2", "-fno-plt"]
    }
`,
    );
    stdSource({ folder: toolchain }, host, `${place.folder}/std`);
    const { exit, err } = await rpkg(place, ['build', 'app.rpkg']);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
    for (const [id, action] of await unitsOf(place, [])) {
        if (!id.startsWith('unit.')) continue;
        const isHost = /\.(?:host|script|proc-macro)$/.test(id);
        expect(Object.hasOwn(action.mounts, '/rpkg/std'), id).toBe(!isHost);
        if (!id.endsWith('.run')) expect(wordsOf(action).includes('--sysroot=/rpkg/std'), id).toBe(!isHost);
    }
});

test('a library in the layout of the upstream archive is found', async () => {
    const place = workspace(`
    source std {
        path = "archive"
    }

    target ${host} {
        std = std
    }
`);
    stdSource({ folder: toolchain }, host, `${place.folder}/archive/rust-std-${host}`);
    const units = await unitsOf(place, []);
    expect(wordsOf(units.get('unit.deep-0.1.0.lib'))).toContain(`--sysroot=/rpkg/std/rust-std-${host}`);
});

describe('bad input:', () => {
    const other = 'riscv64gc-unknown-linux-gnu';
    const plan = async (blocks: string): Promise<string> =>
        (await rpkg(workspace(blocks), ['plan', 'app.rpkg', '--target', other])).err;

    test('no standard library, and no linker', async () => {
        const text = await plan('');
        expect(text).toContain('error[plan/no-std]');
        expect(text).toContain('error[plan/no-linker]');
    });

    test('a source without the library', async () => {
        const text = await plan(`
    source std {
        path = "app"
    }

    target ${other} {
        std = std
        linker = "cc"
    }
`);
        expect(text).toContain('error[plan/missing-std]: source `std` has no standard library');
    });

    test('a compiler without the library', async () => {
        const text = await plan(`    target ${other} {\n        std = toolchain\n        linker = "cc"\n    }\n`);
        expect(text).toContain('error[plan/missing-std]: the compiler has no standard library');
    });

    test('a label that no source has', async () => {
        expect(await plan(`    target ${other} {\n        std = nowhere\n    }\n`)).toContain(
            'error[name/unknown-label]',
        );
    });

    test('a compiler that is not installed', async () => {
        const text = await plan(
            `    target ${other} {\n        std = toolchain\n        cc = "there-is-none-gcc"\n    }\n`,
        );
        expect(text).toContain('`there-is-none-gcc`');
    });

    test('a library from a source with the other driver', async () => {
        const place = workspace(
            `\n    source std {\n        path = "app"\n    }\n\n    target ${host} {\n        std = std\n    }\n`,
        );
        const text = fs.readFileSync(`${place.folder}/app.rpkg`, 'utf8').replace('driver = rustc', 'driver = cargo');
        fs.writeFileSync(`${place.folder}/app.rpkg`, text);
        expect((await rpkg(place, ['plan', 'app.rpkg'])).err).toContain('error[plan/other-driver]');
    });
});

describe.skipIf(stds.problem !== '')('for another platform', () => {
    test.each(platforms)(
        '$triple: built, tested under QEMU, and the same from the Makefile and the script',
        async (platform) => {
            const { triple, machine } = platform;
            const place = workspace(blocksFor(platform));
            stdSource(stds, triple, `${place.folder}/std`);
            const args = ['app.rpkg', '--target', triple];
            const built = await buildOne(place, args);
            expect(fs.readFileSync(`${built.path}/usr/bin/app`).readUInt16LE(18)).toBe(machine);
            const units = await unitsOf(place, ['--target', triple]);
            expect(units.has('test.works')).toBe(true);
            for (const [id, action] of units) {
                if (!id.startsWith('unit.') || id.endsWith('.run')) continue;
                const isHost = /\.(?:host|script|proc-macro)$/.test(id);
                expect(wordsOf(action).includes('for_the_build_machine'), id).toBe(isHost);
                expect(wordsOf(action).includes('for_the_target'), id).toBe(!isHost);
                expect(wordsOf(action).includes(`linker=${platform.tools}-gcc`), id).toBe(!isHost);
            }
            for (const format of ['make', 'sh'] as const) {
                await expectSameTree(
                    place,
                    await buildEmitted(place, format, 'app.rpkg', {}, ['--target', triple]),
                    built.path,
                );
            }
        },
        10 * minutes,
    );

    test('without a runner, tests are left out with a warning', async () => {
        const [platform] = platforms.slice(1);
        if (platform === undefined) throw new Error('there is no platform');
        const blocks = blocksFor(platform).replace(/ +runner.*\n/, '');
        const place = workspace(blocks);
        stdSource(stds, platform.triple, `${place.folder}/std`);
        const { exit, err } = await rpkg(place, ['plan', 'app.rpkg', '--target', platform.triple]);
        expect(exit).toBe(0);
        expect(err).toContain('warning[plan/no-runner]');
    });

    test('wasm: a program and a library for others', async () => {
        const place = freshPlace();
        write(place, wasmWorkspace);
        stdSource(stds, wasm, `${place.folder}/std`);
        const { path: tree } = await buildOne(place, ['web.rpkg', '--target', wasm]);
        const call = `WebAssembly.instantiate(require('fs').readFileSync(process.argv[1]))
            .then(({ instance }) => console.log(String(instance.exports.double(10))))`;
        const library = await run(place, [process.execPath, '-e', call, `${tree}/usr/lib/web.wasm`]);
        expect(library).toEqual({ exit: 0, out: '20\n', err: '' });
        expect(fs.readFileSync(`${tree}/usr/bin/tool.wasm`).subarray(0, 4).toString('latin1')).toBe('\0asm');
    });
});

const wasmWorkspace: Readonly<Record<string, string>> = {
    'web.rpkg': `rpkg 1

recipe web is app {
    version = 0.1.0

    source main {
        path = "web"
    }

    source std {
        path = "std"
    }

    driver = rustc

    library web {
        kinds = [cdylib]
    }

    target ${wasm} {
        std = std
    }
}
`,
    'web/Cargo.toml': `[package]
name = "web"
version = "0.1.0"
edition = "2021"

[lib]
crate-type = ["cdylib", "rlib"]

[[bin]]
name = "tool"
path = "src/tool.rs"
`,
    'web/Cargo.lock': 'version = 4\n\n[[package]]\nname = "web"\nversion = "0.1.0"\n',
    'web/src/lib.rs':
        '#[no_mangle]\npub extern "C" fn double(x: i32) -> i32 { half(x) * 4 }\npub fn half(x: i32) -> i32 { x / 2 }\n',
    'web/src/tool.rs': 'fn main() { assert_eq!(web::half(4), 2); }\n',
};
