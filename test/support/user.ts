// An ordinary user whom the machine has never seen: a number of its own, a home, a store, crates of its own, and the Rust
// toolchain in another place than root's, where it can be read.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Place, placeIn, systemPath, toolchain } from './whole.ts';

export interface User {
    readonly place: Place;
    /** Starts a program as this user. */
    readonly through: readonly string[];
    readonly id: number;
}

/** Makes a user in a folder of root's; only root can. Everybody may look into the folder from then on. */
export function makeUser(folder: string, compiler = toolchain): User {
    const id = 70_000 + Math.floor(Math.random() * 1_000_000);
    fs.chmodSync(folder, 0o755);
    const root = `${folder}/user-${id}`;
    fs.mkdirSync(root);
    const place = placeIn(root);
    fs.mkdirSync(`${root}/cargo`);
    const rust = `${root}/rust`;
    fs.mkdirSync(rust);
    give(root, id);
    const env = { ...place.env, PATH: `${rust}/bin:${systemPath}`, CARGO_HOME: `${root}/cargo` };
    const identity = [`--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--inh-caps=-all', '--no-new-privs'];
    return { place: { ...place, env }, through: [...showToolchain(compiler, rust), 'setpriv', ...identity, '--'], id };
}

/** Gives everything in the user's folder to the user, but not what lies elsewhere too. */
export function give(folder: string, id: number): void {
    for (const name of ['.', 'work', 'home', 'cargo']) {
        const given = path.join(folder, name);
        if (name === '.') fs.chownSync(given, id, id);
        else demandRun('chown', ['-R', '-h', `${id}:${id}`, given]);
    }
}

/** Crates that the person who runs the tests has fetched already, for the user to use without network. */
export function giveCrates(user: User, cargoHome: string): void {
    const registry = path.join(cargoHome, 'registry');
    if (!fs.existsSync(registry)) return;
    const to = `${path.dirname(user.place.folder)}/cargo`;
    fs.mkdirSync(`${to}/registry`, { recursive: true });
    for (const part of ['cache', 'index']) {
        if (fs.existsSync(`${registry}/${part}`))
            fs.cpSync(`${registry}/${part}`, `${to}/registry/${part}`, { recursive: true });
    }
    demandRun('chown', ['-R', `${user.id}:${user.id}`, to]);
}

/**
 * Starts what follows with the toolchain in a folder as well. Hard links would do, but they change what the files of the
 * real toolchain look like, and whoever uses it meanwhile has to read all of it again.
 */
function showToolchain(compiler: string, folder: string): readonly string[] {
    if (compiler === '/usr') return [];
    if (spawnSync('unshare', ['-m', 'true']).status === 0) {
        return ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" "$1" && shift && exec "$@"', compiler, folder];
    }
    const parts = ['bin', 'lib', 'libexec']
        .map((name) => path.join(compiler, name))
        .filter((part) => fs.existsSync(part));
    demandRun('cp', ['-a', ...parts, folder]);
    return [];
}

function demandRun(program: string, args: readonly string[]): void {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
