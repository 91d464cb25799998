// Libraries that a recipe installs, and variants of one library that lie in one folder: real rustc links programs against each
// of them, and they run.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { isRoot } from '../support/ordinary-user.ts';
import { buildOne, freshPlace, type Place, rpkg, run, toolchain, write } from '../support/whole.ts';

/** A recipe that installs the library `word`, which says `text`; its dependency says how often. */
function recipe(name: string, salt: string, library: readonly string[]): string {
    return [
        'rpkg 1',
        '',
        `recipe ${name} is app {`,
        '    version = 1.0.0',
        '',
        '    source main {',
        `        path = "${name}"`,
        '    }',
        '',
        '    driver = rustc',
        `    salt = "${salt}"`,
        '',
        '    library word {',
        ...library.map((line) => `        ${line}`),
        '    }',
        '}',
        '',
    ].join('\n');
}

function workspace(name: string, text: string, kinds: string): Readonly<Record<string, string>> {
    return {
        [`${name}/Cargo.toml`]: `[workspace]
members = ["times"]

[package]
name = "word"
version = "1.0.0"
edition = "2021"

[lib]
crate-type = ${kinds}

[dependencies]
times = { path = "times" }
`,
        [`${name}/Cargo.lock`]:
            'version = 4\n\n[[package]]\nname = "times"\nversion = "1.0.0"\n\n[[package]]\nname = "word"\nversion = "1.0.0"\ndependencies = ["times"]\n',
        [`${name}/src/lib.rs`]: `pub struct Word(pub &'static str);

pub fn say() -> String { Word("${text}").0.repeat(times::TIMES) }

#[no_mangle]
pub extern "C" fn ${name}_length() -> i32 { say().len() as i32 }
`,
        [`${name}/times/Cargo.toml`]: '[package]\nname = "times"\nversion = "1.0.0"\nedition = "2021"\n',
        [`${name}/times/src/lib.rs`]: 'pub const TIMES: usize = 2;\n',
    };
}

/** Builds the recipes and puts what they install into one folder; gives its \`lib\`. */
async function together(place: Place, names: readonly string[]): Promise<string> {
    const folder = `${place.folder}/together`;
    for (const name of names) {
        const built = await buildOne(place, [`${name}.rpkg`]);
        fs.mkdirSync(folder, { recursive: true });
        // Nothing is written over anything else.
        const copied = await run(place, ['cp', '-Rn', '--no-preserve=mode', `${built.path}/usr/lib/.`, folder]);
        expect(copied).toMatchObject({ exit: 0, err: '' });
        for (const file of fs.readdirSync(`${built.path}/usr/lib`)) {
            const same = await run(place, ['cmp', `${built.path}/usr/lib/${file}`, `${folder}/${file}`]);
            expect(same).toMatchObject({ exit: 0 });
        }
    }
    return folder;
}

/** Compiles a program with the arguments and gives what it prints. */
async function compiled(place: Place, name: string, source: string, args: readonly string[]): Promise<string> {
    write(place, { [`${name}.rs`]: source });
    const made = await run(place, [`${toolchain}/bin/rustc`, '--edition=2021', `${name}.rs`, '-o', name, ...args]);
    expect(made).toMatchObject({ exit: 0, err: '' });
    const standard = await run(place, [`${toolchain}/bin/rustc`, '--print=target-libdir']);
    const libraries = `${place.folder}/together:${standard.out.trim()}`;
    const said = await run(place, [`./${name}`], { env: { LD_LIBRARY_PATH: libraries } });
    expect(said).toMatchObject({ exit: 0, err: '' });
    return said.out.trim();
}

function only(folder: string, pattern: RegExp): readonly string[] {
    return fs
        .readdirSync(folder)
        .filter((name) => pattern.test(name))
        .sort()
        .map((name) => path.join(folder, name));
}

test('variants with another salt lie in one folder, and programs link either or both', async () => {
    const place = freshPlace();
    for (const [name, text] of [
        ['one', 'ab'],
        ['two', 'xyz'],
    ] as const) {
        write(place, { [`${name}.rpkg`]: recipe(name, name, []), ...workspace(name, text, '["rlib"]') });
    }
    const folder = await together(place, ['one', 'two']);
    const libraries = only(folder, /^libword-[0-9a-f]{16}\.rlib$/);
    expect(libraries).toHaveLength(2);
    expect(only(folder, /^libtimes-[0-9a-f]{16}\.rlib$/)).toHaveLength(2);
    const main = 'fn main() { println!("{}", word::say()); }\n';
    const said: string[] = [];
    for (const [index, library] of libraries.entries()) {
        const args = ['-L', folder, '--extern', `word=${library}`];
        said.push(await compiled(place, `program${index}`, main, args));
    }
    expect(said.sort()).toEqual(['abab', 'xyzxyz']);
    const [first = '', second = ''] = libraries;
    const both = 'fn main() { println!("{}", one::say().len() + two::say().len()); }\n';
    const args = ['-L', folder, '--extern', `one=${first}`, '--extern', `two=${second}`];
    expect(await compiled(place, 'both', both, args)).toBe('10');
});

test('shared libraries have their names, and Rust programs link those of Rust', async () => {
    const place = freshPlace();
    for (const [name, text] of [
        ['one', 'ab'],
        ['two', 'xyz'],
    ] as const) {
        const soname = [`soname = "libword_${name}.so"`, `file = "libword_${name}.so.1.0"`];
        write(place, {
            [`${name}.rpkg`]: recipe(name, name, [...soname, `links = ["libword_${name}.so.1"]`]),
            ...workspace(name, text, '["dylib"]'),
        });
    }
    const folder = await together(place, ['one', 'two']);
    const { out } = await run(place, ['readelf', '-d', `${folder}/libword_one.so.1.0`]);
    expect(out).toContain('soname: [libword_one.so]');
    expect(fs.readlinkSync(`${folder}/libword_one.so`)).toBe('libword_one.so.1.0');
    expect(fs.readlinkSync(`${folder}/libword_one.so.1`)).toBe('libword_one.so.1.0');
    const main = 'fn main() { println!("{}", word::say()); }\n';
    for (const [name, said] of [
        ['one', 'abab'],
        ['two', 'xyzxyz'],
    ] as const) {
        const args = ['-L', folder, '-C', 'prefer-dynamic', '--extern', `word=${folder}/libword_${name}.so`];
        expect(await compiled(place, `with_${name}`, main, args)).toBe(said);
        const needed = await run(place, ['readelf', '-d', `with_${name}`]);
        expect(needed.out).toContain(`Shared library: [libword_${name}.so]`);
    }
});

test('a library for C has the plain name, its SONAME and its links', async () => {
    const place = freshPlace();
    const names = ['soname = "libword.so.1"', 'file = "libword.so.1.0.0"', 'links = ["libword.so"]'];
    write(place, {
        'one.rpkg': recipe('one', 'one', ['kinds = [cdylib, staticlib]', ...names, 'folder = "lib/words"']),
        ...workspace('one', 'ab', '["cdylib", "staticlib", "rlib"]'),
        'main.c':
            '#include <stdio.h>\nint one_length(void);\nint main(void) { printf("%d\\n", one_length()); return 0; }\n',
    });
    const built = await buildOne(place, ['one.rpkg']);
    const folder = `${built.path}/usr/lib/words`;
    expect(fs.readdirSync(folder).sort()).toEqual(['libword.a', 'libword.so', 'libword.so.1', 'libword.so.1.0.0']);
    const linked = await run(place, ['cc', 'main.c', '-o', 'main', '-L', folder, '-lword']);
    expect(linked).toMatchObject({ exit: 0, err: '' });
    expect((await run(place, ['./main'], { env: { LD_LIBRARY_PATH: folder } })).out).toBe('4\n');
    expect((await run(place, ['readelf', '-d', 'main'])).out).toContain('Shared library: [libword.so.1]');
});

test('a library that is not built, and a name that is none, are errors', async () => {
    const place = freshPlace();
    write(place, {
        'one.rpkg': recipe('one', '', ['soname = "lib/word.so"']),
        ...workspace('one', 'ab', '["cdylib"]'),
    });
    const named = await rpkg(place, ['plan', 'one.rpkg']);
    expect(named.exit).toBe(3);
    expect(named.err.match(/^error\[.*/gm)).toEqual([
        "error[plan/bad-file-name]: `lib/word.so` is not the name of a library's file",
    ]);
    const text = fs.readFileSync(`${place.folder}/one.rpkg`, 'utf8');
    fs.writeFileSync(`${place.folder}/one.rpkg`, text.replace('library word', 'library words'));
    const unmatched = await rpkg(place, ['plan', 'one.rpkg']);
    expect(unmatched.err).toContain('error[plan/unmatched-library]: nothing that is built has the library `words`');
    expect(unmatched.err).toContain('write `library word`');
    fs.writeFileSync(`${place.folder}/one.rpkg`, text.replace('    driver = rustc\n    salt = ""\n', ''));
    const cargo = await rpkg(place, ['plan', 'one.rpkg']);
    expect(cargo.err).toContain('error[plan/other-driver]: `library word` does nothing with the driver `cargo`');
});

/** Crates with the names of those that are built, and other content. */
async function strayCrates(place: Place, folder: string): Promise<void> {
    write(place, { 'stray.rs': 'pub const TIMES: usize = 9;\npub fn say() -> String { String::from("stray") }\n' });
    fs.mkdirSync(folder, { recursive: true });
    for (const name of ['times', 'word']) {
        const made = ['--crate-name', name, '--crate-type', 'rlib', '--edition=2021', '--out-dir', folder, 'stray.rs'];
        expect(await run(place, [`${toolchain}/bin/rustc`, ...made])).toMatchObject({ exit: 0 });
    }
}

function program(place: Place): void {
    write(place, {
        'one.rpkg': recipe('one', '', []),
        ...workspace('one', 'ab', '["rlib"]'),
        'one/src/main.rs': 'fn main() { println!("{}", word::say()); }\n',
    });
}

test('a crate in /usr/lib changes nothing', async () => {
    const place = freshPlace();
    program(place);
    const before = await buildOne(place, ['one.rpkg']);
    const stray = `${place.folder}/stray`;
    await strayCrates(place, stray);
    // Seen by this one process and by what it starts.
    const mount = `mount -t overlay overlay -o lowerdir=${stray}:/usr/lib /usr/lib && exec "$@"`;
    const through = [...(isRoot ? ['unshare', '-m'] : ['unshare', '-r', '-m']), 'sh', '-c', mount, 'sh'];
    expect((await run(place, [...through, 'ls', '/usr/lib/libtimes.rlib'])).out).toBe('/usr/lib/libtimes.rlib\n');
    fs.writeFileSync(`${place.folder}/one.rpkg`, recipe('one', '', ['# Another text of the same recipe.']));
    const options = { through, env: { RPKG_STORE: `${path.dirname(place.folder)}/second` } };
    const after = await buildOne(place, ['one.rpkg'], options);
    expect(after.digest).toBe(before.digest);
});

test('a crate on a search path that a build script gives changes nothing', async () => {
    const place = freshPlace();
    program(place);
    await strayCrates(place, `${place.folder}/one/stray`);
    write(place, {
        'one/build.rs': `fn main() {
    let folder = format!("{}/stray", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    for kind in ["native", "all", "dependency", "crate"] { println!("cargo:rustc-link-search={kind}={folder}"); }
}
`,
    });
    const { path: built } = await buildOne(place, ['one.rpkg']);
    expect((await run(place, [`${built}/usr/bin/word`])).out).toBe('abab\n');
});
