// The settings that sources declare, in the forms of old and new releases, and the table that they are put into.
import { describe, expect, test } from 'vitest';
import { mergedTable } from '../../../compiler/rustc/merge-schema.ts';
import { documentedKeys, readSchema } from '../../../compiler/rustc/read-schema.ts';
import { releaseOf } from '../../../compiler/rustc/release.ts';
import { structsOf, withoutComments } from '../../../compiler/rustc/rust-structs.ts';
import { factDifferences, schemaDifferences, sourceFacts } from '../../../compiler/rustc/source-facts.ts';
import table from '../../../compiler/rustc/schema-table.json' with { type: 'json' };

const oldForm = `
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TomlConfig {
    changelog_seen: Option<usize>,
    build: Option<Build>,
    target: Option<HashMap<String, TomlTarget>>,
}
macro_rules! define_config {
    ($(#[$attr:meta])* struct $name:ident { $($field:ident: Option<$field_ty:ty> = $field_key:literal,)* }) => {};
}
define_config! {
    /// Words. struct Nothing { here: Option<bool> = "here", }
    #[derive(Default)]
    struct Build {
        build: Option<String> = "build",
        // gone: Option<bool> = "gone",
        build_dir: Option<PathBuf> = "build-dir", // "a \\" b"
        /* /* nested */ */
        tools: Option<HashSet<String>> = "tools",
        jobs: Option<u32> = "jobs",
    }
}
define_config! { struct TomlTarget { cc: Option<String> = "cc", no_std: Option<bool> = "no-std" } }
`;

const newForm = [
    {
        path: 'src/bootstrap/src/core/config/toml/mod.rs',
        text: `
pub(crate) struct TomlConfig {
    #[serde(flatten)]
    pub(crate) change_id: ChangeIdWrapper,
    pub(super) rust: Option<Rust>,
    pub(super) pgo: Option<Pgo>,
    pub(super) include: Option<Vec<PathBuf>>,
}`,
    },
    {
        path: 'src/bootstrap/src/core/config/toml/change_id.rs',
        text: `
pub enum ChangeId { Ignore, Id(usize) }
pub(crate) struct ChangeIdWrapper {
    #[serde(alias = "change-id", default, deserialize_with = "deserialize_change_id")]
    pub(crate) inner: Option<ChangeId>,
}`,
    },
    {
        path: 'src/bootstrap/src/core/config/toml/rust.rs',
        text: `
define_config! {
    struct Rust {
        tool: Option<HashMap<String, Tool>> = "tool",
        rustflags: Option<Vec<String>> = "rustflags",
        sparkle: Option<Sparkle> = "sparkle",
        record_path: Option<String> = "record_path",
        r#type: Option<bool> = "type",
    }
}
define_config! { struct Tool { features: Option<Vec<String>> = "features", } }
define_config! { struct Pgo { rustc: Option<PgoConfig> = "rustc", } }
define_config! { struct PgoConfig { profile_use: Option<PathBuf> = "use", } }
pub struct Sparkle<T> { shine: T }
`,
    },
    { path: 'src/bootstrap/src/lib.rs', text: 'pub struct Rust { wrong: bool, other: Cell<Option<bool>> }' },
];

function keysOf(files: readonly { path: string; text: string }[]): Record<string, string> {
    return Object.fromEntries(readSchema(files)?.keys ?? []);
}

describe('settings', () => {
    test('in one file, with lists and tables of targets', () => {
        expect(keysOf([{ path: 'src/bootstrap/config.rs', text: oldForm }])).toEqual({
            'changelog-seen': 'integer',
            'build.build': 'string',
            'build.build-dir': 'path',
            'build.tools': 'strings',
            'build.jobs': 'integer',
            'target.*.cc': 'string',
            'target.*.no-std': 'boolean',
        });
    });

    test('in several files, with sections in sections and a field that is flat', () => {
        expect(keysOf(newForm)).toEqual({
            'change-id': 'change-id',
            'rust.tool.*.features': 'strings',
            'rust.rustflags': 'strings',
            'rust.record_path': 'string',
            'rust.type': 'boolean',
            'pgo.rustc.use': 'path',
            include: 'paths',
        });
    });

    test('of a type that is not known are told', () => {
        expect(readSchema(newForm)?.unknown).toEqual([{ key: 'rust.sparkle', type: 'Sparkle' }]);
    });

    test('that are declared in another way are not read', () => {
        expect(readSchema([{ path: 'a.rs', text: 'fn main() {}' }])).toBeUndefined();
        expect(readSchema([{ path: 'a.rs', text: 'struct TomlConfig { a: Option<bool> }' }])).toBeUndefined();
    });

    test('comments end where they end', () => {
        expect(withoutComments('a // b\n"// c" /* d /* e */ f */ \'"\' // g\nr#"/* h"# i').replaceAll(/ +/g, ' ')).toBe(
            'a \n"// c" \'"\' \nr#"/* h"# i',
        );
        expect(structsOf('struct A { x: [u8; 2], "unclosed')).toMatchObject([{ name: 'A' }]);
    });
});

test('example files name settings with their sections, or below them', () => {
    const old =
        '# text = here it is\n#changelog-seen = 2\n[build]\n#jobs = 1\n[target.x86_64-unknown-linux-gnu]\n#cc = "cc"\n';
    expect([...documentedKeys(old)]).toEqual(['changelog-seen', 'build.jobs', 'target.*.cc']);
    const young =
        '#rust.channel = "dev"\n#build.tool.TOOL_NAME.features = []\n[target.x86_64-unknown-linux-gnu]\n#cc = "cc"\n';
    expect([...documentedKeys(young)]).toEqual(['rust.channel', 'build.tool.*.features', 'target.*.cc']);
});

describe('the table with a release in it', () => {
    interface Table {
        readonly samples: Record<string, { readonly source: string; readonly change?: number }>;
        readonly keys: Record<string, Record<string, string | null>>;
    }
    const merged = (release: string, keys: Record<string, string>): Table =>
        JSON.parse(
            mergedTable({ release, source: 'here', change: 7, keys: new Map(Object.entries(keys)) as never }),
        ) as Table;

    test('has what is new, what is another, and what is gone', () => {
        const { samples, keys } = merged('1.99.0', { 'build.build': 'path', 'rust.sparkle': 'boolean' });
        expect(samples['1.99.0']).toEqual({ source: 'here', change: 7 });
        expect(keys['build.build']).toEqual({ '1.63.0': 'string', '1.99.0': 'path' });
        expect(keys['rust.sparkle']).toEqual({ '1.99.0': 'boolean' });
        expect(keys['rust.channel']).toEqual({ '1.63.0': 'string', '1.99.0': null });
    });

    test('tells more exactly what was between two samples', () => {
        const { samples, keys } = merged('1.80.0', { 'build.jobs': 'integer', 'rust.split-debuginfo': 'string' });
        expect(Object.keys(samples).slice(0, 4)).toEqual(['1.63.0', '1.78.0', '1.80.0', '1.85.1']);
        expect(keys['build.jobs']).toEqual({ '1.80.0': 'integer' });
        expect(keys['rust.split-debuginfo']).toEqual({ '1.63.0': 'string', '1.85.1': null });
    });

    test('is the same when nothing is new', () => {
        const schema = Object.entries(table.keys as Table['keys']).flatMap(([key, history]) => {
            const last = Object.values(history).at(-1);
            return last === null || last === undefined ? [] : [[key, last] as const];
        });
        const newest = Object.keys(table.samples).at(-1) ?? '';
        const again = mergedTable({
            release: newest,
            keys: new Map(schema) as never,
            ...(table.samples as Table['samples'])[newest],
            source: (table.samples as Table['samples'])[newest]?.source ?? '',
        });
        expect(JSON.parse(again)).toEqual(table);
    });
});

describe('differences', () => {
    const release = releaseOf('1.95.0') ?? expect.fail();

    test('of settings', () => {
        const keys = new Map(Object.entries({ 'build.build': 'path', 'rust.sparkle': 'boolean' } as const));
        const differences = schemaDifferences(release, { keys, unknown: [] });
        expect(differences).toContainEqual({ key: 'build.build', table: 'string', sources: 'path' });
        expect(differences).toContainEqual({ key: 'rust.sparkle', table: undefined, sources: 'boolean' });
        expect(differences).toContainEqual({ key: 'rust.channel', table: 'string', sources: undefined });
    });

    test('of what else the sources say', () => {
        const files = [
            { path: 'src/bootstrap/src/utils/change_tracker.rs', text: 'change_id: 5,\n change_id: 148672,' },
            { path: 'src/bootstrap/src/core/build_steps/llvm.rs', text: 'panic!("bad {version}, need >=23")' },
        ];
        const facts = sourceFacts(files, 'compiler_version=1.90.0\ncompiler_date=2025-09-18\n', 'version = "0.90.0"\n');
        expect(facts).toMatchObject({ change: 148672, oldestLlvm: 23, cargo: '0.90.0' });
        expect(factDifferences(release, facts)).toHaveLength(4);
        const right = sourceFacts([], 'compiler_version=1.94.0\ncompiler_date=2026-03-05\n', undefined);
        expect(factDifferences(release, { ...right, change: 148671 })).toEqual([]);
    });
});
