// `rpkg init`: first recipes that build as they are, what stands in them, and what stands in the way of one.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { unitWorkspace } from '../support/unit-workspace.ts';
import { answer, copyHello, freshPlace, type Place, rpkg, run, toolchain, write } from '../support/whole.ts';

const checksum = createHash('sha256').update('word').digest('hex');

/** A virtual workspace with a library, a program that inherits, and a crate in `vendor`. */
const files: Readonly<Record<string, string>> = {
    'ws/Cargo.toml': `[workspace]
members = ["crates/*"]
resolver = "2"

[workspace.package]
version = "2.3.4"
edition = "2021"
license = "MIT/Apache-2.0"
description = """
Says a word, and "nothing"
else. Second sentence here."""
repository = "https://example.org/say"
rust-version = "1.70"
`,
    'ws/Cargo.lock': `version = 4

[[package]]
name = "helper"
version = "2.3.4"

[[package]]
name = "say-it"
version = "2.3.4"
dependencies = ["helper", "word"]

[[package]]
name = "word"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${checksum}"
`,
    'ws/README.md': 'Says a word.\n',
    'ws/crates/helper/Cargo.toml': '[package]\nname = "helper"\nversion.workspace = true\nedition.workspace = true\n',
    'ws/crates/helper/src/lib.rs': 'pub fn end() -> &\'static str { "." }\n',
    'ws/crates/say-it/Cargo.toml': `[package]
name = "say-it"
version.workspace = true
edition.workspace = true
license.workspace = true
description.workspace = true
repository.workspace = true
readme = "../../README.md"

[[bin]]
name = "say"
path = "src/main.rs"

[[bin]]
name = "shout"
path = "src/shout.rs"
required-features = ["loud"]

[features]
default = ["quiet"]
quiet = []
loud = []

[dependencies]
helper = { path = "../helper" }
word = "1"
`,
    'ws/crates/say-it/src/main.rs': 'fn main() { println!("{}{}", word::WORD, helper::end()); }\n',
    'ws/crates/say-it/src/shout.rs': 'fn main() {}\n',
    'ws/vendor/word/Cargo.toml':
        '[package]\nname = "word"\nversion = "1.0.0"\nedition = "2021"\nrust-version = "1.75"\n',
    'ws/vendor/word/.cargo-checksum.json': `{"files":{},"package":"${checksum}"}`,
    'ws/vendor/word/src/lib.rs': 'pub const WORD: &str = "word";\n',
};

const recipe = `rpkg 1

## Upstream say-it. No distribution policy lives here.
recipe say-it is app {
    version = 2.3.4
    summary = "Says a word, and \\"nothing\\" else"
    license = "MIT OR Apache-2.0"
    homepage = "https://example.org/say"

    source main {
        path = "ws"
        exclude = [".git", "target", "*.rpkg", "rpkg.lock"]
    }

    vendor {
        from = bundled
        path = "vendor"
    }

    # Needs rustc 1.75 or newer: word 1.0.0 does.
    driver = rustc
    package = "say-it"
    # With other features also: shout.
    bins = [say]

    # Features: loud, quiet; on by default: quiet.

    install {
        files = ["README.md -> share/doc/say-it/README.md"]
    }
}
`;

function place(changes: Readonly<Record<string, string>> = {}): Place {
    const fresh = freshPlace();
    write(fresh, { ...files, ...changes });
    return fresh;
}

function text(where: Place, file: string): string {
    return fs.readFileSync(path.join(where.folder, file), 'utf8');
}

/** The recipe is accepted and formatted, builds, and gives a program that says something. */
async function expectToBuild(where: Place, file: string, program: string, said: string): Promise<void> {
    await answer(where, ['check', file]);
    await answer(where, ['fmt', '--check', file]);
    const { exit, out, err } = await rpkg(where, ['build', '-q', file]);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect((await run(where, [`${out.split('\n')[1] ?? ''}/usr/bin/${program}`])).out.trim()).toBe(said);
}

test('a workspace with inheritance, crates of its own and a program behind a feature', async () => {
    const where = place();
    expect(await answer(where, ['init', 'ws'])).toBe('say-it.rpkg\n');
    expect(text(where, 'say-it.rpkg')).toBe(recipe);
    await expectToBuild(where, 'say-it.rpkg', 'say', 'word.');
});

test('a recipe beside the sources, under another name', async () => {
    const where = place();
    await answer(where, ['init', 'ws/crates/say-it', '--name', 'says', '-o', 'ws/says.rpkg']);
    expect(text(where, 'ws/says.rpkg')).toContain('recipe says is app {');
    expect(text(where, 'ws/says.rpkg')).toContain('path = "."');
    expect(text(where, 'ws/says.rpkg')).toContain('package = "say-it"');
    await expectToBuild(where, 'ws/says.rpkg', 'say', 'word.');
});

test('a package without crates', async () => {
    const where = freshPlace();
    fs.rmSync(copyHello(where));
    await answer(where, ['init', 'hello']);
    await expectToBuild(where, 'hello.rpkg', 'hello', 'Hello, packager! I was built for x86_64-unknown-linux-gnu.');
});

test('a workspace with build scripts, macros and a native library of its own', async () => {
    const where = freshPlace();
    write(where, unitWorkspace);
    await answer(where, ['init', 'app', '--force']);
    expect(text(where, 'app.rpkg')).not.toContain('crate native-sys');
    await expectToBuild(where, 'app.rpkg', 'app', '7 native told-by-script [extra] renamed 1.2.3');
});

test('a program that needs a feature gets it', async () => {
    const where = place();
    const manifest = (files['ws/crates/say-it/Cargo.toml'] ?? '').replace(
        'path = "src/main.rs"',
        'path = "src/main.rs"\nrequired-features = ["loud"]',
    );
    write(where, { 'ws/crates/say-it/Cargo.toml': manifest });
    await answer(where, ['init', 'ws']);
    expect(text(where, 'say-it.rpkg')).toContain('    bins = [say, shout]\n');
    expect(text(where, 'say-it.rpkg')).toContain('    features = [loud]\n');
    await expectToBuild(where, 'say-it.rpkg', 'say', 'word.');
});

test('the version is tested where the program surely tells it', async () => {
    const where = place();
    const said = `/* clap answers: */ #[cfg(any())]\n#[command(about, version)]\nstruct Options;\n\nfn main() { println!("say {}", env!("CARGO_PKG_VERSION")); let _ = (word::WORD, helper::end()); }\n`;
    write(where, { 'ws/crates/say-it/src/main.rs': said });
    await answer(where, ['init', 'ws']);
    expect(text(where, 'say-it.rpkg')).toContain(`    test version {
        run = ["bin/say", "--version"]
        expect = "\\(version)"
    }
`);
    await expectToBuild(where, 'say-it.rpkg', 'say', 'say 2.3.4');
    write(where, {
        'ws/crates/say-it/src/main.rs': said.replace('version)]', 'disable_version_flag = true, version)]'),
    });
    await answer(where, ['init', 'ws', '--force']);
    expect(text(where, 'say-it.rpkg')).not.toContain('test version');
});

test('crates with native libraries get the shipped rule, which waits as a comment for the library', async () => {
    const sys = 'ws/vendor/libz-sys';
    const where = place({
        'ws/Cargo.lock': (files['ws/Cargo.lock'] ?? '')
            .replace('"helper", "word"]', '"helper", "libz-sys", "word"]')
            .concat(
                `\n[[package]]\nname = "libz-sys"\nversion = "1.1.20"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${checksum}"\n`,
            ),
        'ws/crates/say-it/Cargo.toml': `${files['ws/crates/say-it/Cargo.toml'] ?? ''}libz-sys = "1"\n`,
        [`${sys}/Cargo.toml`]: '[package]\nname = "libz-sys"\nversion = "1.1.20"\nedition = "2021"\nlinks = "z"\n',
        [`${sys}/.cargo-checksum.json`]: `{"files":{},"package":"${checksum}"}`,
        [`${sys}/build.rs`]:
            'fn main() { println!("cargo:rustc-env=STATIC={}", std::env::var("LIBZ_SYS_STATIC").unwrap_or_default()); }\n',
        [`${sys}/src/lib.rs`]: 'pub const STATIC: &str = env!("STATIC");\n',
        'pc/zlib.pc': 'Name: zlib\nDescription: compresses\nVersion: 1.3\n',
        'none/.keep': '',
    });
    const init = (folder: string) =>
        answer(where, ['init', 'ws', '--force'], { env: { PKG_CONFIG_LIBDIR: `${where.folder}/${folder}` } });
    await init('none');
    const waiting = text(where, 'say-it.rpkg');
    expect(waiting).toContain(
        '    # libz-sys 1.1.20 builds a copy of its library as long as pkg-config does not find zlib.',
    );
    expect(waiting).toContain('    # crate libz-sys {\n');
    await expectToBuild(where, 'say-it.rpkg', 'say', 'word.');
    await init('pc');
    expect(text(where, 'say-it.rpkg')).toContain('    crate libz-sys {\n');
    await answer(where, ['check', 'say-it.rpkg']);
    const plan = JSON.parse(await answer(where, ['plan', 'say-it.rpkg'])) as {
        actions: Record<string, { env?: Record<string, string> }>;
    };
    expect(plan.actions['unit.libz-sys-1.1.20.run']?.env?.['LIBZ_SYS_STATIC']).toBe('0');
});

test.each(['debian', 'alpine'])('an overlay for %s carries its policy', async (distro) => {
    const where = place();
    await answer(where, ['init', 'ws', '--distro', distro]);
    await answer(where, ['check', 'say-it.rpkg']);
    await answer(where, ['fmt', '--check', 'say-it.rpkg']);
    const plan = JSON.parse(await answer(where, ['plan', 'say-it.rpkg'])) as { layers: readonly { name: string }[] };
    expect(plan.layers.map(({ name }) => name)).toEqual(['say-it', distro]);
    expect(await answer(where, ['why', 'say-it.rpkg', 'distro.id'])).toContain(`layer ${distro}`);
});

test('sources from elsewhere are pinned, or left to be pinned', async () => {
    const where = place();
    const git = (...words: string[]) =>
        run(where, ['git', '-C', 'ws', '-c', 'user.name=n', '-c', 'user.email=e', ...words]);
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    const { out: commit } = await git('rev-parse', 'HEAD');
    await answer(where, ['init', 'ws', '--git', 'https://example.org/say.git']);
    expect(text(where, 'say-it.rpkg')).toContain(
        `git = "https://example.org/say.git"\n        commit = "${commit.trim()}"`,
    );
    await answer(where, ['check', 'say-it.rpkg']);
    await answer(where, ['init', 'ws', '--force', '--crate', 'say-it@2.3.4', '--hash', `sha256:${checksum}`]);
    expect(text(where, 'say-it.rpkg')).toContain(`crate = "say-it@2.3.4"\n        hash = sha256:${checksum}`);
    await answer(where, ['check', 'say-it.rpkg']);
    await answer(where, ['init', 'ws', '--force', '--url', 'https://example.org/say.tar.gz']);
    expect((await rpkg(where, ['check', 'say-it.rpkg'])).err).toContain('error[plan/hash-todo]');
});

const mistakes: readonly (readonly [
    what: string,
    changes: Record<string, string>,
    words: readonly string[],
    code: string,
])[] = [
    ['no Cargo.toml', { 'empty/notes': '' }, ['empty'], 'cargo/bad-workspace'],
    ['a library alone', {}, ['ws', '--package', 'helper'], 'init/no-program'],
    ['a package that is not there', {}, ['ws', '--package', 'say'], 'cargo/unknown-package'],
    ['programs in two packages', { 'ws/crates/helper/src/main.rs': 'fn main() {}\n' }, ['ws'], 'init/several-packages'],
    ['a recipe that is there', { 'say-it.rpkg': 'rpkg 1\n' }, ['ws'], 'init/recipe-exists'],
    ['a lock file of other manifests', { 'ws/Cargo.lock': 'version = 4\n' }, ['ws'], 'cargo/lock-mismatch'],
    ['a lock file that cannot be read', { 'ws/Cargo.lock': 'version =\n' }, ['ws'], 'cargo/bad-lock'],
    ['a manifest that is wrong', { 'ws/crates/helper/Cargo.toml': '[package\n' }, ['ws'], 'cargo/bad-manifest'],
    ['a repository without a commit', {}, ['ws', '--git', 'https://example.org/say.git'], 'init/unpinned-source'],
];

test.each(mistakes)('%s is one diagnostic, and nothing is written', async (_, changes, words, code) => {
    const where = place(changes);
    const { exit, out, err } = await rpkg(where, ['init', ...words]);
    expect(err.match(/^error\[.*?\]/gm)).toEqual([`error[${code}]`]);
    expect(err).toContain('= help: ');
    expect({ exit, out }).toEqual({ exit: 3, out: '' });
    expect(fs.existsSync(`${where.folder}/say-it.rpkg`)).toBe('say-it.rpkg' in changes);
});

test('a missing lock file is told', async () => {
    const where = place();
    fs.rmSync(`${where.folder}/ws/Cargo.lock`);
    const { exit, err } = await rpkg(where, ['init', 'ws']);
    expect(exit).toBe(3);
    expect(err).toContain('error[cargo/lock-mismatch]: the workspace has no Cargo.lock');
});

test.each([
    [['ws', '--distro', 'arch'], '`--distro` takes debian or alpine'],
    [['ws', '--name', '1st'], '`1st` cannot name a recipe'],
    [['ws', '--git', 'https://a.example', '--url', 'https://b.example'], 'only one of `--git` and `--url` is possible'],
])('%j is wrong usage', async (words, message) => {
    const { exit, err } = await rpkg(place(), ['init', ...words]);
    expect(exit).toBe(2);
    expect(err).toContain(message);
});

/** As rustup's stand-ins do where a file names a toolchain that is not there. */
const choosy = (real: string): string => `#!/bin/sh
if [ -e rust-toolchain.toml ]; then
    echo "error: toolchain '1.2.3' is not installed" >&2
    exit 1
fi
exec ${real} "$@"
`;

test('the toolchain that developers of the sources name is not asked for', async () => {
    const place = freshPlace();
    write(place, { ...files, 'ws/rust-toolchain.toml': '[toolchain]\nchannel = "1.2.3"\n' });
    const stub = path.join(place.folder, 'bin/rustc');
    write(place, { 'bin/rustc': choosy(path.join(toolchain, 'bin/rustc')) });
    fs.chmodSync(stub, 0o755);
    const options = { env: { RUSTC: stub }, cwd: path.join(place.folder, 'ws') };
    for (const words of [
        ['init', '.', '-p', 'say-it'],
        ['units', '.', '-p', 'say-it', '--ignore-rust-version'],
    ]) {
        const { exit, err } = await rpkg(place, words, options);
        expect({ words, exit, err }).toMatchObject({ exit: 0 });
    }
});

test('a compiler that does not work is told, with what it said', async () => {
    const place = freshPlace();
    write(place, { ...files, 'bin/rustc': "#!/bin/sh\necho 'error: no toolchain' >&2\necho more >&2\nexit 1\n" });
    const stub = path.join(place.folder, 'bin/rustc');
    fs.chmodSync(stub, 0o755);
    for (const rustc of [stub, path.join(place.folder, 'bin/none')]) {
        for (const words of [
            ['init', 'ws', '-p', 'say-it'],
            ['units', 'ws'],
        ]) {
            const { exit, err } = await rpkg(place, words, { env: { RUSTC: rustc } });
            expect({ words, exit, err }).toMatchObject({ exit: exitCodes.sandbox });
            expect(err).toContain(rustc === stub ? 'no toolchain' : 'ENOENT');
        }
    }
});
