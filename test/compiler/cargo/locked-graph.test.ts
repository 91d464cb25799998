import { describe, expect, it } from 'vitest';
import { crateFolders } from '../../../compiler/cargo/crate-folders.ts';
import { parseCargoLock } from '../../../compiler/cargo/lock-file.ts';
import { type LockedGraph, lockedGraph } from '../../../compiler/cargo/locked-graph.ts';
import type { PackageId } from '../../../compiler/cargo/package.ts';
import { loadWorkspace } from '../../../compiler/cargo/workspace.ts';
import { type Files, library, memoryView } from '../../support/cargo-tree.ts';

const registry = 'registry+https://index.example/main';
const other = 'sparse+https://other.example/';

/** A crate of the registry in the folder of crates. */
function crate(name: string, version: string, more = ''): Files {
    const folder = `/crates/${name}-${version}`;
    return {
        [`${folder}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "${version}"\n${more}`,
        [`${folder}/src/lib.rs`]: '',
    };
}

type Locked = readonly [name: string, version: string, source: string | undefined, ...dependencies: readonly string[]];

function lockText(packages: readonly Locked[], format = 4): string {
    const entries = packages.map(([name, version, source, ...dependencies]) => {
        const from = source === undefined ? '' : `source = "${source}"\n`;
        return `[[package]]\nname = "${name}"\nversion = "${version}"\n${from}dependencies = ${JSON.stringify(dependencies)}\n`;
    });
    return `${format < 3 ? '' : `version = ${format}\n`}${entries.join('\n')}`;
}

interface Scene {
    readonly files: Files;
    readonly lock: string | undefined;
    readonly git?: string;
}

function graphOf({ files, lock, git }: Scene): LockedGraph {
    const view = memoryView(files);
    const loaded = loadWorkspace(view, '/w');
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    const parsed = lock === undefined ? undefined : parseCargoLock(lock);
    if (parsed?.ok === false) throw new Error(parsed.message);
    const inCrates = crateFolders(view, '/crates');
    return lockedGraph({
        workspace: loaded.workspace,
        lock: parsed?.packages,
        view,
        crateFolder: (id) => (id.source?.startsWith('git+') === true ? git : inCrates(id)),
    });
}

const app: PackageId = { name: 'app', version: '0.1.0', source: undefined };

/** `name version < names of declarations`, in order. */
function edgesOf(graph: LockedGraph, id: PackageId = app): readonly string[] {
    return graph
        .edges(id)
        .map(
            ({ to, declarations }) =>
                `${to.name} ${to.version} < ${declarations.map(({ name, kind }) => `${name}:${kind}`).join(' ')}`,
        );
}

function messages({ problems }: LockedGraph): readonly string[] {
    return problems.map(({ code, message }) => `${code}: ${message}`);
}

describe('a locked graph', () => {
    const files: Files = {
        ...library(
            '/w',
            'app',
            `[dependencies]
one = "1"
old-one = { version = "0.9", package = "one" }
again = { version = ">=1.2", package = "one" }
[dev-dependencies]
one = "1"
zero = "0.0.1"
[target.'cfg(windows)'.build-dependencies]
win = { version = "3", optional = true }
`,
        ),
        ...crate('one', '0.9.3'),
        ...crate(
            'one',
            '1.9.0',
            '[dependencies]\nzero = "0.0.1"\nmaybe = { version = "1", optional = true }\n[dev-dependencies]\nnever = "1"\n',
        ),
        ...crate('one', '1.10.0'),
        ...crate('zero', '0.0.1'),
    };
    const sources = [
        ['one', '0.9.3', registry],
        ['one', '1.9.0', registry, 'zero'],
        ['one', '1.10.0', registry],
        ['win', '3.0.0', registry],
        ['zero', '0.0.1', registry],
    ] as const;
    const expected = [
        'one 0.9.3 < old-one:normal',
        'one 1.9.0 < again:normal one:normal one:dev',
        'win 3.0.0 < win:build',
        'zero 0.0.1 < zero:dev',
    ];

    it.each<[string, string]>([
        [
            '1',
            lockText(
                [
                    [
                        'app',
                        '0.1.0',
                        undefined,
                        `one 0.9.3 (${registry})`,
                        `one 1.9.0 (${registry})`,
                        `win 3.0.0 (${registry})`,
                        `zero 0.0.1 (${registry})`,
                    ],
                    ...sources,
                ],
                1,
            ),
        ],
        ['3', lockText([['app', '0.1.0', undefined, 'one 0.9.3', 'one 1.9.0', 'win', 'zero'], ...sources], 3)],
        [
            '4',
            lockText([
                ['app', '0.1.0', undefined, `one 0.9.3 (${registry})`, 'one 1.9.0', 'win', 'zero 0.0.1'],
                ...sources,
            ]),
        ],
        [
            '1, of old',
            lockText(
                [
                    [
                        'app',
                        '0.1.0',
                        undefined,
                        `one 0.9.3 (${registry})`,
                        `one 1.9.0 (${registry})`,
                        `win 3.0.0 (${registry})`,
                        `zero 0.0.1 (${registry})`,
                    ],
                    ...sources,
                ],
                1,
            ).replace('[[package]]', '[root]'),
        ],
    ])('of a lock of format %s', (_, lock) => {
        const graph = graphOf({ files, lock });
        expect(edgesOf(graph)).toEqual(expected);
        expect(edgesOf(graph, { name: 'one', version: '1.9.0', source: registry })).toEqual([
            'zero 0.0.1 < zero:normal',
        ]);
        expect(graph.problems).toEqual([]);
    });

    it('takes the highest version that fits', () => {
        const lock = lockText([
            ['app', '0.1.0', undefined, 'one 0.9.3', 'one 1.9.0', 'one 1.10.0', 'win', 'zero'],
            ...sources,
        ]);
        expect(edgesOf(graphOf({ files, lock }))[1]).toBe('one 1.10.0 < again:normal one:normal one:dev');
    });

    it('reads only what is asked for, and tells once what is missing', () => {
        const lock = lockText([['app', '0.1.0', undefined, 'one 0.9.3', 'one 1.9.0', 'win', 'zero'], ...sources]);
        const graph = graphOf({ files, lock });
        const win = graph.edges(app).find(({ to }) => to.name === 'win')?.to ?? app;
        expect(graph.problems).toEqual([]);
        expect(graph.package(win)).toBeUndefined();
        expect(graph.package({ ...win })).toBeUndefined();
        expect(graph.edges(win)).toEqual([]);
        expect(messages(graph)).toEqual(['cargo/missing-crate: the crate `win 3.0.0` is not there']);
        const zero = { name: 'zero', version: '0.0.1', source: registry };
        expect(graph.package(zero)).toBe(graph.package({ ...zero }));
    });
});

describe('local packages', () => {
    const files: Files = {
        ...library(
            '/w',
            'app',
            '[workspace]\nexclude = ["aside"]\n[dependencies]\nin = { path = "in" }\naside = { path = "aside", version = "0.1" }\n[dev-dependencies]\napp = { path = "." }\n',
        ),
        ...library('/w/in', 'in', '[dev-dependencies]\napp = { path = ".." }\n'),
        ...library(
            '/w/aside',
            'aside',
            '[dependencies]\nno = { version = "1", optional = true }\n[dev-dependencies]\nnever = "1"\n',
        ),
    };
    const lock = lockText([
        ['aside', '0.1.0', undefined],
        ['app', '0.1.0', undefined, 'aside', 'in'],
        ['in', '0.1.0', undefined, 'app'],
    ]);

    it('are found by their folders; for tests they may need each other', () => {
        const graph = graphOf({ files, lock });
        expect(edgesOf(graph)).toEqual(['app 0.1.0 < app:dev', 'aside 0.1.0 < aside:normal', 'in 0.1.0 < in:normal']);
        expect(edgesOf(graph, { name: 'in', version: '0.1.0', source: undefined })).toEqual(['app 0.1.0 < app:dev']);
        expect(edgesOf(graph, { name: 'aside', version: '0.1.0', source: undefined })).toEqual([]);
        expect(graph.problems).toEqual([]);
    });

    it('must not need each other to be built', () => {
        const cyclic = { ...files, ...library('/w/in', 'in', '[dependencies]\napp = { path = ".." }\n') };
        expect(messages(graphOf({ files: cyclic, lock }))).toEqual([
            'cargo/dependency-cycle: packages need each other: app 0.1.0 → in 0.1.0 → app 0.1.0',
        ]);
    });

    it('may have a version before a release', () => {
        const early = { ...files, '/w/in/Cargo.toml': '[package]\nname = "in"\nversion = "0.2.0-rc.1"\n' };
        const graph = graphOf({
            files: early,
            lock: lock.replace('"in"\nversion = "0.1.0"', '"in"\nversion = "0.2.0-rc.1"'),
        });
        expect(edgesOf(graph)).toContain('in 0.2.0-rc.1 < in:normal');
        expect(graph.problems).toEqual([]);
    });

    it('must have the version that is asked for', () => {
        const newer = { ...files, '/w/in/Cargo.toml': '[package]\nname = "in"\nversion = "0.2.0"\n' };
        expect(messages(graphOf({ files: newer, lock }))).toEqual([
            'cargo/lock-mismatch: `app 0.1.0` needs `in * (path)`, and /w/Cargo.lock has 0.1.0 for it',
            'cargo/lock-mismatch: /w/Cargo.lock does not have `in 0.2.0`, which the workspace has',
        ]);
    });
});

describe('a lock', () => {
    const files = { ...library('/w', 'app', '[dependencies]\none = "1.5"\n'), ...crate('one', '1.5.0') };
    const good = lockText([
        ['app', '0.1.0', undefined, 'one'],
        ['one', '1.5.0', registry],
    ]);

    it.each<[string, string | undefined, string]>([
        ['is missing', undefined, 'the workspace has no Cargo.lock'],
        [
            'is of another version of the package',
            good.replace('0.1.0', '0.0.9'),
            '/w/Cargo.lock does not have `app 0.1.0`, which the workspace has',
        ],
        [
            'is older than the manifest',
            good.replaceAll('1.5.0', '1.4.0'),
            '`app 0.1.0` needs `one 1.5`, and /w/Cargo.lock has 1.4.0 for it',
        ],
        [
            'does not have the dependency',
            lockText([['app', '0.1.0', undefined]]),
            '`app 0.1.0` needs `one 1.5`, and /w/Cargo.lock has none for it',
        ],
        [
            'lists what it does not have',
            lockText([['app', '0.1.0', undefined, 'one']]),
            '`app 0.1.0` needs `one 1.5`, and /w/Cargo.lock has none for it',
        ],
        [
            'has it from a folder',
            good.replace(`source = "${registry}"\n`, ''),
            '`app 0.1.0` needs `one 1.5`, and /w/Cargo.lock has 1.5.0 for it',
        ],
    ])('%s', (_, lock, message) => {
        const graph = graphOf({ files, lock });
        expect(messages(graph)).toEqual([`cargo/lock-mismatch: ${message}`]);
        expect(graph.problems[0]?.help).toMatch(/cargo (update|generate-lockfile)/);
    });

    it.each<[string, Files, RegExp]>([
        [
            'another version',
            { '/crates/one-1.5.0/Cargo.toml': '[package]\nname = "one"\nversion = "1.5.1"\n' },
            /^cargo\/missing-crate: /,
        ],
        [
            'a broken manifest',
            { '/crates/one-1.5.0/Cargo.toml': '[package]\nname = "one"\nversion = "1.5.0"\nlinks = "z"\n' },
            /^cargo\/bad-manifest: .*`z`/,
        ],
    ])('means a crate that has %s', (_, more, message) => {
        const graph = graphOf({ files: { ...files, ...more }, lock: good });
        const [edge] = graph.edges(app);
        if (edge !== undefined) graph.package(edge.to);
        expect(messages(graph)).toHaveLength(1);
        expect(messages(graph)[0]).toMatch(message);
        expect(graph.problems[0]?.package).toBe('one 1.5.0');
    });

    it('must say what a crate needs, but not what is optional there', () => {
        const more = crate(
            'one',
            '1.5.0',
            '[dependencies]\nneeded = "2"\nmaybe = { version = "1", optional = true }\n',
        );
        const graph = graphOf({ files: { ...files, ...more }, lock: good });
        expect(edgesOf(graph, { name: 'one', version: '1.5.0', source: registry })).toEqual([]);
        expect(messages(graph)).toEqual([
            'cargo/lock-mismatch: `one 1.5.0` needs `needed 2`, and /w/Cargo.lock has none for it',
        ]);
    });

    it('may have cycles of tests only between members', () => {
        const lock = lockText([
            ['app', '0.1.0', undefined, 'one'],
            ['one', '1.5.0', registry, 'two'],
            ['two', '1.0.0', registry, 'one'],
        ]);
        expect(messages(graphOf({ files, lock }))).toEqual([
            'cargo/dependency-cycle: packages need each other: one 1.5.0 → two 1.0.0 → one 1.5.0',
        ]);
    });

    it('tells crates of two registries apart', () => {
        const both = library(
            '/w',
            'app',
            '[dependencies]\na = { package = "one", version = "1", registry-index = "sparse+https://other.example/" }\n',
        );
        const lock = lockText([
            ['app', '0.1.0', undefined, `one 1.0.0 (${other})`, `one 1.5.0 (${registry})`],
            ['one', '1.0.0', other],
            ['one', '1.5.0', registry],
        ]);
        expect(edgesOf(graphOf({ files: { ...files, ...both }, lock }))).toEqual(['one 1.0.0 < a:normal']);
    });
});

describe('a repository', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const source = `git+https://git.example/r.git?branch=next%2F1#${commit}`;
    const files: Files = {
        ...library('/w', 'app', '[dependencies]\ndeep = { git = "https://git.example/r", branch = "next/1" }\n'),
        '/checkout/Cargo.toml':
            '[workspace]\nmembers = ["a/*"]\n[workspace.package]\nversion = "4.0.0"\n[workspace.dependencies]\nbeside = { path = "a/beside" }\n',
        '/checkout/a/deep/Cargo.toml':
            '[package]\nname = "deep"\nversion.workspace = true\n[dependencies]\nbeside.workspace = true\none = "1"\n',
        '/checkout/a/deep/src/lib.rs': '',
        '/checkout/a/beside/Cargo.toml': '[package]\nname = "beside"\nversion = "0.3.0"\n',
        '/checkout/a/beside/src/lib.rs': '',
        '/checkout/.hidden/Cargo.toml': '[package]\nname = "deep"\nversion = "9.0.0"\n',
        '/checkout/sub/.git': '',
        '/checkout/sub/Cargo.toml': '[package]\nname = "beside"\nversion = "9.0.0"\n',
    };
    const lock = lockText([
        ['app', '0.1.0', undefined, 'deep'],
        ['beside', '0.3.0', source],
        ['deep', '4.0.0', source, 'beside', 'one'],
        ['one', '1.0.0', registry],
    ]);

    it('holds packages wherever they lie, with their own workspace', () => {
        const graph = graphOf({ files, lock, git: '/checkout' });
        expect(edgesOf(graph)).toEqual(['deep 4.0.0 < deep:normal']);
        const deep = { name: 'deep', version: '4.0.0', source };
        expect(graph.package(deep)).toMatchObject({ root: '/checkout/a/deep', origin: 'git', id: deep });
        expect(edgesOf(graph, deep)).toEqual(['beside 0.3.0 < beside:normal', 'one 1.0.0 < one:normal']);
        expect(graph.package({ name: 'beside', version: '0.3.0', source })?.root).toBe('/checkout/a/beside');
        expect(graph.problems).toEqual([]);
    });

    it('is found when only the package was copied, and does not inherit from where it was put', () => {
        const copied: Files = {
            ...files,
            '/w/copy/Cargo.toml':
                '[package]\nname = "deep"\nversion = "4.0.0"\n[dependencies]\nbeside = { path = "../a" }\none = "1"\n',
            '/w/copy/src/lib.rs': '',
        };
        const graph = graphOf({ files: copied, lock, git: '/w/copy' });
        expect(edgesOf(graph, { name: 'deep', version: '4.0.0', source })).toEqual([
            'beside 0.3.0 < beside:normal',
            'one 1.0.0 < one:normal',
        ]);
        expect(graph.problems).toEqual([]);
    });

    it('that lacks the package', () => {
        const graph = graphOf({ files, lock: lock.replaceAll('"beside"', '"gone"'), git: '/checkout' });
        graph.package({ name: 'gone', version: '0.3.0', source });
        expect(messages(graph)).toEqual(['cargo/missing-crate: the crate `gone 0.3.0` is not in /checkout']);
    });

    it('that has moved on', () => {
        const graph = graphOf({ files, lock: lock.replaceAll('4.0.0', '3.0.0'), git: '/checkout' });
        graph.package({ name: 'deep', version: '3.0.0', source });
        expect(messages(graph)).toEqual([
            'cargo/crate-mismatch: Cargo.lock means `deep 3.0.0`, and the crate says that it is `deep 4.0.0`',
        ]);
    });

    it.each([
        'git+https://git.example/r?branch=next/1#abc',
        'git+https://git.example/r/#abc',
        'git+https://git.example/r.git?rev=abc#abc',
    ])('is the same when written as %s', (written) => {
        expect(edgesOf(graphOf({ files, lock: lock.replaceAll(source, written), git: '/checkout' }))).toEqual([
            'deep 4.0.0 < deep:normal',
        ]);
    });

    it('is another when its URL is', () => {
        const graph = graphOf({
            files,
            lock: lock.replaceAll(source, 'git+https://git.example/s#abc'),
            git: '/checkout',
        });
        expect(messages(graph)).toEqual([
            'cargo/lock-mismatch: `app 0.1.0` needs `deep * (git)`, and /w/Cargo.lock has 4.0.0 for it',
        ]);
    });
});

describe('`[patch]`', () => {
    it('puts a folder and a repository in the place of the registry, for crates too', () => {
        const git = 'git+https://git.example/two#0123456789abcdef0123456789abcdef01234567';
        const files: Files = {
            ...library(
                '/w',
                'app',
                '[dependencies]\none = "1"\nmid = "1"\n[patch.crates-io]\none = { path = "one" }\ntwo = { git = "https://git.example/two" }\n',
            ),
            '/w/one/Cargo.toml': '[package]\nname = "one"\nversion = "1.7.0"\n',
            '/w/one/src/lib.rs': '',
            ...crate('mid', '1.0.0', '[dependencies]\none = "1.2"\ntwo = "2"\n'),
        };
        const lock = lockText([
            ['app', '0.1.0', undefined, 'mid', 'one'],
            ['mid', '1.0.0', registry, 'one', 'two'],
            ['one', '1.7.0', undefined],
            ['two', '2.0.0', git],
        ]);
        const graph = graphOf({ files, lock });
        expect(edgesOf(graph)).toEqual(['mid 1.0.0 < mid:normal', 'one 1.7.0 < one:normal']);
        expect(edgesOf(graph, { name: 'mid', version: '1.0.0', source: registry })).toEqual([
            'one 1.7.0 < one:normal',
            'two 2.0.0 < two:normal',
        ]);
        expect(graph.package({ name: 'one', version: '1.7.0', source: undefined })?.origin).toBe('local');
        expect(graph.problems).toEqual([]);
    });
});
