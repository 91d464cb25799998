// Every kind of source through the whole program: from a recipe to a built program, or to one clear refusal.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { afterAll, describe, expect, test } from 'vitest';
import { answer, buildOne, freshPlace, placeIn, rpkg, write } from '../support/whole.ts';

const registry = '/usr/share/cargo/registry';
const hasDebianCrates = ['cfg-if', 'itoa'].every(
    (name) => fs.existsSync(registry) && fs.readdirSync(registry).some((folder) => folder.startsWith(`${name}-1`)),
);
if (!hasDebianCrates) {
    process.stderr.write(
        'SKIPPED: crates as Debian installs them: apt-get install librust-cfg-if-dev librust-itoa-dev\n',
    );
}

const program = 'fn main() {\n    println!("{}", 40 + 2);\n}\n';
const manifest = '[package]\nname = "count"\nversion = "0.1.0"\nedition = "2021"\n';
const lock = 'version = 4\n\n[[package]]\nname = "count"\nversion = "0.1.0"\n';

/** A recipe for `count` with the given source block. */
function recipe(source: string, more = ''): string {
    return `rpkg 1

recipe count is app {
    version = 0.1.0

    source main {
${source}
    }
${more}
    test answer {
        run = ["bin/count"]
        expect = "42"
    }
}
`;
}

test.skipIf(!hasDebianCrates)('an application from crates as Debian packages install them', async () => {
    const place = freshPlace();
    write(place, {
        'count.rpkg': recipe(
            '        path = "app"',
            `    vendor {\n        from = directory\n        path = "${registry}"\n        unlocked = true\n    }\n`,
        ),
        'app/Cargo.toml': `${manifest}\n[dependencies]\ncfg-if = "1"\nitoa = "1"\n`,
        'app/src/main.rs':
            'fn main() {\n    cfg_if::cfg_if! { if #[cfg(unix)] { println!("{}", itoa::Buffer::new().format(42u8)); } }\n}\n',
    });
    const { path } = await buildOne(place, ['--offline', 'count.rpkg']);
    expect(execFileSync(`${path}/usr/bin/count`, { encoding: 'utf8' })).toBe('42\n');
});

test('crates inside of the sources', async () => {
    const place = freshPlace();
    write(place, {
        'count.rpkg': recipe(
            '        path = "app"',
            '    vendor {\n        from = bundled\n        path = "vendor"\n    }\n',
        ),
        'app/Cargo.toml': `${manifest}\n[dependencies]\nforty = "1"\n`,
        'app/Cargo.lock': `${lock.replace('version = "0.1.0"\n', 'version = "0.1.0"\ndependencies = [\n "forty",\n]\n')}\n[[package]]\nname = "forty"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${'1'.repeat(64)}"\n`,
        'app/src/main.rs': 'fn main() {\n    println!("{}", forty::forty() + 2);\n}\n',
        'app/vendor/forty/Cargo.toml': '[package]\nname = "forty"\nversion = "1.0.0"\nedition = "2021"\n',
        'app/vendor/forty/src/lib.rs': 'pub fn forty() -> u8 {\n    40\n}\n',
        'app/vendor/forty/.cargo-checksum.json': `{"files":{},"package":"${'1'.repeat(64)}"}`,
    });
    await buildOne(place, ['count.rpkg']);
});

test('a commit of a git repository, pinned in the lock', async () => {
    const place = freshPlace();
    write(place, { 'repo/Cargo.toml': manifest, 'repo/Cargo.lock': lock, 'repo/src/main.rs': program });
    const git = (...args: readonly string[]): string =>
        execFileSync(
            'git',
            ['-C', `${place.folder}/repo`, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args],
            {
                encoding: 'utf8',
                stdio: ['ignore', 'pipe', 'ignore'],
            },
        ).trim();
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const commit = git('rev-parse', 'HEAD');
    write(place, { 'count.rpkg': recipe(`        git = "file://${place.folder}/repo"\n        commit = "${commit}"`) });
    const first = await buildOne(place, ['count.rpkg']);
    expect(fs.readFileSync(`${place.folder}/rpkg.lock`, 'utf8')).toContain(commit);
    fs.rmSync(`${place.folder}/repo`, { recursive: true });
    const again = await buildOne(place, ['--locked', '--offline', 'count.rpkg']);
    expect(again.digest).toBe(first.digest);
});

describe('an archive', () => {
    const root = fs.mkdtempSync(`${os.tmpdir()}/rpkg-archive-`);
    afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
    const place = placeIn(root);
    write(place, {
        'count-0.1.0/Cargo.toml': manifest,
        'count-0.1.0/Cargo.lock': lock,
        'count-0.1.0/src/main.rs': program,
    });
    execFileSync('tar', ['-C', place.folder, '-czf', `${place.folder}/count.tar.gz`, 'count-0.1.0']);
    const hash = createHash('sha256')
        .update(fs.readFileSync(`${place.folder}/count.tar.gz`))
        .digest('hex');
    const source = (pin: string): string =>
        `        url = "file://${place.folder}/count.tar.gz"\n        hash = ${pin}`;

    test('with the right hash is built', async () => {
        write(place, { 'right.rpkg': recipe(source(`sha256:${hash}`)) });
        await buildOne(place, ['right.rpkg']);
    });

    test('with another hash is refused, and says both', async () => {
        write(place, { 'wrong.rpkg': recipe(source(`sha256:${'ab'.repeat(32)}`)) });
        const ran = await rpkg(place, ['build', 'wrong.rpkg']);
        expect(ran.exit).toBe(4);
        expect(ran.err).toContain('error[fetch/hash-mismatch]');
        expect(ran.err).toContain(hash);
        expect(ran.err).toContain('ab'.repeat(32));
    });

    test('without a hash yet: `fetch` tells the one it finds', async () => {
        write(place, { 'todo.rpkg': recipe(source('todo')) });
        const ran = await rpkg(place, ['build', 'todo.rpkg']);
        expect(ran.exit).toBe(3);
        expect(ran.err).toContain('error[plan/hash-todo]');
        const fetched = await rpkg(place, ['fetch', 'todo.rpkg']);
        expect(fetched.exit).toBe(4);
        expect(fetched.err).toContain(`hash = sha256:${hash}`);
    });
});

test('the plan of a locked recipe is made offline', async () => {
    const place = freshPlace();
    write(place, {
        'count.rpkg': recipe('        path = "app"'),
        'app/Cargo.toml': manifest,
        'app/Cargo.lock': lock,
        'app/src/main.rs': program,
    });
    expect(JSON.parse(await answer(place, ['plan', 'count.rpkg']))).toMatchObject({ schema: 'rpkg.plan/1' });
});

test('a plan names an archive that nobody has fetched, unless a file of it decides the plan', async () => {
    const hash = `sha256:${'1'.repeat(64)}`;
    const source = `    source main {\n        url = "https://example.invalid/count.tar"\n        hash = ${hash}\n    }\n`;
    const place = freshPlace();
    write(place, {
        'step.rpkg': `rpkg 1\n\nrecipe steps is generic {\n    version = 1.0.0\n${source}    step all {\n        script = "true"\n    }\n}\n`,
        'app.rpkg': `rpkg 1\n\nrecipe app is app {\n    version = 1.0.0\n${source}    bins = [x]\n}\n`,
    });
    const plan = JSON.parse(await answer(place, ['plan', 'step.rpkg'])) as { actions: Record<string, unknown> };
    expect(plan.actions['fetch.main']).toMatchObject({ source: { hash, type: 'archive' } });
    expect(fs.existsSync(`${place.folder}/rpkg.lock`)).toBe(false);
    const { exit, err } = await rpkg(place, ['plan', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err).toContain('error[fetch/offline]');
});
