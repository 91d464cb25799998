// Two applications with crates in common: what is the same is built once, a patch is declared once for both, and rpkg tells how
// much they share and why not more.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import type { SharedActions } from '../../compiler/diff/shared.ts';
import { answer, freshPlace, type Place, rpkg, run, write } from '../support/whole.ts';

interface CrateFiles {
    readonly version?: string;
    readonly manifest?: string;
    readonly lib: string;
    readonly script?: string;
}

const crates: Readonly<Record<string, CrateFiles>> = {
    word: { lib: 'pub const WORD: &str = "plain";\n' },
    told: {
        manifest: 'links = "told"\n\n[features]\nmore = []\n',
        lib: 'pub const TOLD: &str = env!("TOLD");\n',
        script: 'fn main() {\n    println!("cargo:rustc-env=TOLD=told");\n    println!("cargo:rustc-link-search=native=/rpkg/out");\n}\n',
    },
    phrase: {
        manifest: '\n[dependencies]\nword = "1"\ntold = "1"\n',
        lib: 'pub fn phrase() -> String { format!("{} {}", word::WORD, told::TOLD) }\n',
    },
};

function checksum(name: string): string {
    return createHash('sha256').update(name).digest('hex');
}

function crateFiles(): Record<string, string> {
    return Object.assign(
        {},
        ...Object.entries(crates).map(([name, { manifest = '', lib, script }]) => {
            const at = `crates/${name}-1.0.0`;
            return {
                [`${at}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${manifest}`,
                [`${at}/.cargo-checksum.json`]: `{"files":{},"package":"${checksum(name)}"}`,
                [`${at}/src/lib.rs`]: lib,
                ...(script === undefined ? {} : { [`${at}/build.rs`]: script }),
            };
        }),
    ) as Record<string, string>;
}

function lock(app: string, dependencies: string): string {
    const locked = { phrase: '["told", "word"]', told: '[]', word: '[]' };
    const entries = Object.entries(locked).map(
        ([name, below]) =>
            `name = "${name}"\nversion = "1.0.0"\nsource = "registry+https://registry.example/index"\nchecksum = "${checksum(name)}"\ndependencies = ${below}\n`,
    );
    const own = `name = "${app}"\nversion = "1.0.0"\ndependencies = ${dependencies}\n`;
    return `version = 4\n${[own, ...entries].map((entry) => `\n[[package]]\n${entry}`).join('')}`;
}

function application(
    name: string,
    more: { readonly dependencies?: string; readonly recipe?: string; readonly profile?: string },
): Record<string, string> {
    const { dependencies = '', recipe = '', profile = '' } = more;
    return {
        [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n\n[dependencies]\nphrase = "1"\n${dependencies}${profile}`,
        [`${name}/Cargo.lock`]: lock(name, dependencies === '' ? '["phrase"]' : '["phrase", "told"]'),
        [`${name}/src/main.rs`]: `fn main() { println!("${name}: {}", phrase::phrase()); }\n`,
        [`${name}.rpkg`]: `rpkg 1

use "policy.rpkg" as policy

recipe ${name} is app {
    version = 1.0.0

    source main {
        path = "${name}"
    }

    driver = rustc
    apply policy.crates
${recipe}}
`,
    };
}

/** One patch for all applications that use the crate. */
const policy = `rpkg 1

profile crates {
    source patches {
        path = "patches"
    }

    vendor {
        from = directory
        path = "crates"
    }

    crate word {
        patches = ["patches/word.diff"] because "every application must have it"
    }
}
`;

function patch(word: string): string {
    return `--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1 +1 @@\n-pub const WORD: &str = "plain";\n+pub const WORD: &str = "${word}";\n`;
}

function place(second: Parameters<typeof application>[1] = {}): Place {
    const fresh = freshPlace();
    const patches = { 'policy.rpkg': policy, 'patches/word.diff': patch('patched') };
    write(fresh, { ...crateFiles(), ...patches, ...application('one', {}), ...application('two', second) });
    return fresh;
}

/** What a build runs, and what the program that it gives says. */
async function built(where: Place, name: string): Promise<{ readonly ran: readonly string[]; readonly said: string }> {
    const { exit, out, err } = await rpkg(where, ['build', `${name}.rpkg`]);
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' });
    const ran = [...err.matchAll(/^done +(\S+)/gm)].map(([, id = '']) => id).sort();
    const said = await run(where, [`${out.split('\n')[1] ?? ''}/usr/bin/${name}`]);
    return { ran, said: said.out.trim() };
}

async function shared(where: Place): Promise<SharedActions> {
    return JSON.parse(await answer(where, ['diff', 'one.rpkg', 'two.rpkg', '--shared', '--json'])) as SharedActions;
}

const common = ['told-1.0.0.lib', 'told-1.0.0.run', 'told-1.0.0.script', 'word-1.0.0.lib', 'phrase-1.0.0.lib'].map(
    (id) => `unit.${id}`,
);

test('a crate with a patch that a policy declares is patched and built once for two applications', async () => {
    const where = place();
    const first = await built(where, 'one');
    expect(first.said).toBe('one: patched told');
    expect(first.ran).toEqual([...common, 'install', 'patch.word-1.0.0', 'unit.one-1.0.0.bin.one'].sort());
    const second = await built(where, 'two');
    expect(second.said).toBe('two: patched told');
    expect(second.ran).toEqual(['install', 'unit.two-1.0.0.bin.two']);

    fs.writeFileSync(`${where.folder}/patches/word.diff`, patch('changed'));
    const patched = await built(where, 'two');
    expect(patched.said).toBe('two: changed told');
    expect(patched.ran).toContain('patch.word-1.0.0');
    expect(patched.ran).not.toContain('unit.told-1.0.0.lib');
    const other = await built(where, 'one');
    expect(other.said).toBe('one: changed told');
    expect(other.ran).toEqual(['install', 'unit.one-1.0.0.bin.one']);
});

test('the number of units in common is told, and it is what the store takes', async () => {
    const where = place();
    const { units, actions, sources, apart, shared: ids } = await shared(where);
    expect(units).toEqual({ before: 6, after: 6, shared: 5 });
    expect(actions).toEqual({ before: 8, after: 8, shared: 6 });
    expect(sources).toEqual({ before: 5, after: 5, shared: 4 });
    expect(ids).toEqual([...common, 'patch.word-1.0.0'].sort());
    expect(apart).toEqual([]);
    const text = await answer(where, ['diff', 'one.rpkg', 'two.rpkg', '--shared']);
    expect(text.split('\n').slice(1, 3)).toEqual([
        '6 and 6 units, 5 the same: built once for both',
        '8 and 8 actions that run, 6 the same; 5 and 5 sources, 4 the same',
    ]);
});

const differences: readonly (readonly [what: string, second: Parameters<typeof application>[1], text: string])[] = [
    ['features', { dependencies: 'told = { version = "1", features = ["more"] }\n' }, 'features: + more'],
    ['the profile', { profile: '\n[profile.release]\nopt-level = 1\n' }, 'flags: - -C opt-level=3, + -C opt-level=1'],
    ['flags', { recipe: '    rustflags = ["-Cforce-frame-pointers=yes"]\n' }, 'flags: + -Cforce-frame-pointers=yes'],
    ['variables', { recipe: '    env.LOUD = "yes"\n' }, 'variables: LOUD'],
    ['the salt', { recipe: '    salt = "two"\n' }, 'salt'],
    [
        'a flag of one crate',
        { recipe: '    crate told {\n        rustflags = ["-Cforce-frame-pointers=yes"]\n    }\n' },
        'flags: + -Cforce-frame-pointers=yes',
    ],
];

test.each(differences)('what is not shared because of %s is told with the reason', async (_, second, text) => {
    const where = place(second);
    const said = await answer(where, ['diff', 'one.rpkg', 'two.rpkg', '--shared']);
    expect(said.split('\n').map((line) => line.trim())).toContain(text);
    const { units, apart } = await shared(where);
    expect(units.shared).toBe(5 - apart.length);
    for (const { before, reasons } of apart) {
        expect(reasons, before).not.toEqual([]);
    }
});

test('crates above one that differs say so', async () => {
    const where = place({ dependencies: 'told = { version = "1", features = ["more"] }\n' });
    const { apart } = await shared(where);
    const phrase = apart.find(({ before }) => before === 'unit.phrase-1.0.0.lib');
    expect(phrase?.reasons.map(({ kind }) => kind)).toEqual(['dependencies']);
    expect(phrase?.reasons[0]?.details).toContain('unit.told-1.0.0.lib');
    expect(phrase?.reasons[0]?.details).not.toContain('unit.word-1.0.0.lib');
});

test('a kind of link-time optimisation that libraries do not see leaves them shared', async () => {
    const where = place({ profile: '\n[profile.release]\nlto = "fat"\n' });
    const first = `${where.folder}/one/Cargo.toml`;
    fs.appendFileSync(first, '\n[profile.release]\nlto = "thin"\n');
    expect((await shared(where)).units.shared).toBe(5);
});
