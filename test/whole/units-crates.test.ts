// Building without Cargo with crates that come from a folder, as a distribution installs them, and with patches to them.
import * as fs from 'node:fs';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { freshPlace, type Place, rpkg, write } from '../support/whole.ts';

const checksum = createHash('sha256').update('word').digest('hex');

const files: Readonly<Record<string, string>> = {
    'app.rpkg': `rpkg 1

recipe app is app {
    version = 1.0.0

    source main {
        path = "app"
    }

    source patches {
        path = "patches"
    }

    vendor {
        from = directory
        path = "crates"
    }

    driver = rustc
    bins = [app]
}
`,
    'app/Cargo.toml': '[package]\nname = "app"\nversion = "1.0.0"\nedition = "2021"\n\n[dependencies]\nword = "1"\n',
    'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["word"]

[[package]]
name = "word"
version = "1.0.0"
source = "registry+https://registry.example/index"
checksum = "${checksum}"
`,
    'app/src/main.rs': 'fn main() { println!("{}", word::WORD); }\n',
    'crates/word-1.0.0/Cargo.toml': '[package]\nname = "word"\nversion = "1.0.0"\nedition = "2021"\n',
    'crates/word-1.0.0/.cargo-checksum.json': `{"files":{},"package":"${checksum}"}`,
    'crates/word-1.0.0/src/lib.rs': 'pub const WORD: &str = "plain";\n',
    'patches/word.diff': `--- a/src/lib.rs
+++ b/src/lib.rs
@@ -1 +1 @@
-pub const WORD: &str = "plain";
+pub const WORD: &str = "patched";
`,
};

function place(changes: Readonly<Record<string, string>> = {}): Place {
    const fresh = freshPlace();
    write(fresh, { ...files, ...changes });
    return fresh;
}

/** What the built program prints. */
async function said(where: Place): Promise<string> {
    const { exit, out, err } = await rpkg(where, ['build', '-q', 'app.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    const { execFileSync } = await import('node:child_process');
    return execFileSync(`${out.split('\n')[1] ?? ''}/usr/bin/app`, { encoding: 'utf8' }).trim();
}

test('a crate of the folder that changes is seen, though nothing else did', async () => {
    const where = place();
    expect(await said(where)).toBe('plain');
    fs.writeFileSync(`${where.folder}/crates/word-1.0.0/src/lib.rs`, 'pub const WORD: &str = "other";\n');
    expect(await said(where)).toBe('other');
});

test('a crate that is not the one of the lock file is refused', async () => {
    const where = place({ 'crates/word-1.0.0/.cargo-checksum.json': `{"files":{},"package":"${'0'.repeat(64)}"}` });
    const { exit, err } = await rpkg(where, ['build', '-q', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    expect(err).toContain('error[fetch/hash-mismatch]');
    expect(err).toContain('word 1.0.0');
});

test('a crate that is not there is told with its name', async () => {
    const where = place();
    fs.rmSync(`${where.folder}/crates/word-1.0.0`, { recursive: true });
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err).toContain('error[cargo/missing-crate]: word 1.0.0');
});

test('a patch of the recipe is applied, and patch is a tool of the plan', async () => {
    const patched = '    bins = [app]\n\n    crate word {\n        patches = ["patches/word.diff"]\n    }\n';
    const where = place({ 'app.rpkg': (files['app.rpkg'] ?? '').replace('    bins = [app]\n', patched) });
    expect(await said(where)).toBe('patched');
    const plan = JSON.parse((await rpkg(where, ['plan', 'app.rpkg'])).out) as {
        environments: { host: { tools: object } };
    };
    expect(Object.keys(plan.environments.host.tools)).toContain('patch');
});

test('a patch in no source of the recipe is an error at its line', async () => {
    const wrong = '    bins = [app]\n\n    crate word {\n        patches = ["word.diff"]\n    }\n';
    const where = place({ 'app.rpkg': (files['app.rpkg'] ?? '').replace('    bins = [app]\n', wrong) });
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[plan\/unknown-patch\]/gm)).toHaveLength(1);
    expect(err).toContain('patches = ["word.diff"]');
});
