// Which packages `-p` means, and which features may be asked for: what is told when it means none, several, or something else.
import { describe, expect, it } from 'vitest';
import { parseCargoLock } from '../../../compiler/cargo/lock-file.ts';
import { lockedGraph } from '../../../compiler/cargo/locked-graph.ts';
import { planUnits } from '../../../compiler/cargo/unit-graph.ts';
import { loadWorkspace } from '../../../compiler/cargo/workspace.ts';
import { memoryView } from '../../support/cargo-tree.ts';

const host = { triple: 'x86_64-unknown-linux-gnu', cfg: new Set(['unix']) };
const index = 'registry+https://github.com/rust-lang/crates.io-index';

function crate(name: string, version: string, more = ''): Readonly<Record<string, string>> {
    const at = `/crates/${name}-${version}`;
    const manifest = `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${more}`;
    return { [`${at}/Cargo.toml`]: manifest, [`${at}/src/lib.rs`]: '' };
}

const files = {
    '/w/Cargo.toml': `
[package]
name = "app"
version = "1.0.0"
edition = "2021"

[features]
wide = ["dep:hidden"]

[dependencies]
word = "2"
old-word = { package = "word", version = "1" }
hidden = { version = "1", optional = true }

[build-dependencies]
tool = "1"

[target.'cfg(windows)'.dependencies]
there = "1"
`,
    '/w/build.rs': 'fn main() {}\n',
    '/w/src/main.rs': 'fn main() {}\n',
    ...crate('word', '1.0.0', '[features]\nloud = []\n'),
    ...crate('word', '2.1.0', '[dev-dependencies]\ntests = "1"\n'),
    ...crate('hidden', '1.0.0'),
    ...crate('tool', '1.0.0'),
};

const lock = `version = 4
${[
    'name = "app"\nversion = "1.0.0"\ndependencies = ["hidden", "there", "tool", "word 1.0.0", "word 2.1.0"]',
    ...['hidden 1.0.0', 'there 1.0.0', 'tool 1.0.0', 'word 1.0.0', 'word 2.1.0'].map((text) => {
        const [name = '', version = ''] = text.split(' ');
        return `name = "${name}"\nversion = "${version}"\nsource = "${index}"\nchecksum = "${'0'.repeat(64)}"`;
    }),
]
    .map((entry) => `\n[[package]]\n${entry}\n`)
    .join('')}`;

/** Names of packages that are built, or what is wrong. */
function plan(packages: readonly string[] | undefined, features: readonly string[] = []): readonly string[] {
    return planFor({ packages, features, intent: 'build' });
}

function planFor({
    packages,
    features,
    intent,
}: {
    packages: readonly string[] | undefined;
    features: readonly string[];
    intent: 'build' | 'test';
}): readonly string[] {
    const view = memoryView(files);
    const loaded = loadWorkspace(view, '/w');
    const parsed = parseCargoLock(lock);
    if (!loaded.ok || !parsed.ok) throw new Error(JSON.stringify([loaded, parsed]));
    const { workspace } = loaded;
    const crateFolder = ({ name, version }: { name: string; version: string }): string => `/crates/${name}-${version}`;
    const { units, problems } = planUnits({
        workspace,
        graph: lockedGraph({ workspace, lock: parsed.packages, view, crateFolder }),
        selection: { intent, packages, targets: undefined },
        features: { features, all: false, defaults: true },
        profile: { name: 'release' },
        host,
    });
    if (units === undefined) return problems.map(({ code, message, help }) => `${code}: ${message}; ${help ?? ''}`);
    const built = new Set(units.units.map(({ package: { id } }) => `${id.name} ${id.version}`));
    return [...built].sort();
}

describe('a package that is no member', () => {
    it.each(['word@2', 'word@2.1', 'word@2.1.0', 'word:2.1.0', `${index}#word@2.1.0`])('is %s', (spec) => {
        expect(plan([spec])).toEqual(['word 2.1.0']);
    });

    it.each(['app', 'app@1', 'path+file:///w#app@1.0.0', 'file:///w#app', 'a*'])('stays away for %s', (spec) => {
        expect(plan([spec])).toEqual(['app 1.0.0', 'tool 1.0.0', 'word 1.0.0', 'word 2.1.0']);
    });

    it('is built beside a member', () => {
        expect(plan(['word@1', 'app'])).toEqual(['app 1.0.0', 'tool 1.0.0', 'word 1.0.0', 'word 2.1.0']);
    });

    it.each([
        [
            'word',
            'cargo/ambiguous-package: `word` can mean `word 1.0.0` and `word 2.1.0`; name one of them: `word@1.0.0`, `word@2.1.0`',
        ],
        [
            'wird@2',
            'cargo/unknown-package: no package of the workspace or of its Cargo.lock is `wird@2`; name a member, or a dependency as `NAME` or `NAME@VERSION`',
        ],
        [
            'wird',
            'cargo/unknown-package: no package of the workspace or of its Cargo.lock is `wird`; did you mean `word`?',
        ],
        [
            'w*',
            'cargo/unknown-package: no package of the workspace or of its Cargo.lock is `w*`; name a member, or a dependency as `NAME` or `NAME@VERSION`',
        ],
    ])('%s is told', (spec, problem) => {
        expect(plan([spec])).toEqual([problem]);
    });

    it.each(['tool', 'there', 'hidden'])('cannot be %s, which the target does not need', (spec) => {
        const [problem = '', ...more] = plan([spec]);
        expect(problem).toContain(
            `cargo/unknown-package: \`${spec}\` is in Cargo.lock (${spec} 1.0.0), and the target needs nothing of it; `,
        );
        expect(more).toEqual([]);
    });

    it('takes no features, and is not tested', () => {
        expect(plan(['word@1'], ['loud'])).toEqual([
            'cargo/unknown-feature: features are chosen for a package that is not a member of the workspace; leave them out: such a package has the features that members ask of it',
        ]);
        expect(planFor({ packages: ['word@2'], features: [], intent: 'test' })[0]).toContain(
            'cargo/unknown-package: `word 2.1.0` is no member of the workspace, and its tests need packages',
        );
    });
});

describe('a feature', () => {
    it('is no dependency that `dep:` hides', () => {
        expect(plan(undefined, ['hidden'])).toEqual([
            'cargo/unknown-feature: `hidden` is an optional dependency and no feature: `dep:hidden` hides it; name a feature that turns it on: `wide`',
        ]);
        expect(plan(undefined, ['wide'])).toContain('hidden 1.0.0');
    });

    it('is one that the dependency has', () => {
        expect(plan(undefined, ['old-word/loud'])).toContain('word 1.0.0');
        expect(plan(undefined, ['word/loud'])).toEqual([
            'cargo/unknown-feature: `word 2.1.0` has no feature `loud`; take `loud` out of the features asked for',
        ]);
    });
});
