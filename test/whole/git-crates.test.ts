// Building without Cargo with packages of git repositories, which are made here.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import type { Plan } from '../../compiler/plan/plan.ts';
import { freshPlace, type Place, rpkg, write } from '../support/whole.ts';

const recipe = `rpkg 1

recipe app is app {
    version = 1.0.0

    source main {
        path = "app"
    }

    driver = rustc
    bins = [app]
}
`;

/** A workspace whose member inherits from it, needs another member, and takes a file of the top along. */
const repository: Readonly<Record<string, string>> = {
    'repository/Cargo.toml': `[workspace]
members = ["crates/*"]

[workspace.package]
version = "0.3.0"
edition = "2021"

[workspace.dependencies]
deep = { path = "crates/deep" }
`,
    'repository/WORD': 'from the top',
    'repository/crates/word/Cargo.toml':
        '[package]\nname = "word"\nversion.workspace = true\nedition.workspace = true\n\n[dependencies]\ndeep.workspace = true\n',
    'repository/crates/word/src/lib.rs':
        'pub fn word() -> String { format!("{} {}", include_str!("../../../WORD"), deep::DEEP) }\n',
    'repository/crates/deep/Cargo.toml':
        '[package]\nname = "deep"\nversion.workspace = true\nedition.workspace = true\n',
    'repository/crates/deep/src/lib.rs': 'pub const DEEP: u32 = 3;\n',
};

interface Made extends Place {
    readonly commit: string;
}

/** `form` is what the dependency says of the branch, tag or commit, and `query` the same in Cargo.lock. */
function place(form: (commit: string) => string, query: (commit: string) => string, table = '[dependencies]'): Made {
    const fresh = freshPlace();
    write(fresh, { 'app.rpkg': recipe, ...repository });
    const folder = `${fresh.folder}/repository`;
    const git = (...words: readonly string[]): string =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], {
            cwd: folder,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
        }).trim();
    git('init', '--initial-branch=main');
    git('add', '.');
    git('commit', '--message=first');
    git('tag', 'v0.3.0');
    const commit = git('rev-parse', 'HEAD');
    // What comes later is not what the lock file means.
    fs.writeFileSync(`${folder}/WORD`, 'changed');
    git('commit', '--all', '--message=second');
    const source = `git+file://${folder}${query(commit)}#${commit}`;
    write(fresh, {
        'app/Cargo.toml': `[package]\nname = "app"\nversion = "1.0.0"\nedition = "2021"\n\n${table}\nword = { git = "file://${folder}"${form(commit)} }\n`,
        'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["word"]

[[package]]
name = "deep"
version = "0.3.0"
source = "${source}"

[[package]]
name = "word"
version = "0.3.0"
source = "${source}"
dependencies = ["deep"]
`,
        'app/src/main.rs': 'fn main() { println!("{}", word::word()); }\n',
    });
    return { ...fresh, commit };
}

async function said(where: Place): Promise<string> {
    const { exit, out, err } = await rpkg(where, ['build', '-q', 'app.rpkg']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    return execFileSync(`${out.split('\n')[1] ?? ''}/usr/bin/app`, { encoding: 'utf8' }).trim();
}

test.each([
    ['the main branch', () => '', () => ''],
    ['a branch', () => ', branch = "main"', () => '?branch=main'],
    ['a tag', () => ', tag = "v0.3.0"', () => '?tag=v0.3.0'],
    ['a commit', (commit: string) => `, rev = "${commit}"`, (commit: string) => `?rev=${commit}`],
] as const)('a package of %s of a repository, at the commit of the lock file', async (_, form, query) => {
    const where = place(form, query);
    expect(await said(where)).toBe('from the top 3');
});

test('the repository is one source, pinned in rpkg.lock', async () => {
    const where = place(
        () => '',
        () => '',
    );
    expect(await rpkg(where, ['fetch', '-q', 'app.rpkg'])).toMatchObject({ exit: 0, err: '' });
    const url = `file://${where.folder}/repository`;
    const lock = JSON.parse(fs.readFileSync(`${where.folder}/rpkg.lock`, 'utf8')) as {
        recipes: Record<string, { sources: Record<string, { tree: string }> }>;
    };
    const pinned = lock.recipes['app.rpkg#app']?.sources[`git+${url}#${where.commit}`];
    const plan = JSON.parse((await rpkg(where, ['plan', '--locked', 'app.rpkg'])).out) as Plan;
    const sources = Object.values(plan.actions).flatMap((action) => (action.kind === 'fetch' ? [action.source] : []));
    expect(sources.filter(({ type }) => type === 'git')).toEqual([
        { type: 'git', url, commit: where.commit, tree: pinned?.tree },
    ]);
    fs.rmSync(`${where.folder}/rpkg.lock`);
    const { exit, err } = await rpkg(where, ['plan', '--locked', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err).toContain('error[fetch/lock-mismatch]');
});

test('`[patch]` puts a package of a repository in place of a crate', async () => {
    const where = place(
        () => '',
        () => '',
        '[dependencies]\nword = "0.3"\n\n[patch.crates-io]',
    );
    expect(await said(where)).toBe('from the top 3');
});

test('a repository with submodules is refused', async () => {
    const where = place(
        () => '',
        () => '',
    );
    const folder = `${where.folder}/repository`;
    fs.writeFileSync(`${folder}/.gitmodules`, '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n');
    execFileSync('git', ['add', '.'], { cwd: folder });
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '-qm', 'third'], {
        cwd: folder,
    });
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim();
    const lock = fs.readFileSync(`${where.folder}/app/Cargo.lock`, 'utf8');
    fs.writeFileSync(`${where.folder}/app/Cargo.lock`, lock.replaceAll(where.commit, commit));
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(3);
    expect(err.match(/^error\[/gm)).toHaveLength(1);
    expect(err).toContain('error[cargo/git-submodules]');
});

test('a commit that is gone is told', async () => {
    const where = place(
        () => '',
        () => '',
    );
    const lock = fs.readFileSync(`${where.folder}/app/Cargo.lock`, 'utf8');
    fs.writeFileSync(`${where.folder}/app/Cargo.lock`, lock.replaceAll(where.commit, '1'.repeat(40)));
    const { exit, err } = await rpkg(where, ['plan', 'app.rpkg']);
    expect(exit).toBe(4);
    expect(err).toContain('error[fetch/unreachable]');
    expect(err).toContain('1'.repeat(40));
});
