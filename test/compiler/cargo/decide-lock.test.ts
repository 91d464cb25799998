import { describe, expect, it } from 'vitest';
import { parseCfgLines } from '../../../compiler/cargo/cfg.ts';
import { crateFolders, cratesIn } from '../../../compiler/cargo/crate-folders.ts';
import { availablePackages, type DecidedLock, decideLock } from '../../../compiler/cargo/decide-lock.ts';
import { packageLoader } from '../../../compiler/cargo/load-package.ts';
import type { CargoProblem } from '../../../compiler/cargo/problem.ts';
import { loadWorkspace } from '../../../compiler/cargo/workspace.ts';
import { type Files, library, memoryView } from '../../support/cargo-tree.ts';

/** Crates of the folder: `NAME VERSION` → the rest of the manifest. */
type Crates = Readonly<Record<string, string>>;

function decide(manifest: string, crates: Crates, more: Files = {}): DecidedLock {
    const files: Record<string, string> = { ...library('/w', 'app', manifest), ...more };
    for (const [key, rest] of Object.entries(crates)) {
        const [name = '', version = ''] = key.split(' ');
        files[`/crates/${name}-${version}/Cargo.toml`] = `[package]\nname = "${name}"\nversion = "${version}"\n${rest}`;
        files[`/crates/${name}-${version}/src/lib.rs`] = '';
        if (rest.includes('links =')) files[`/crates/${name}-${version}/build.rs`] = '';
    }
    const view = memoryView(files);
    const loaded = loadWorkspace(view, '/w');
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
    const told: CargoProblem[] = [];
    const platform = { triple: 'x86_64-unknown-linux-gnu', cfg: parseCfgLines('unix') };
    return decideLock({
        workspace: loaded.workspace,
        asks: [
            {
                selection: { intent: 'build', packages: undefined, targets: undefined },
                features: { features: [], all: false, defaults: true },
            },
        ],
        available: availablePackages({ policy: 'resolve', unlock: [] }, [], { there: cratesIn(view, '/crates') }),
        load: packageLoader({ workspace: loaded.workspace, view, crateFolder: crateFolders(view, '/crates') }, told),
        told,
        host: platform,
        target: undefined,
        checksum: () => undefined,
    });
}

/** `NAME VERSION` of what was chosen besides the workspace. */
function chosen({ packages, problems }: DecidedLock): readonly string[] {
    expect(problems).toEqual([]);
    return packages.filter(({ name }) => name !== 'app').map(({ name, version }) => `${name} ${version}`);
}

function messages({ problems }: DecidedLock): readonly string[] {
    return problems.map(({ code, package: owner, message }) => `${code}: ${owner ?? ''}: ${message}`);
}

describe('the versions of a build', () => {
    it('are the newest that fit, releases before what leads to them', () => {
        const crates = { 'a 1.0.0': '', 'a 1.3.0': '', 'a 1.4.0-rc.1': '', 'a 2.0.0': '' };
        expect(chosen(decide('[dependencies]\na = "1"\n', crates))).toEqual(['a 1.3.0']);
        expect(chosen(decide('[dependencies]\na = ">=1, <3"\n', crates))).toEqual(['a 2.0.0']);
    });

    it('are one of each that count as the same', () => {
        const crates = {
            'a 0.1.1': '',
            'a 0.1.2': '',
            'a 0.2.0': '',
            'b 1.0.0': '[dependencies]\na = "=0.1.1"\n',
            'c 1.0.0': '[dependencies]\na = "0.2"\n',
        };
        const manifest = '[dependencies]\na = "0.1"\nb = "1"\nc = "1"\n';
        expect(chosen(decide(manifest, crates))).toEqual(['a 0.1.1', 'a 0.2.0', 'b 1.0.0', 'c 1.0.0']);
    });

    it('are older ones where the newest needs what is not there', () => {
        const crates = { 'a 1.0.0': '', 'a 1.1.0': '[dependencies]\ngone = "1"\n' };
        expect(chosen(decide('[dependencies]\na = "1"\n', crates))).toEqual(['a 1.0.0']);
    });

    it('link to each native library once', () => {
        const crates = {
            'z-sys 1.0.0': 'links = "z"\n',
            'z-sys 2.0.0': 'links = "z"\n',
            'b 1.0.0': '[dependencies]\nz-sys = "1"\n',
        };
        expect(chosen(decide('[dependencies]\nb = "1"\nz-sys = ">=1"\n', crates))).toEqual(['b 1.0.0', 'z-sys 1.0.0']);
        expect(messages(decide('[dependencies]\nb = "1"\nz-sys = "2"\n', crates))).toEqual([
            'cargo/version-conflict: b 1.0.0: needs `z-sys 1.0.0`, which links to `z`, as `z-sys 2.0.0` of the build does',
        ]);
    });
});

describe('what a build needs', () => {
    it('is what features ask for, however they ask', () => {
        const crates = {
            'a 1.0.0':
                '[features]\non = ["dep:b", "c?/extra"]\n[dependencies]\nb = { version = "1", optional = true }\nc = { version = "1", optional = true }\n',
            'b 1.0.0': '',
            'c 1.0.0': '[features]\nextra = ["dep:d"]\n[dependencies]\nd = { version = "1", optional = true }\n',
            'd 1.0.0': '',
        };
        const features = (...names: readonly string[]): string =>
            `[dependencies]\na = { version = "1", features = ${JSON.stringify(names)} }\n`;
        expect(chosen(decide(features(), crates))).toEqual(['a 1.0.0']);
        expect(chosen(decide(features('on'), crates))).toEqual(['a 1.0.0', 'b 1.0.0']);
        const { packages } = decide(`${features('on')}e = "1"\n`, {
            ...crates,
            'e 1.0.0': '[dependencies]\na = { version = "1", features = ["c"] }\n',
            'a 1.0.0': crates['a 1.0.0'].replace('[features]\n', '[features]\nc = ["dep:c"]\n'),
        });
        expect(packages.map(({ name }) => name)).toEqual(['a', 'app', 'b', 'c', 'd', 'e']);
    });

    it('leaves out tests, other platforms and options', () => {
        const manifest =
            '[dependencies]\na = { version = "1", optional = true }\n[dev-dependencies]\nb = "1"\n[target."cfg(windows)".dependencies]\nc = "1"\n';
        expect(chosen(decide(manifest, {}))).toEqual([]);
    });

    it('is told crate by crate when it is not there', () => {
        const crates = { 'b 0.9.0': '', 'c 1.0.0': '[dependencies]\nd = "1"\n' };
        expect(messages(decide('[dependencies]\na = "1"\nb = "1"\nc = "1"\n', crates))).toEqual([
            'cargo/no-version: app 0.1.0: needs `a 1`, and no crate of this name is there',
            'cargo/no-version: app 0.1.0: needs `b 1`, and there is 0.9.0',
            'cargo/no-version: c 1.0.0: needs `d 1`, and no crate of this name is there',
        ]);
    });

    it('is not there without the feature that is asked for', () => {
        const manifest = '[dependencies]\na = { version = "1", features = ["on"] }\n';
        expect(chosen(decide(manifest, { 'a 1.0.0': '[features]\non = []\n', 'a 1.1.0': '' }))).toEqual(['a 1.0.0']);
        expect(messages(decide(manifest, { 'a 1.1.0': '' }))).toEqual([
            'cargo/no-version: app 0.1.0: needs `a 1` with the feature `on`, which `a 1.1.0` does not have',
        ]);
    });
});

describe('`[patch]`', () => {
    const manifest = '[dependencies]\na = "1"\nb = "1"\n[patch.crates-io]\na = { path = "own" }\n';
    const own = {
        '/w/own/Cargo.toml': '[package]\nname = "a"\nversion = "1.1.0"\n',
        '/w/own/src/lib.rs': '',
    };

    it('goes before a crate of its version, and before older ones', () => {
        const crates = { 'a 1.1.0': '', 'a 1.0.0': '', 'b 1.0.0': '[dependencies]\na = "1"\n' };
        const { packages, problems } = decide(manifest, crates, own);
        expect(problems).toEqual([]);
        const found = packages.filter(({ name }) => name === 'a');
        expect(found.map(({ version, source }) => ({ version, source }))).toEqual([
            { version: '1.1.0', source: undefined },
        ]);
    });

    it('does not keep a newer one out', () => {
        const crates = { 'a 1.2.0': '', 'b 1.0.0': '[dependencies]\na = "1"\n' };
        expect(chosen(decide(manifest, crates, own))).toEqual(['a 1.2.0', 'b 1.0.0']);
    });
});
