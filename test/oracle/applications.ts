// Real applications of the crate registry whose published archive has a Cargo.lock. Ordinary Cargo fetches them and all
// that they depend on; nothing of them is kept here.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { cargoHome, runCargo } from './cargo-graph.ts';

export interface Application {
    readonly name: string;
    readonly version: string;
    /** Of a plain `cargo build` for x86_64-unknown-linux-gnu with Cargo 1.95. */
    readonly units: number;
}

export const applications: readonly Application[] = [
    { name: 'ripgrep', version: '15.2.0', units: 54 },
    { name: 'just', version: '1.59.0', units: 135 },
    { name: 'tokei', version: '15.0.0', units: 174 },
    { name: 'bat', version: '0.26.1', units: 223 },
    { name: 'mdbook', version: '0.5.4', units: 233 },
    { name: 'xh', version: '0.26.3', units: 276 },
    { name: 'difftastic', version: '0.72.0', units: 297 },
    { name: 'starship', version: '1.27.0', units: 365 },
    { name: 'cargo', version: '0.96.0', units: 391 },
    { name: 'jj-cli', version: '0.38.0', units: 410 },
    { name: 'gitui', version: '0.28.1', units: 415 },
    { name: 'sccache', version: '0.19.0', units: 433 },
    { name: 'typst-cli', version: '0.15.1', units: 452 },
    { name: 'cargo-nextest', version: '0.9.151', units: 458 },
    { name: 'zellij', version: '0.45.1', units: 476 },
    { name: 'probe-rs-tools', version: '0.32.0', units: 527 },
    { name: 'nu', version: '0.110.0', units: 628 },
    { name: 'atuin', version: '18.24.4', units: 716 },
    { name: 'tauri-cli', version: '2.12.4', units: 759 },
];

export interface FetchedApplication {
    /** A copy of the published package. */
    readonly folder: string;
    /** Where Cargo unpacks crates, in subfolders NAME-VERSION. */
    readonly crates: string;
}

/** Has Cargo fetch the application and its crates; over the network unless Cargo's cache has all of them. */
export async function fetchApplication(
    { name, version }: Pick<Application, 'name' | 'version'>,
    below: string,
): Promise<FetchedApplication> {
    fs.mkdirSync(below, { recursive: true });
    // Unpacks this package alone. What it depends on comes from its own Cargo.lock.
    await succeed(below, ['info', '--quiet', `${name}@${version}`]);
    const crates = sourcesWith(`${name}-${version}`);
    const folder = path.join(below, name);
    fs.cpSync(path.join(crates, `${name}-${version}`), folder, { recursive: true });
    // Settings of the developers' own machines.
    fs.rmSync(path.join(folder, '.cargo'), { recursive: true, force: true });
    fs.rmSync(path.join(folder, '.cargo-ok'), { force: true });
    await succeed(folder, ['fetch', '--locked']);
    return { folder, crates };
}

async function succeed(folder: string, args: readonly string[]): Promise<void> {
    const { status, stderr } = await runCargo(folder, args);
    if (status !== 0) throw new Error(`cargo ${args.join(' ')}: ${stderr}`);
}

function sourcesWith(crate: string): string {
    const sources = path.join(cargoHome(), 'registry/src');
    const found = fs
        .readdirSync(sources)
        .map((name) => path.join(sources, name))
        .find((folder) => fs.existsSync(path.join(folder, crate, 'Cargo.lock')));
    if (found === undefined) throw new Error(`no ${crate} with a Cargo.lock below ${sources}`);
    return found;
}
