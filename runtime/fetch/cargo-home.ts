// What the user's Cargo has on disk already. Only read, never written.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'smol-toml';

function cargoHome(environment: NodeJS.ProcessEnv): string {
    const home = environment['CARGO_HOME'];
    if (home !== undefined && isAbsolute(home)) return home;
    return join(environment['HOME'] ?? '/', '.cargo');
}

/** Every file that Cargo could take for this crate: one per registry it has used, and those of local registries. */
export function cachedCrates(name: string, version: string, environment: NodeJS.ProcessEnv): readonly string[] {
    const home = cargoHome(environment);
    const cache = join(home, 'registry', 'cache');
    const folders = existsSync(cache) ? readdirSync(cache).map((registry) => join(cache, registry)) : [];
    return [...folders, ...sourceFolders(home, 'local-registry')]
        .map((folder) => join(folder, `${name}-${version}.crate`))
        .filter((path) => existsSync(path));
}

/** Folders of unpacked crates that the user's configuration puts in place of a registry. */
export function directorySources(environment: NodeJS.ProcessEnv): readonly string[] {
    return sourceFolders(cargoHome(environment), 'directory');
}

function sourceFolders(home: string, key: 'directory' | 'local-registry'): string[] {
    const file = ['config', 'config.toml'].map((name) => join(home, name)).find((path) => existsSync(path));
    if (file === undefined) return [];
    const sources = tableIn(readToml(file), 'source');
    return Object.keys(sources).flatMap((name) => {
        const path = tableIn(sources, name)[key];
        // Cargo reads paths in a configuration from the folder that holds its `.cargo`.
        return typeof path === 'string' ? [resolve(dirname(home), path)] : [];
    });
}

function readToml(file: string): Readonly<Record<string, unknown>> {
    try {
        return parse(readFileSync(file, 'utf8'));
    } catch {
        // Cargo itself will say what is wrong with it.
        return {};
    }
}

function tableIn(table: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
    const value = table[key];
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
