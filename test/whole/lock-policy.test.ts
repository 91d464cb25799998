// Which versions of crates a folder gives: those of the lock file, or those that the recipe lets the folder decide.
import * as fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { freshPlace, type Place, rpkg, write } from '../support/whole.ts';

const registry = 'registry+https://registry.example/index';

function recipe(vendor: string): string {
    return `rpkg 1

recipe app is app {
    version = 1.0.0

    source main {
        path = "app"
    }

    vendor {
        from = directory
        path = "crates"
${vendor}    }

    driver = rustc
    bins = [app]
}
`;
}

/** A crate as a distribution installs it: changed perhaps, so without checksums. */
function crate(name: string, version: string, manifest = '', code = ''): Readonly<Record<string, string>> {
    const folder = `crates/${name}-${version}`;
    return {
        [`${folder}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${manifest}`,
        [`${folder}/.cargo-checksum.json`]: '{"files":{},"package":"Could not get crate checksum"}',
        [`${folder}/src/lib.rs`]: `pub const SAID: &str = "${name} ${version}";\n${code}`,
    };
}

const files: Readonly<Record<string, string>> = {
    'app/Cargo.toml': `[package]
name = "app"
version = "1.0.0"
edition = "2021"

[dependencies]
word = "1"
other = { version = "1", features = ["more"] }
asked = { version = "1", optional = true }

[target.'cfg(windows)'.dependencies]
windows-only = "1"

[dev-dependencies]
for-tests = "1"
`,
    'app/src/main.rs': 'fn main() { println!("{}, {}, {}", word::SAID, other::SAID, other::WORD); }\n',
    ...crate('word', '1.0.0'),
    ...crate('word', '1.2.0'),
    ...crate('word', '2.0.0'),
    ...crate(
        'other',
        '1.1.0',
        '[features]\nmore = ["dep:word"]\nnever = ["dep:not-there"]\n[dependencies]\nword = { version = "1", optional = true }\nnot-there = { version = "1", optional = true }\n',
        'pub const WORD: &str = word::SAID;\n',
    ),
};

const lock = `version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["asked", "for-tests", "other", "windows-only", "word"]

${['asked 1.0.0', 'for-tests 1.0.0', 'windows-only 1.0.0', 'word 1.0.0', 'other 1.1.0 "word"']
    .map((text) => {
        const [name = '', version = '', below = ''] = text.split(' ');
        return `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${registry}"\nchecksum = "${'0'.repeat(64)}"\ndependencies = [${below}]\n`;
    })
    .join('\n')}`;

function place(vendor: string, changes: Readonly<Record<string, string>> = {}): Place {
    const fresh = freshPlace();
    write(fresh, { 'app.rpkg': recipe(vendor), ...files, ...changes });
    return fresh;
}

/** What the built program prints. */
async function said(where: Place): Promise<string> {
    const { exit, out, err } = await rpkg(where, ['build', '-q', 'app.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    return execFileSync(`${out.split('\n')[1] ?? ''}/usr/bin/app`, { encoding: 'utf8' }).trim();
}

async function refusal(where: Place): Promise<string> {
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    return err;
}

test('require: the versions of the lock file', async () => {
    expect(await said(place('', { 'app/Cargo.lock': lock }))).toBe('word 1.0.0, other 1.1.0, word 1.0.0');
});

test('resolve: the newest that fit, without a lock file, and what nothing asks for may be missing', async () => {
    const where = place('        lock-policy = resolve\n');
    expect(await said(where)).toBe('word 1.2.0, other 1.1.0, word 1.2.0');
    const { err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(err).toBe('without a lock file, 2 packages were chosen from what is there\n');
});

test('resolve: a newer crate that comes into the folder is seen', async () => {
    const where = place('        lock-policy = resolve\n');
    expect(await said(where)).toContain('word 1.2.0,');
    write(where, crate('word', '1.3.0'));
    expect(await said(where)).toContain('word 1.3.0,');
});

test('resolve: the difference to the lock file is shown and stands in the plan', async () => {
    const where = place('        lock-policy = resolve\n', { 'app/Cargo.lock': lock });
    const shown = await rpkg(where, ['crates', 'app.rpkg']);
    expect(shown).toMatchObject({
        exit: 1,
        out: 'word  1.0.0 → 1.2.0\n1 of 2 packages are of other versions than in Cargo.lock\n',
    });
    const plan = JSON.parse((await rpkg(where, ['plan', 'app.rpkg'])).out) as Plan;
    expect(plan.provenance.crates).toEqual({
        policy: 'resolve',
        lock: 'Cargo.lock',
        count: 2,
        changes: [{ name: 'word', locked: ['1.0.0'], used: ['1.2.0'] }],
    });
    expect(plan.provenance.values['/provenance/crates']).toContain('vendor.lock-policy');
});

test('patch: the lock file decides all but what is unlocked', async () => {
    const kept = place('        lock-policy = patch\n        unlock = [other]\n', {
        'app/Cargo.lock': lock,
        ...crate('other', '1.9.0', '[features]\nmore = []\n', 'pub const WORD: &str = "none";\n'),
    });
    expect(await said(kept)).toBe('word 1.0.0, other 1.9.0, none');
});

test('an older version is taken where the newest does not go with the rest', async () => {
    const where = place('        lock-policy = resolve\n', {
        ...crate(
            'other',
            '1.1.0',
            '[features]\nmore = []\n[dependencies]\nword = "=1.0.0"\n',
            'pub use word::SAID as WORD;\n',
        ),
    });
    expect(await said(where)).toBe('word 1.0.0, other 1.1.0, word 1.0.0');
});

test('resolve: a crate that is not there, or in no version that fits, is told with who needs it', async () => {
    const missing = place('        lock-policy = resolve\n');
    fs.rmSync(`${missing.folder}/crates/other-1.1.0`, { recursive: true });
    expect(await refusal(missing)).toContain(
        'error[cargo/no-version]: app 1.0.0, /rpkg/src/workspace/Cargo.toml: needs `other 1`, and no crate of this name is there',
    );
    const old = place('        lock-policy = resolve\n');
    for (const version of ['1.0.0', '1.2.0']) fs.rmSync(`${old.folder}/crates/word-${version}`, { recursive: true });
    expect(await rpkg(old, ['plan', 'app.rpkg'])).toMatchObject({
        exit: 3,
        err: expect.stringContaining('needs `word 1`, and there is 2.0.0') as string,
    });
});

test('resolve: versions that exclude each other are told', async () => {
    const where = place('        lock-policy = resolve\n', {
        ...crate('other', '1.1.0', '[features]\nmore = []\n[dependencies]\nword = "=1.0.0"\n'),
        'app/Cargo.toml': (files['app/Cargo.toml'] ?? '').replace('word = "1"', 'word = "=1.2.0"'),
    });
    expect(await refusal(where)).toContain('error[cargo/version-conflict]');
});

/** A source of the recipe that stands in for `word`: a workspace that has it somewhere. */
function replacing(policy: string, version: string): Place {
    const where = place(`        lock-policy = ${policy}\n`, {
        'app/Cargo.lock': lock,
        'system/Cargo.toml': `[workspace]\nmembers = ["*"]\n[workspace.package]\nversion = "${version}"\n`,
        'system/word/Cargo.toml':
            '[package]\nname = "word"\nversion.workspace = true\nedition = "2021"\n[lib]\npath = "other.rs"\n',
        'system/word/other.rs': 'pub const SAID: &str = concat!("system ", env!("CARGO_PKG_VERSION"));\n',
    });
    const block =
        '\n    source system {\n        path = "system"\n    }\n\n    crate word {\n        source = system\n    }\n}\n';
    fs.writeFileSync(
        `${where.folder}/app.rpkg`,
        recipe(`        lock-policy = ${policy}\n`).replace(/\n\}\n$/, `\n${block}`),
    );
    return where;
}

test('a source of the recipe stands in for a crate', async () => {
    expect(await said(replacing('require', '1.0.0'))).toBe('system 1.0.0, other 1.1.0, system 1.0.0');
    const where = replacing('patch', '1.7.0');
    expect(await said(where)).toBe('system 1.7.0, other 1.1.0, system 1.7.0');
    const shown = await rpkg(where, ['crates', 'app.rpkg']);
    expect(shown.out).toContain('word  1.0.0 → 1.7.0\n');
    const why = await rpkg(where, ['why', 'app.rpkg', '/actions/fetch.crate.word-1.7.0/source']);
    expect(why.out).toContain('source = system');
});

test('a source with a version that the build does not have is refused', async () => {
    expect(await refusal(replacing('require', '1.7.0'))).toContain('error[plan/other-version]');
});

test('a file of a crate that is not as its list says is refused', async () => {
    const listed = { 'src/lib.rs': 'ab'.repeat(32) };
    const where = place('', {
        'app/Cargo.lock': lock,
        'crates/word-1.0.0/.cargo-checksum.json': JSON.stringify({ files: listed, package: '0'.repeat(64) }),
    });
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err).toContain('error[fetch/hash-mismatch]');
    expect(err).toContain('src/lib.rs of crate word 1.0.0');
});

test('crates inside of the sources are checked as well, and built where they lie', async () => {
    const zeros = '0'.repeat(64);
    const otherManifest =
        '[package]\nname = "other"\nversion = "1.1.0"\nedition = "2021"\n[features]\nmore = []\n[dependencies]\nword = "1"\n';
    const bundled = (files: object): Place => {
        const where = place('', {
            'app/Cargo.lock': lock,
            'app/vendor/word/Cargo.toml': '[package]\nname = "word"\nversion = "1.0.0"\n',
            'app/vendor/word/src/lib.rs': 'pub const SAID: &str = file!();\n',
            'app/vendor/word/.cargo-checksum.json': JSON.stringify({ files, package: zeros }),
            'app/vendor/other/Cargo.toml': otherManifest,
            'app/vendor/other/src/lib.rs': 'pub const SAID: &str = "other";\npub const WORD: &str = word::SAID;\n',
            'app/vendor/other/.cargo-checksum.json': JSON.stringify({ files: {}, package: zeros }),
        });
        fs.writeFileSync(
            `${where.folder}/app.rpkg`,
            recipe('').replace('from = directory', 'from = bundled').replace('"crates"', '"vendor"'),
        );
        return where;
    };
    expect(await said(bundled({}))).toContain('src/lib.rs, other, ');
    const { exit, err } = await rpkg(bundled({ 'src/lib.rs': 'ab'.repeat(32) }), ['plan', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err).toContain('src/lib.rs of crate word 1.0.0');
});

test('features that the recipe turns on decide what is needed', async () => {
    const where = place('        lock-policy = resolve\n', {
        'app/Cargo.toml': (files['app/Cargo.toml'] ?? '').replace(', features = ["more"]', ''),
    });
    const text = recipe('        lock-policy = resolve\n').replace(
        /\n\}\n$/,
        '\n\n    crate other {\n        features += [more]\n    }\n}\n',
    );
    fs.writeFileSync(`${where.folder}/app.rpkg`, text);
    expect(await said(where)).toBe('word 1.2.0, other 1.1.0, word 1.2.0');
});

test('a lock policy says something only where crates are planned one by one, and names of `unlock` only with `patch`', async () => {
    const unlocked = place('        unlock = [word]\n', { 'app/Cargo.lock': lock });
    expect(await refusal(unlocked)).toContain('error[plan/lock-policy]');
    const cargo = place('        lock-policy = resolve\n');
    fs.writeFileSync(
        `${cargo.folder}/app.rpkg`,
        recipe('        lock-policy = resolve\n').replace('    driver = rustc\n', ''),
    );
    expect(await refusal(cargo)).toContain('error[plan/other-driver]');
});
