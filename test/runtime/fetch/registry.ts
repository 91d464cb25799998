// A crate registry on the loopback address in Cargo's sparse protocol, and a Cargo home that uses it in place of the
// default one: the real cargo runs against it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { body, type Routes, serve, type TestServer } from './server.ts';

export interface MadeCrate {
    readonly name: string;
    readonly version: string;
    readonly hash: string;
    readonly bytes: Buffer;
    readonly dependencies: Readonly<Record<string, string>>;
}

export interface CrateRecipe {
    readonly name: string;
    readonly version: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    /** Further files, below the crate's folder. */
    readonly files?: Readonly<Record<string, string>>;
    /** Symbolic links, path → target. */
    readonly links?: Readonly<Record<string, string>>;
    /** Instead of `NAME-VERSION`. */
    readonly root?: string;
}

/** A `.crate` as `cargo package` would make it. */
export function makeCrate(scratch: string, recipe: CrateRecipe): MadeCrate {
    const { name, version, dependencies = {}, files = {} } = recipe;
    const root = recipe.root ?? `${name}-${version}`;
    const folder = mkdtempSync(join(scratch, 'crate-'));
    const table = Object.entries(dependencies).map(([other, requirement]) => `${other} = "${requirement}"\n`);
    const all = {
        'Cargo.toml': `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n[dependencies]\n${table.join('')}`,
        'src/lib.rs': `pub const NAME: &str = "${name} ${version}";\n`,
        ...files,
    };
    for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, root, path)), { recursive: true });
        writeFileSync(join(folder, root, path), text);
    }
    for (const [path, target] of Object.entries(recipe.links ?? {})) symlinkSync(target, join(folder, root, path));
    const archive = join(folder, 'archive');
    execFileSync('tar', ['-C', folder, '-czf', archive, '--format=ustar', root]);
    const bytes = readFileSync(archive);
    const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return { name, version, hash, bytes, dependencies };
}

/** Serves the crates. `changes` replaces answers, by path. */
export async function serveRegistry(crates: readonly MadeCrate[], changes: Routes = {}): Promise<TestServer> {
    const routes: Record<string, Routes[string]> = {};
    for (const { name, version, bytes } of crates) routes[`/dl/${name}-${version}.crate`] = body(bytes);
    for (const name of new Set(crates.map((crate) => crate.name))) {
        const lines = crates.filter((crate) => crate.name === name).map(indexLine);
        routes[`/index/${indexPath(name)}`] = body(lines.join('\n'));
    }
    const server = await serve({
        ...routes,
        '/index/config.json': (request, response) => {
            response.end(JSON.stringify({ dl: `http://${request.headers.host ?? ''}/dl/{crate}-{version}.crate` }));
        },
        ...changes,
    });
    return server;
}

function indexPath(name: string): string {
    if (name.length <= 2) return `${name.length}/${name}`;
    if (name.length === 3) return `3/${name.slice(0, 1)}/${name}`;
    return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
}

function indexLine({ name, version, hash, dependencies }: MadeCrate): string {
    const deps = Object.entries(dependencies).map(([other, req]) => ({
        name: other,
        req,
        features: [],
        optional: false,
        default_features: true,
        target: null,
        kind: 'normal',
    }));
    return JSON.stringify({
        name,
        vers: version,
        deps,
        cksum: hash.slice('sha256:'.length),
        features: {},
        yanked: false,
    });
}

/** An environment in which cargo has an empty home and this registry for the default one. */
export function cargoEnvironment(scratch: string, replacement: string, path?: string): NodeJS.ProcessEnv {
    const home = mkdtempSync(join(scratch, 'cargo-home-'));
    const config = `[net]\nretry = 0\n[source.crates-io]\nreplace-with = "test"\n[source.test]\n${replacement}\n`;
    writeFileSync(join(home, 'config.toml'), config);
    return { ...process.env, CARGO_HOME: home, ...(path === undefined ? {} : { PATH: path }) };
}

export function replacedBy(server: TestServer): string {
    return `registry = "sparse+${server.origin}/index/"`;
}

/** A package that depends on crates. */
export function newPackage(folder: string, dependencies: string, files: Readonly<Record<string, string>> = {}): string {
    const made = mkdtempSync(join(folder, 'package-'));
    const all = {
        'Cargo.toml': `[package]\nname = "user"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}`,
        'src/lib.rs': '',
        ...files,
    };
    for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(made, path)), { recursive: true });
        writeFileSync(join(made, path), text);
    }
    return made;
}
