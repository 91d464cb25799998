import { describe, expect, it } from 'vitest';
import type { CargoProblem } from '../../../compiler/cargo/problem.ts';
import { loadWorkspace, type Workspace } from '../../../compiler/cargo/workspace.ts';
import { type Files, library, memoryView } from '../../support/cargo-tree.ts';
import { awkward } from './awkward-workspace.ts';

function load(files: Files, start = '/'): Workspace {
    const loaded = loadWorkspace(memoryView(files), start);
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    return loaded.workspace;
}

function problemsOf(files: Files, start = '/'): readonly CargoProblem[] {
    const loaded = loadWorkspace(memoryView(files), start);
    return loaded.ok ? [] : loaded.problems;
}

function names(packages: Workspace['members']): readonly string[] {
    return packages.map(({ id }) => id.name);
}

describe('the awkward workspace', () => {
    const workspace = load(awkward);

    it('has members that are listed, found or depended on, in order of their paths', () => {
        expect(names(workspace.members)).toEqual([
            'new-name',
            'old-name',
            'leaf-one',
            'leaf-two',
            'kept',
            'plain',
            'tool-a1',
            'inside',
        ]);
        expect(names(workspace.locals).slice(workspace.members.length)).toEqual(['aside', 'further']);
        expect(names(workspace.defaultMembers)).toEqual(['old-name', 'leaf-one']);
        expect(workspace).toMatchObject({ root: '/', rootPackage: undefined, resolver: '2', patches: [] });
        expect(workspace.profiles).toEqual({ release: { 'opt-level': 'z', package: { '*': { 'opt-level': 2 } } } });
    });

    it('hands its lints down', () => {
        const { lints, checkCfg } = workspace.members[0] ?? {};
        // By priority, then by name from the end.
        expect(lints).toEqual([
            '--warn=unused',
            '--forbid=unsafe_code',
            '--warn=unexpected_cfgs',
            '--allow=clippy::zzz',
            '--deny=clippy::all',
        ]);
        expect(checkCfg).toEqual(['cfg(has_x)', 'cfg(kind, values("a"))']);
    });

    it('is the same from a member, which is then what is built', () => {
        const { root, members, defaultMembers } = load(awkward, '/plain/src');
        expect(root).toBe('/');
        expect(names(members)).toEqual(names(workspace.members));
        expect(names(defaultMembers)).toEqual(['plain']);
    });
});

describe('a workspace', () => {
    const root = (more = ''): Files => library('/w', 'root', more);

    it('of one package without `[workspace]` has no other member', () => {
        const files = {
            ...library('/w', 'root', '[dependencies]\nbelow = { path = "below" }\n'),
            ...library('/w/below', 'below'),
        };
        const { members, locals } = load(files, '/w');
        expect(names(members)).toEqual(['root']);
        expect(names(locals)).toEqual(['root', 'below']);
        expect(locals[1]?.origin).toBe('local');
    });

    it('is built as its root package alone, if there is one', () => {
        const files = { ...root('[workspace]\nmembers = ["a"]\n'), ...library('/w/a', 'a') };
        expect(names(load(files, '/w').defaultMembers)).toEqual(['root']);
        expect(names(load(files, '/w').members)).toEqual(['root', 'a']);
    });

    it.each<[string, string, Workspace['resolver']]>([
        ['edition = "2015"', '', '1'],
        ['edition = "2018"', '', '1'],
        ['edition = "2021"', '', '2'],
        ['edition = "2024"', '', '3'],
        ['edition = "2024"\nresolver = "1"', '', '1'],
        ['edition = "2015"', '[workspace]\nresolver = "3"', '3'],
    ])('with %j %j has resolver %s %s', (keys, more, resolver) => {
        const files = { '/w/Cargo.toml': `[package]\nname = "x"\n${keys}\n${more}`, '/w/src/lib.rs': '' };
        expect(load(files, '/w').resolver).toBe(resolver);
    });

    it('without a package has resolver 1, whatever its members are', () => {
        const files = { '/w/Cargo.toml': '[workspace]\nmembers = ["a"]', ...library('/w/a', 'a') };
        expect(load(files, '/w').resolver).toBe('1');
    });

    it('may lie beside a member that points to it', () => {
        const files = {
            '/w/root/Cargo.toml': '[workspace]\nmembers = ["../a"]\n[workspace.package]\nversion = "7.0.0"\n',
            '/w/a/Cargo.toml': '[package]\nname = "a"\nversion.workspace = true\nworkspace = "../root"\n',
            '/w/a/src/lib.rs': '',
        };
        expect(load(files, '/w/a').root).toBe('/w/root');
        expect(load(files, '/w/a').members[0]?.id.version).toBe('7.0.0');
    });

    it('is not the one above that excludes it', () => {
        const files = { '/w/Cargo.toml': '[workspace]\nexclude = ["a"]\n', ...library('/w/a', 'a') };
        expect(load(files, '/w/a').root).toBe('/w/a');
    });

    it('tells what `[patch]` says', () => {
        const files = {
            ...root('[patch.crates-io]\nb = { path = "b" }\nc = { package = "d", git = "https://git.example/d" }\n'),
            ...library('/w/b', 'b', '[dependencies]\nd = { path = "d" }\n'),
            ...library('/w/b/d', 'd'),
        };
        const { patches, locals } = load(files, '/w');
        expect(patches.map(({ of, dependency }) => [of, dependency.packageName, dependency.from.type])).toEqual([
            ['crates-io', 'b', 'path'],
            ['crates-io', 'd', 'git'],
        ]);
        expect(names(locals)).toEqual(['root', 'b', 'd']);
    });

    it.each<[string, Files, string, RegExp]>([
        ['nothing', {}, 'cargo/bad-workspace', /no Cargo.toml in \/w or above/],
        [
            'a member that is not there',
            root('[workspace]\nmembers = ["gone"]\n'),
            'cargo/bad-workspace',
            /^\/w\/gone has no Cargo.toml/,
        ],
        [
            'a dependency that is not there',
            root('[dependencies]\na = { path = "../a" }\n'),
            'cargo/bad-workspace',
            /in \/a$/,
        ],
        [
            'two members of a name',
            { ...root('[workspace]\nmembers = ["b"]\n'), ...library('/w/b', 'root') },
            'cargo/bad-workspace',
            /two members are named `root`: \/w and \/w\/b/,
        ],
        [
            'a default that is no member',
            { ...root('[workspace]\ndefault-members = ["b"]\n') },
            'cargo/bad-workspace',
            /\/w\/b is not a member/,
        ],
        [
            'a manifest of nothing',
            { '/w/Cargo.toml': 'package = 1\n' },
            'cargo/bad-workspace',
            /^\/w has no Cargo.toml with/,
        ],
        ['an unknown resolver', root('resolver = "9"\n'), 'cargo/bad-manifest', /resolver `9`/],
        ['`[replace]`', root('[replace]\n"a:1.0.0" = { path = "a" }\n'), 'cargo/unsupported-manifest', /\[replace\]/],
        [
            'a member that is no TOML',
            { ...root('[workspace]\nmembers = ["b"]\n'), '/w/b/Cargo.toml': '[' },
            'cargo/bad-manifest',
            /^line 1: /,
        ],
    ])('is wrong with %s', (_, files, code, message) => {
        const problems = problemsOf(files, '/w');
        expect(problems.map((each) => each.code)).toEqual([code]);
        expect(problems[0]?.message).toMatch(message);
    });

    it('must list the package that lies in it', () => {
        const files = { '/w/Cargo.toml': '[workspace]\n', ...library('/w/a', 'a') };
        expect(problemsOf(files, '/w/a').map(({ code }) => code)).toEqual(['cargo/bad-workspace']);
    });
});
