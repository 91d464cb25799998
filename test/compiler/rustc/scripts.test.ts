// The programs that plans of compilers carry, run by the shell, patch and python3 of this machine on small trees.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
    addCrates,
    applyPatches,
    checkLocks,
    renewChecksums,
    stage0Root,
} from '../../../compiler/lower/rustc-scripts.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

function put(path: string, text: string): void {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A source tree with one vendored crate of two files. */
function sources(): string {
    const folder = freshFolder();
    const files = { 'src/lib.rs': 'pub fn one() {}\n', 'README.md': 'one\n' };
    for (const [name, text] of Object.entries(files)) put(`${folder}/vendor/one/${name}`, text);
    const sums = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
    put(`${folder}/vendor/one/.cargo-checksum.json`, JSON.stringify({ files: sums, package: 'p' }));
    return folder;
}

const patch = `Subject: another number

--- a/vendor/one/src/lib.rs
+++ b/vendor/one/src/lib.rs
@@ -1 +1 @@
-pub fn one() {}
+pub fn two() {}
`;

function run(
    folder: string,
    interpreter: string,
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
): { exit: number | null; text: string } {
    put(`${folder}/../${folder.split('/').at(-1) ?? ''}.script`, script);
    const path = `${folder}/../${folder.split('/').at(-1) ?? ''}.script`;
    const { status, stdout, stderr } = spawnSync(interpreter, [path, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, ...env },
    });
    fs.rmSync(path);
    return { exit: status, text: stdout + stderr };
}

function sumsOf(folder: string): unknown {
    return JSON.parse(fs.readFileSync(`${folder}/vendor/one/.cargo-checksum.json`, 'utf8'));
}

describe('patches', () => {
    test('are applied, and only what they change gets another checksum', () => {
        const folder = sources();
        put(`${folder}/one.patch`, patch);
        expect(run(folder, 'sh', applyPatches, ['one.patch'])).toMatchObject({ exit: 0 });
        expect(run(folder, 'python3', renewChecksums, ['--patch', 'one.patch'])).toEqual({
            exit: 0,
            text: 'checksums: 1 renewed, 0 dropped\n',
        });
        expect(sumsOf(folder)).toEqual({
            files: { 'README.md': sha256('one\n'), 'src/lib.rs': sha256('pub fn two() {}\n') },
            package: 'p',
        });
    });

    test('that do not fit exactly fail', () => {
        const folder = sources();
        put(`${folder}/one.patch`, patch.replace('-pub fn one', '-pub fn other'));
        expect(run(folder, 'sh', applyPatches, ['one.patch']).exit).not.toBe(0);
    });
});

describe('checksums', () => {
    test('of files that nobody said are changed are not renewed', () => {
        const folder = sources();
        put(`${folder}/vendor/one/README.md`, 'evil\n');
        const { exit, text } = run(folder, 'python3', renewChecksums, []);
        expect(exit).toBe(1);
        expect(text).toContain('vendor/one/README.md is not what its crate has');
    });

    test('are renewed where the recipe says so', () => {
        const folder = sources();
        put(`${folder}/vendor/one/README.md`, 'better\n');
        expect(run(folder, 'python3', renewChecksums, ['--changed', 'vendor/on*/README.md']).exit).toBe(0);
        expect(sumsOf(folder)).toMatchObject({ files: { 'README.md': sha256('better\n') } });
    });

    test('of files that are missing are dropped only from archives that were pruned', () => {
        const folder = sources();
        fs.rmSync(`${folder}/vendor/one/README.md`);
        expect(run(folder, 'python3', renewChecksums, []).text).toContain('vendor/one/README.md is missing');
        expect(run(folder, 'python3', renewChecksums, ['--pruned']).exit).toBe(0);
        expect(sumsOf(folder)).toEqual({ files: { 'src/lib.rs': sha256('pub fn one() {}\n') }, package: 'p' });
    });
});

test('crates that lock files name have to be there, in the version that they name', () => {
    const folder = freshFolder();
    const locked = (name: string, version: string, source: string): string =>
        `\n[[package]]\nname = "${name}"\nversion = "${version}"\n${source}`;
    const registry = 'source = "registry+x"\nchecksum = "0"\ndependencies = [\n "two",\n]\n';
    put(
        `${folder}/vendor/one/Cargo.toml`,
        '[package]\nname = "one"\nversion = "1.0.0"\n\n[dependencies.x]\nversion = "3"\n',
    );
    put(
        `${folder}/vendor/two-2.0.0/Cargo.toml`,
        '# first\n[package]\nversion = "2.0.0"\nname = "two"\n[lib]\nname = "t"\n',
    );
    put(`${folder}/Cargo.lock`, `version = 4\n${locked('one', '1.0.0', registry)}${locked('self', '0.1.0', '')}`);
    put(`${folder}/library/Cargo.lock`, `version = 4\n${locked('two', '2.0.0', registry)}`);
    const locks = ['Cargo.lock', 'library/Cargo.lock', 'src/bootstrap/Cargo.lock'];
    expect(run(folder, 'python3', checkLocks, locks)).toEqual({ exit: 0, text: '' });
    put(`${folder}/library/Cargo.lock`, `version = 4\n${locked('two', '2.1.0', registry)}`);
    expect(run(folder, 'python3', checkLocks, locks)).toEqual({
        exit: 1,
        text: 'library/Cargo.lock needs two 2.1.0, which is not in vendor\n',
    });
});

test('crates are added one by one or by the folder, and take the place of their namesakes', () => {
    const folder = sources();
    put(`${folder}/more/two/Cargo.toml`, '[package]\n');
    put(`${folder}/more/one/Cargo.toml`, '[package]\n');
    put(`${folder}/three/Cargo.toml`, '[package]\n');
    expect(run(folder, 'sh', addCrates, ['more', 'three']).exit).toBe(0);
    expect(fs.readdirSync(`${folder}/vendor`).sort()).toEqual(['one', 'three', 'two']);
    expect(fs.readdirSync(`${folder}/vendor/one`)).toEqual(['Cargo.toml']);
});

describe('the root of the bootstrap compiler', () => {
    /** A program that answers as a compiler of 1.90.0 whose sysroot is the folder it lies in. */
    const program = (name: string): string => `#!/bin/sh
case "$*" in
    '--print sysroot') (cd "$(dirname "$0")/.." && pwd) ;;
    *) echo '${name} 1.90.0 (x)' ;;
esac
`;

    function putProgram(path: string, name: string): void {
        put(path, program(name));
        fs.chmodSync(path, 0o755);
    }

    const words = ['t', '1.90.0', '1.90.0', 'all'];
    const made = ['bin/cargo', 'bin/rustc', 'lib/librustc_driver-1.so', 'lib/rustlib/t/lib/libstd-1.rlib'];

    test('is made of archives for the installer, one for each component or one for all', () => {
        const folder = freshFolder();
        for (const [archive, components] of [
            ['rustc', ['rustc']],
            ['cargo', ['cargo']],
            ['std', ['rust-std-t']],
            ['all', ['rustc', 'cargo', 'rust-std-t']],
        ] as const) {
            put(`${folder}/${archive}/components`, components.map((name) => `${name}\n`).join(''));
            for (const component of components) {
                const at = `${folder}/${archive}/${component}`;
                put(`${at}/manifest.in`, 'file:x\n');
                if (component === 'rust-std-t') put(`${at}/lib/rustlib/t/lib/libstd-1.rlib`, 'std');
                else putProgram(`${at}/bin/${component}`, component);
                if (component === 'rustc') put(`${at}/lib/librustc_driver-1.so`, 'driver');
            }
        }
        for (const trees of [['rustc', 'cargo', 'std'], ['all']]) {
            const out = `${folder}/out-${trees.length}`;
            const paths = trees.map((name) => `${folder}/${name}`);
            expect(run(folder, 'sh', stage0Root, [...words, ...paths], { OUT: out })).toEqual({
                exit: 0,
                text: 'rustc 1.90.0 (x)\ncargo 1.90.0 (x)\n',
            });
            const files = fs.readdirSync(out, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
            expect(files.map((each) => `${each.parentPath}/${each.name}`.slice(out.length + 1)).sort()).toEqual(made);
        }
    });

    test('is refused when it is of another version', () => {
        const folder = freshFolder();
        putProgram(`${folder}/tree/bin/rustc`, 'rustc');
        putProgram(`${folder}/tree/bin/cargo`, 'cargo');
        const args = ['t', '1.91.0', '1.90.0', 'all', `${folder}/tree`];
        const { exit, text } = run(folder, 'sh', stage0Root, args, { OUT: `${folder}/out` });
        expect(exit).toBe(1);
        expect(text).toContain('the plan was made for 1.91.0');
    });
});
