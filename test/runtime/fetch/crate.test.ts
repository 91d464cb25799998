// The real cargo against a registry on the loopback address.
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchableTogether } from '../../../runtime/fetch/cargo-fetch.ts';
import { fetchCrate, fetchCrates } from '../../../runtime/fetch/crate.ts';
import { fetchSource } from '../../../runtime/fetch/fetch.ts';
import {
    cargoEnvironment,
    type CrateRecipe,
    type MadeCrate,
    makeCrate,
    newPackage,
    replacedBy,
    serveRegistry,
} from './registry.ts';
import type { TestServer } from './server.ts';
import { failureOf, filesOf, openWorkbench, troubles, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
let server: TestServer;
const crates: Record<string, MadeCrate> = {};

const recipes: readonly CrateRecipe[] = [
    { name: 'alpha', version: '1.0.0', dependencies: { beta: '1' } },
    { name: 'beta', version: '1.0.0' },
    { name: 'beta', version: '1.0.1' },
    { name: 'beta', version: '2.0.0' },
    { name: 'prog', version: '0.1.0', files: { 'src/main.rs': 'fn main() {}\n' } },
    {
        name: 'marked',
        version: '1.0.0',
        files: { '.cargo-ok': 'ok', '.cargo-checksum.json': '{"lies":1}', 'sub/.cargo-ok': 'kept' },
    },
    { name: 'astray', version: '1.0.0', root: 'beta-1.0.0' },
];

beforeAll(async () => {
    bench = await openWorkbench();
    for (const recipe of recipes) crates[`${recipe.name} ${recipe.version}`] = makeCrate(bench.folder, recipe);
    server = await serveRegistry(Object.values(crates));
});
afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
});

function crate(title: string): MadeCrate {
    const found = crates[title];
    if (found === undefined) throw new Error(title);
    return found;
}

const environment = (path?: string): NodeJS.ProcessEnv => cargoEnvironment(bench.folder, replacedBy(server), path);

/** A PATH on which `cargo` first writes down how it was called. */
function watchedCargo(): { readonly path: string; readonly calls: () => string[] } {
    const folder = mkdtempSync(join(bench.folder, 'bin-'));
    const log = join(folder, 'log');
    const path = process.env['PATH'] ?? '';
    writeFileSync(join(folder, 'cargo'), `#!/bin/sh\necho "$PWD $*" >> '${log}'\nPATH='${path}' exec cargo "$@"\n`, {
        mode: 0o755,
    });
    return {
        path: `${folder}:${path}`,
        calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    };
}

describe('one crate', () => {
    test('is its files, and what a directory source needs', async () => {
        const beta = crate('beta 1.0.0');
        const source = { type: 'crate', name: 'beta', version: '1.0.0', hash: beta.hash } as const;
        const tree = valueOf(await fetchSource(source, bench.context({ environment: environment() })));
        const files = filesOf(bench.store, tree);
        expect(Object.keys(files).sort()).toEqual(['.cargo-checksum.json', 'Cargo.toml', 'src/lib.rs']);
        expect(JSON.parse(files['.cargo-checksum.json'] ?? '')).toEqual({ files: {}, package: beta.hash.slice(7) });
        const nothing = bench.context({ offline: true, environment: { PATH: '/nonexistent', HOME: '/nonexistent' } });
        expect(valueOf(await fetchSource(source, nothing))).toBe(tree);
    });

    test('may hold only a program', async () => {
        valueOf(await fetchCrate(crate('prog 0.1.0'), bench.context({ environment: environment() })));
    });

    test('loses the markers of an unpacked crate, at its top only', async () => {
        const tree = valueOf(await fetchCrate(crate('marked 1.0.0'), bench.context({ environment: environment() })));
        const files = filesOf(bench.store, tree);
        expect(Object.keys(files).sort()).toEqual([
            '.cargo-checksum.json',
            'Cargo.toml',
            'src/lib.rs',
            'sub/.cargo-ok',
        ]);
        expect(files['.cargo-checksum.json']).not.toContain('lies');
    });

    test('comes from the cache of cargo without cargo', async () => {
        const { bytes, ...gamma } = makeCrate(bench.folder, { name: 'gamma', version: '1.0.0' });
        const home = mkdtempSync(join(bench.folder, 'home-'));
        const cache = join(home, '.cargo', 'registry', 'cache', 'some-registry');
        mkdirSync(cache, { recursive: true });
        writeFileSync(join(cache, 'gamma-1.0.0.crate'), bytes);
        const context = bench.context({ offline: true, environment: { HOME: home, PATH: '/nonexistent' } });
        valueOf(await fetchCrate(gamma, context));
    });

    test('comes from the registry folder of a distribution', async () => {
        const { bytes, ...delta } = makeCrate(bench.folder, { name: 'delta', version: '1.0.0' });
        const registry = mkdtempSync(join(bench.folder, 'local-registry-'));
        writeFileSync(join(registry, 'delta-1.0.0.crate'), bytes);
        const local = cargoEnvironment(bench.folder, `local-registry = "${registry}"`);
        valueOf(await fetchCrate(delta, bench.context({ offline: true, environment: local })));
    });
});

describe('many crates', () => {
    test('that no lock file names need one call of cargo if they fit together', async () => {
        const cargo = watchedCargo();
        await using own = await openWorkbench();
        const wanted = [crate('alpha 1.0.0'), crate('beta 2.0.0'), crate('beta 1.0.1')];
        const trees = valueOf(
            await fetchCrates(wanted, undefined, own.context({ environment: environment(cargo.path) })),
        );
        expect(trees.map((tree) => filesOf(own.store, tree)['src/lib.rs'])).toEqual([
            'pub const NAME: &str = "alpha 1.0.0";\n',
            'pub const NAME: &str = "beta 2.0.0";\n',
            'pub const NAME: &str = "beta 1.0.1";\n',
        ]);
        expect(cargo.calls()).toHaveLength(1);
        expect(cargo.calls()[0]).toMatch(/^\/ fetch --manifest-path /);
        expect(await troubles(own)).toEqual([]);
    });

    test('that exclude each other come as well', async () => {
        await using own = await openWorkbench();
        const wanted = [crate('beta 1.0.0'), crate('beta 1.0.1')];
        const trees = valueOf(await fetchCrates(wanted, undefined, own.context({ environment: environment() })));
        expect(new Set(trees).size).toBe(2);
    });

    test('that were there together are looked up together, and one that went is brought again', async () => {
        await using own = await openWorkbench();
        const wanted = [crate('alpha 1.0.0'), crate('beta 1.0.1')];
        const context = own.context({ environment: environment() });
        const trees = valueOf(await fetchCrates(wanted, undefined, context));
        const nothing = own.context({ offline: true, environment: { PATH: '/nonexistent', HOME: '/nonexistent' } });
        expect(valueOf(await fetchCrates(wanted, undefined, nothing))).toEqual(trees);
        expect(valueOf(await fetchCrates(wanted.toReversed(), undefined, nothing))).toEqual(trees.toReversed());
        const [first] = trees;
        if (first !== undefined) valueOf(await own.store.quarantine(first));
        expect(failureOf(await fetchCrates(wanted, undefined, nothing))).toMatchObject({ kind: 'offline' });
        expect(valueOf(await fetchCrates(wanted, undefined, context))).toEqual(trees);
    });

    test('none at all need nothing', async () => {
        expect(valueOf(await fetchCrates([], undefined, bench.context({ environment: {} })))).toEqual([]);
    });

    test('a composed folder of them is a directory source', async () => {
        await using own = await openWorkbench();
        const wanted = [crate('alpha 1.0.0'), crate('beta 1.0.1')];
        const trees = valueOf(await fetchCrates(wanted, undefined, own.context({ environment: environment() })));
        const parts = Object.fromEntries(trees.map((tree, index) => [`crate-${index}`, tree]));
        const vendor = own.store.objectPath(valueOf(await own.store.compose(parts, 'vendor')));
        const offline = cargoEnvironment(own.folder, `directory = "${vendor}"`);
        const folder = newPackage(own.folder, 'alpha = "1"\n');
        const said = execFileSync('cargo', ['metadata', '--offline', '--format-version=1'], {
            cwd: folder,
            env: offline,
            stdio: ['ignore', 'pipe', 'ignore'],
        });
        const { packages } = JSON.parse(said.toString()) as { packages: { name: string }[] };
        expect(packages.map(({ name }) => name).sort()).toEqual(['alpha', 'beta', 'user']);
    });
});

describe('the crates of a lock file', () => {
    async function locked(
        folder: string,
        dependencies: string,
        files: Readonly<Record<string, string>> = {},
    ): Promise<string> {
        const made = newPackage(folder, dependencies);
        // The registry is served by this process, which must not wait.
        await promisify(execFile)('cargo', ['generate-lockfile'], { cwd: made, env: environment() });
        for (const [path, text] of Object.entries(files)) {
            mkdirSync(dirname(join(made, path)), { recursive: true });
            writeFileSync(join(made, path), text);
        }
        return made;
    }

    test('come with one call; settings of the package have no say, and the package is not touched', async () => {
        const cargo = watchedCargo();
        await using own = await openWorkbench();
        const folder = await locked(own.folder, 'alpha = "1"\nother = { package = "beta", version = "2" }\n', {
            '.cargo/config.toml': 'this is not toml, and would be an error if it were read',
            'rust-toolchain.toml': '[toolchain]\nchannel = "no-such-channel"\n',
        });
        const tree = valueOf(await own.store.importTree(folder, { what: 'package' }));
        const manifest = join(own.store.objectPath(tree), 'Cargo.toml');
        const wanted = [crate('alpha 1.0.0'), crate('beta 1.0.1'), crate('beta 2.0.0')];
        valueOf(await fetchCrates(wanted, manifest, own.context({ environment: environment(cargo.path) })));
        expect(cargo.calls()).toEqual([`/ fetch --locked --manifest-path ${manifest}`]);
        expect(await troubles(own)).toEqual([]);
    });

    test('and one more that it does not name', async () => {
        await using own = await openWorkbench();
        const folder = await locked(own.folder, 'beta = "1"\n');
        const wanted = [crate('beta 1.0.1'), crate('prog 0.1.0')];
        valueOf(await fetchCrates(wanted, join(folder, 'Cargo.toml'), own.context({ environment: environment() })));
    });

    test.each([
        [
            'that its manifest has outgrown',
            (folder: string) =>
                writeFileSync(
                    join(folder, 'Cargo.toml'),
                    `${readFileSync(join(folder, 'Cargo.toml'), 'utf8')}beta = "2"\n`,
                ),
        ],
        ['with a hash of nobody', (folder: string) => editLock(folder, /checksum = "../, 'checksum = "00')],
        ['with merge markers', (folder: string) => editLock(folder, /^/, '<<<<<<< ours\n')],
        [
            'of a version that is not there',
            (folder: string) => editLock(folder, 'version = "1.0.1"', 'version = "1.9.9"'),
        ],
    ])('but not of one %s', async (_title, spoil) => {
        await using own = await openWorkbench();
        const folder = await locked(own.folder, 'alpha = "1"\n');
        spoil(folder);
        const context = own.context({ environment: environment() });
        const failure = failureOf(await fetchCrates([crate('alpha 1.0.0')], join(folder, 'Cargo.toml'), context));
        expect(failure).toMatchObject({ kind: 'lock-mismatch', what: join(folder, 'Cargo.toml') });
        expect(failure.kind === 'lock-mismatch' && failure.detail.length).toBeGreaterThan(20);
    });
});

function editLock(folder: string, from: string | RegExp, to: string): void {
    const path = join(folder, 'Cargo.lock');
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

describe('what is refused', () => {
    test('a crate whose files lie elsewhere', async () => {
        const result = await fetchCrate(crate('astray 1.0.0'), bench.context({ environment: environment() }));
        // Cargo itself refuses to unpack it; from its cache rpkg must refuse it alone.
        expect(['bad-tree', 'unreachable']).toContain(failureOf(result).kind);
        const home = mkdtempSync(join(bench.folder, 'home-'));
        const cache = join(home, 'registry', 'cache', 'x');
        mkdirSync(cache, { recursive: true });
        writeFileSync(join(cache, 'astray-1.0.0.crate'), crate('astray 1.0.0').bytes);
        const context = bench.context({ offline: true, environment: { CARGO_HOME: home } });
        expect(failureOf(await fetchCrate(crate('astray 1.0.0'), context))).toMatchObject({
            kind: 'bad-tree',
            what: 'crate astray 1.0.0',
        });
    });

    test.each(['../sibling', '../../../etc/passwd', '/etc/passwd', 'src/../../x'])(
        'a crate with a link to %s',
        async (target) => {
            const { bytes, ...made } = makeCrate(bench.folder, {
                name: 'linked',
                version: '1.0.0',
                links: { out: target },
            });
            const home = mkdtempSync(join(bench.folder, 'home-'));
            const cache = join(home, 'registry', 'cache', 'x');
            mkdirSync(cache, { recursive: true });
            writeFileSync(join(cache, 'linked-1.0.0.crate'), bytes);
            const context = bench.context({ offline: true, environment: { CARGO_HOME: home } });
            expect(failureOf(await fetchCrate(made, context))).toMatchObject({
                kind: 'bad-tree',
                rule: 'link',
                entry: 'out',
            });
        },
    );

    test('a crate with another hash than the pinned one', async () => {
        const pinned = { name: 'beta', version: '2.0.0', hash: `sha256:${'0'.repeat(64)}` };
        const failure = failureOf(await fetchCrate(pinned, bench.context({ environment: environment() })));
        expect(failure).toMatchObject({
            kind: 'hash-mismatch',
            expected: pinned.hash,
            actual: crate('beta 2.0.0').hash,
        });
    });

    test('a server that sends other bytes than its index says', async () => {
        const evil = makeCrate(bench.folder, { name: 'beta', version: '1.0.0', files: { evil: 'x' } });
        await using spoof = await serveRegistry([crate('beta 1.0.0')], {
            '/dl/beta-1.0.0.crate': (_, response) => response.end(evil.bytes),
        });
        await using own = await openWorkbench();
        const context = own.context({ environment: cargoEnvironment(own.folder, replacedBy(spoof)) });
        const failure = failureOf(await fetchCrate(crate('beta 1.0.0'), context));
        expect(failure).toMatchObject({ kind: 'unreachable', cause: expect.stringContaining('checksum') as string });
    });

    test('a cache that somebody has changed', async () => {
        await using own = await openWorkbench();
        const changed = environment();
        valueOf(await fetchCrate(crate('beta 2.0.0'), own.context({ environment: changed })));
        const cache = join(changed['CARGO_HOME'] ?? '', 'registry', 'cache');
        const path = join(cache, readdirSync(cache)[0] ?? '', 'beta-2.0.0.crate');
        writeFileSync(path, 'poison');
        await using other = await openWorkbench();
        const failure = failureOf(await fetchCrate(crate('beta 2.0.0'), other.context({ environment: changed })));
        const poison = `sha256:${createHash('sha256').update('poison').digest('hex')}`;
        expect(failure).toMatchObject({ kind: 'hash-mismatch', what: `crate beta 2.0.0 (${path})`, actual: poison });
        expect(await troubles(other)).toEqual([]);
    });

    test('everything that is not here, offline, without any call', async () => {
        const cargo = watchedCargo();
        await using own = await openWorkbench();
        const context = own.context({ offline: true, environment: environment(cargo.path) });
        const failure = failureOf(
            await fetchCrates([crate('alpha 1.0.0'), crate('beta 1.0.0')], '/x/Cargo.toml', context),
        );
        expect(failure).toEqual({ kind: 'offline', what: 'crates alpha 1.0.0, beta 1.0.0' });
        expect(cargo.calls()).toEqual([]);
    });

    test('a registry that does not answer', async () => {
        await using own = await openWorkbench();
        const nobody = cargoEnvironment(own.folder, 'registry = "sparse+http://127.0.0.1:1/index/"');
        const failure = failureOf(await fetchCrate(crate('beta 1.0.0'), own.context({ environment: nobody })));
        expect(failure).toMatchObject({ kind: 'unreachable' });
    });

    test('a crate that nobody has', async () => {
        const pinned = { name: 'nowhere', version: '1.0.0', hash: `sha256:${'0'.repeat(64)}` };
        const failure = failureOf(await fetchCrate(pinned, bench.context({ environment: environment() })));
        expect(failure).toMatchObject({
            kind: 'unreachable',
            what: 'crate nowhere 1.0.0',
            cause: expect.stringContaining('no matching package') as string,
        });
    });

    test('a machine without cargo', async () => {
        await using own = await openWorkbench();
        const failure = failureOf(
            await fetchCrate(crate('beta 1.0.0'), own.context({ environment: { PATH: own.folder } })),
        );
        expect(failure).toMatchObject({ kind: 'missing-tool', tool: 'cargo', remedy: 'apt install cargo' });
    });

    test('a configuration that has unpacked crates in place of the registry', async () => {
        await using own = await openWorkbench();
        const vendor = join(own.folder, 'vendor');
        mkdirSync(join(vendor, 'beta', 'src'), { recursive: true });
        writeFileSync(join(vendor, 'beta', 'Cargo.toml'), '[package]\nname = "beta"\nversion = "1.0.0"\n');
        writeFileSync(join(vendor, 'beta', 'src', 'lib.rs'), '');
        writeFileSync(join(vendor, 'beta', '.cargo-checksum.json'), '{"files":{}}');
        const context = own.context({ environment: cargoEnvironment(own.folder, `directory = "${vendor}"`) });
        const failure = failureOf(await fetchCrate(crate('beta 1.0.0'), context));
        expect(failure).toMatchObject({
            kind: 'unreachable',
            cause: expect.stringContaining(`by the folder ${vendor}`) as string,
        });
    });
});

test('cargo takes one version of those that count as compatible', () => {
    const versions = ['1.0.0', '1.2.0', '2.0.0', '0.1.0', '0.1.1', '0.2.0', '0.0.1', '0.0.2', '1.0.0-rc.1'];
    const groups = fetchableTogether(versions.map((version) => ({ name: 'x', version })));
    expect(groups.map((group) => group.map(({ version }) => version))).toEqual([
        ['1.0.0', '2.0.0', '0.1.0', '0.2.0', '0.0.1', '0.0.2'],
        ['1.2.0', '0.1.1'],
        ['1.0.0-rc.1'],
    ]);
});

test('real crates of the registry that this machine is configured for', { timeout: 300_000 }, async ({ skip }) => {
    await using own = await openWorkbench();
    const folder = newPackage(own.folder, 'itoa = "=1.0.15"\ncfg-if = "=1.0.0"\n');
    const home = mkdtempSync(join(own.folder, 'cargo-home-'));
    const settings = join(process.env['CARGO_HOME'] ?? join(process.env['HOME'] ?? '', '.cargo'), 'config.toml');
    if (existsSync(settings)) writeFileSync(join(home, 'config.toml'), readFileSync(settings));
    const real = { ...process.env, CARGO_HOME: home };
    try {
        execFileSync('cargo', ['generate-lockfile'], { cwd: folder, env: real, stdio: 'ignore', timeout: 60_000 });
    } catch {
        skip('the registry cannot be reached');
    }
    const lock = readFileSync(join(folder, 'Cargo.lock'), 'utf8');
    const wanted = [...lock.matchAll(/name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"/g)].map(
        ([, name = '', version = '', hex = '']) => ({ name, version, hash: `sha256:${hex}` }),
    );
    expect(wanted.map(({ name }) => name)).toEqual(['cfg-if', 'itoa']);
    const context = own.context({ environment: real });
    const trees = valueOf(await fetchCrates(wanted, join(folder, 'Cargo.toml'), context));
    const manifests = trees.map((tree) => filesOf(own.store, tree)['Cargo.toml'] ?? '');
    expect(manifests[1]).toContain('name = "itoa"');
    expect(await troubles(own)).toEqual([]);
});
