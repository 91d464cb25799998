import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { openManifest } from '../../../compiler/cargo/manifest-file.ts';
import { readPackage } from '../../../compiler/cargo/manifest.ts';
import type { Package } from '../../../compiler/cargo/package.ts';
import type { CargoProblem } from '../../../compiler/cargo/problem.ts';
import { type Files, memoryView } from '../../support/cargo-tree.ts';

const head = '[package]\nname = "x"\nversion = "1.0.0"\nedition = "2021"\n';

function read(
    manifest: string,
    files: Files = { '/x/src/lib.rs': '' },
    origin: Package['origin'] = 'member',
): { of: Package | undefined; problems: readonly CargoProblem[] } {
    const view = memoryView({ ...files, '/x/Cargo.toml': manifest });
    const problems: CargoProblem[] = [];
    const opened = openManifest(view, '/x', problems);
    const of =
        opened && readPackage(opened, { view, problems, origin, source: undefined, findWorkspace: () => undefined });
    return { of, problems };
}

function ofGood(manifest: string, files?: Files): Package {
    const { of, problems } = read(manifest, files);
    expect(problems).toEqual([]);
    if (of === undefined) throw new Error('no package');
    return of;
}

describe('a manifest', () => {
    it('that says next to nothing', () => {
        expect(ofGood('[package]\nname = "a-b"\n')).toEqual({
            id: { name: 'a-b', version: '0.0.0', source: undefined },
            root: '/x',
            origin: 'member',
            edition: '2015',
            links: undefined,
            rustVersion: undefined,
            dependencies: [],
            features: new Map(),
            targets: [
                {
                    kind: 'lib',
                    name: 'a_b',
                    path: '/x/src/lib.rs',
                    crateTypes: ['lib'],
                    edition: '2015',
                    requiredFeatures: undefined,
                    harness: true,
                    test: true,
                    bench: true,
                    doc: true,
                    doctest: true,
                },
            ],
            about: {
                authors: [],
                description: '',
                homepage: '',
                repository: '',
                license: '',
                licenseFile: '',
                readme: '',
            },
            lints: [],
            checkCfg: [],
        } satisfies Package);
    });

    it('turns kinds of targets on and off for tests, benchmarks and documentation', () => {
        const files = Object.fromEntries(
            ['src/lib.rs', 'src/main.rs', 'examples/e.rs', 'tests/t.rs', 'benches/b.rs', 'build.rs'].map((file) => [
                `/x/${file}`,
                '',
            ]),
        );
        const table = ofGood(head, files).targets.map(({ kind, name, test, bench, doc, doctest, harness }) =>
            [
                kind,
                name,
                ...Object.entries({ test, bench, doc, doctest, harness }).flatMap(([key, on]) => (on ? [key] : [])),
            ].join(' '),
        );
        expect(table).toEqual([
            'lib x test bench doc doctest harness',
            'bin x test bench doc harness',
            'example e harness',
            'test t test harness',
            'bench b bench harness',
            'custom-build build-script-build harness',
        ]);
    });

    it.each<[string, boolean]>([
        ['["lib"]', true],
        ['["rlib", "cdylib"]', true],
        ['["proc-macro"]', true],
        ['["dylib"]', false],
        ['["cdylib", "staticlib"]', false],
    ])('tests documentation of a library of %s: %s', (types, expected) => {
        expect(ofGood(`${head}[lib]\ncrate-type = ${types}\n`).targets[0]?.doctest).toBe(expected);
    });

    it('keeps lints in the order in which rustc weighs them', () => {
        const { lints, checkCfg } = ofGood(`${head}[lints.rust]
b = "warn"
a = { level = "deny" }
first = { level = "allow", priority = -2 }
unexpected_cfgs = { level = "warn", priority = 1, check-cfg = ['cfg(a)', 'cfg(b)'] }
[lints.clippy]
all = { level = "forbid" }
b = "warn"
[lints.cargo]
x = "warn"
`);
        expect(lints).toEqual([
            '--allow=first',
            '--warn=b',
            '--warn=clippy::b',
            '--forbid=clippy::all',
            '--deny=a',
            '--warn=unexpected_cfgs',
        ]);
        expect(checkCfg).toEqual(['cfg(a)', 'cfg(b)']);
    });

    it('says where dependencies come from', () => {
        const { dependencies } = ofGood(`${head}[dependencies]
plain = "1"
named = { version = "1", registry = "mine" }
indexed = { version = "1", registry-index = "sparse+https://index.example/" }
both = { version = "1", path = "../both" }
inner = { path = "in//./ner/" }
branch = { git = "https://git.example/r", branch = "next/1" }
bare = { git = "https://git.example/r" }
`);
        expect(
            Object.fromEntries(dependencies.map(({ name, from, requirement }) => [name, [requirement, from]])),
        ).toEqual({
            plain: ['1', { type: 'registry', registry: undefined }],
            named: ['1', { type: 'registry', registry: 'mine' }],
            indexed: ['1', { type: 'registry', registry: 'sparse+https://index.example/' }],
            both: ['1', { type: 'path', folder: '/both' }],
            inner: ['*', { type: 'path', folder: '/x/in/ner' }],
            branch: ['*', { type: 'git', url: 'https://git.example/r', reference: 'branch=next/1' }],
            bare: ['*', { type: 'git', url: 'https://git.example/r', reference: undefined }],
        });
    });

    it('of a published crate takes paths for what they were to its author', () => {
        const { of, problems } = read(
            `${head}[dependencies]\na = { version = "1", path = "../a" }\n`,
            undefined,
            'registry',
        );
        expect(problems).toEqual([]);
        expect(of?.dependencies[0]?.from).toEqual({ type: 'registry', registry: undefined });
    });

    it('that is only depended on need not have the files of its tests', () => {
        const text = `${head}[[test]]\nname = "gone"\n`;
        expect(read(text, undefined, 'registry').problems).toEqual([]);
        expect(read(text).problems).toHaveLength(1);
    });

    it('that holds a workspace alone is no package', () => {
        expect(read('[workspace]\n')).toEqual({ of: undefined, problems: [] });
    });

    it.each<[name: string, manifest: string, message: string]>([
        ['no TOML', '[package]\nname = \n', 'line 2: '],
        ['no name', '[package]\nversion = "1.0.0"', 'no name'],
        ['odd name', '[package]\nname = "a b"', '`a b` cannot name a package'],
        ['no version', '[package]\nname = "x"\nversion = "1.0"', '`1.0` is not a version'],
        ['a number for text', '[package]\nname = "x"\nedition = 2021', '`edition` is not text'],
        ['links without a script', `${head}links = "z"`, 'no build script'],
        ['nothing to inherit from', '[package]\nname = "x"\nversion.workspace = true', 'no workspace'],
        ['no requirement', `${head}[dependencies]\na = "latest"`, '`latest` is not a version requirement'],
        ['no source', `${head}[dependencies]\na = {}`, 'neither `version`, `path` nor `git`'],
        ['two sources', `${head}[dependencies]\na = { git = "u", path = "p" }`, 'both `git` and `path`'],
        ['two references', `${head}[dependencies]\na = { git = "u", tag = "t", rev = "r" }`, 'only one of'],
        ['optional for tests', `${head}[dev-dependencies]\na = { version = "1", optional = true }`, 'optional'],
        [
            'different sources',
            `${head}[dependencies]\na = "1"\n[build-dependencies]\na = { path = "a" }`,
            'different sources',
        ],
        ['a path of features', `${head}[dependencies]\na = { version = "1", features = ["b/c"] }`, 'not a feature'],
        ['odd platform', `${head}[target.'cfg(a'.dependencies]\na = "1"`, 'neither a target triple'],
        ['unknown feature', `${head}[features]\na = ["b"]`, 'neither a feature nor a dependency'],
        ['feature of nothing', `${head}[features]\na = ["b/c"]`, 'not a dependency'],
        [
            'dep: of a dependency that is there',
            `${head}[dependencies]\nb = "1"\n[features]\na = ["dep:b"]`,
            'not optional',
        ],
        [
            'dep: and /',
            `${head}[dependencies]\nb = { version = "1", optional = true }\n[features]\na = ["dep:b/c", "b"]`,
            'cannot be combined',
        ],
        [
            'hidden and unused',
            `${head}[dependencies]\nb = { version = "1", optional = true }\n[features]\nb = []`,
            'no feature includes',
        ],
        [
            'hidden and named',
            `${head}[dependencies]\nb = { version = "1", optional = true }\n[features]\na = ["dep:b", "b"]`,
            'write `dep:b`',
        ],
        ['weak for one that is there', `${head}[dependencies]\nb = "1"\n[features]\na = ["b?/c"]`, '`?` needs'],
        ['hyphen in a library', `${head}[lib]\nname = "a-b"`, 'no hyphen'],
        ['library without a file', `${head}[lib]\n`, 'has no src/lib.rs'],
        [
            'two of a name',
            `${head}[[bin]]\nname = "a"\npath = "a.rs"\n[[bin]]\nname = "a"\npath = "b.rs"`,
            'two `[[bin]]`',
        ],
        ['program without a file', `${head}[[bin]]\nname = "a"`, 'not where it is expected'],
        ['name of cargo', `${head}[[bin]]\nname = "deps"\npath = "a.rs"`, 'keeps that name'],
        ['macro and more', `${head}[lib]\ncrate-type = ["proc-macro", "lib"]`, 'something else'],
        [
            'old key in a new edition',
            '[package]\nname = "x"\nedition = "2024"\n[dev_dependencies]\n',
            'since edition 2024',
        ],
        ['odd level', `${head}[lints.rust]\na = "maybe"`, 'no level'],
        ['not a list', `${head}[features]\na = 1`, 'not a list'],
    ])('is wrong with %s', (name, manifest, message) => {
        const files: Files = name === 'library without a file' ? { '/x/src/main.rs': '' } : { '/x/src/lib.rs': '' };
        const { problems } = read(manifest, files);
        expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
        for (const { code, file } of problems) expect([code, file]).toEqual(['cargo/bad-manifest', '/x/Cargo.toml']);
    });

    it('is wrong with nothing to build', () => {
        expect(read(head, {}).problems.map(({ message }) => message)).toEqual(['the package has no target']);
    });

    it('is wrong with two files for a program', () => {
        const files = { '/x/src/bin/a.rs': '', '/x/src/bin/a/main.rs': '' };
        expect(read(`${head}[[bin]]\nname = "a"\n`, files).problems[0]?.message).toContain('two files');
    });

    it.each([
        `${head}[dependencies]\na = { version = "1", artifact = "bin" }`,
        `${head}build = ["a.rs", "b.rs"]`,
        `${head}metabuild = ["a"]`,
        `${head}forced-target = "t"`,
        `${head}[[bin]]\nname = "a"\npath = "a.rs"\nfilename = "b"`,
        `${head}[dependencies]\na = { base = "b", path = "p" }`,
        '[package]\nname = "x"\nedition = "2087"',
    ])('%j asks for what only nightly Cargo does', (manifest) => {
        const { problems } = read(manifest);
        expect(problems.map(({ code }) => code)).toEqual(['cargo/unsupported-manifest']);
        expect(problems[0]?.help).not.toBe('');
    });

    it('of any shape is read without a crash', () => {
        const tables = [
            'package',
            'lib',
            'bin',
            'test',
            'dependencies',
            'build-dependencies',
            'features',
            'target',
            'lints',
        ];
        const keys = [
            'name',
            'version',
            'workspace',
            'path',
            'git',
            'build',
            'features',
            'optional',
            'edition',
            'rust',
            'a',
            'constructor',
            'readme',
        ];
        const value = fc.letrec((tie) => ({
            any: fc.oneof(
                { depthSize: 'small' },
                fc.constantFrom('1', '', 'a/b', 'dep:a', 1, true, false),
                fc.array(tie('text')),
                tie('table'),
                fc.array(tie('table')),
            ),
            text: fc.constantFrom('a', 'dep:b', 'c?/d', ''),
            table: fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 4 }),
        }));
        fc.assert(
            fc.property(fc.dictionary(fc.constantFrom(...tables), value.any), (document) => {
                const { of, problems } = read(stringify(document));
                expect(
                    of === undefined &&
                        problems.length === 0 &&
                        typeof document['package'] === 'object' &&
                        !Array.isArray(document['package']),
                ).toBe(false);
            }),
            { numRuns: 500 },
        );
    });
});
