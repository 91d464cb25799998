// Workspaces made up from a seed, as odd as manifests may be while Cargo still accepts them: all that decides about units
// (resolvers, features, platforms, kinds of targets, profiles, inheritance) in random combinations.
//
// A tree has a folder `ws` with the workspace, `registry` with the crates of a directory source, `outside` with path
// packages beside the workspace, and `.cargo/config.toml` above all of them, which sends Cargo to `registry`.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stringify } from 'smol-toml';
import { type GraphRequest, runCargo } from './cargo-graph.ts';
import type { Crate } from './crate-family.ts';
import { dependencyRequests, graphRequests } from './graph-requests.ts';
import { makeWorkspace, type MadeWorkspace } from './made-workspace.ts';

export interface GeneratedWorkspace {
    readonly seed: number;
    /** Folder of the workspace's root manifest. */
    readonly folder: string;
    /** Folder of the directory source's crates, in subfolders NAME-VERSION. */
    readonly crates: string;
    /** What to ask for. */
    readonly requests: readonly GraphRequest[];
}

/** Writes the workspace of the seed below the folder, Cargo.lock included; undefined when Cargo refuses it. */
export async function generateWorkspace(seed: number, tree: string): Promise<GeneratedWorkspace | undefined> {
    const folder = path.join(tree, 'ws');
    const made = makeWorkspace(seed);
    const wanted = graphRequests(made);
    writeWorkspace(made, tree);
    const { status, stderr } = await runCargo(folder, ['generate-lockfile', '--offline']);
    if (status !== 0) {
        fs.writeFileSync(path.join(tree, 'refused.txt'), stderr);
        return undefined;
    }
    const locked = fs.readFileSync(path.join(folder, 'Cargo.lock'), 'utf8');
    const inLock = ({ name, version }: Crate): boolean => locked.includes(`name = "${name}"\nversion = "${version}"\n`);
    const requests = [...wanted, ...dependencyRequests(made.crates.filter(inLock), seed, folder)];
    return { seed, folder, crates: path.join(tree, 'registry'), requests };
}

/** Everything but Cargo.lock. */
function writeWorkspace({ crates, virtualRoot }: MadeWorkspace, tree: string): void {
    for (const { folder, manifest, files } of crates) {
        write(path.join(tree, folder, 'Cargo.toml'), stringify(manifest));
        for (const [name, text] of files) write(path.join(tree, folder, name), text);
    }
    if (virtualRoot !== undefined) write(path.join(tree, 'ws/Cargo.toml'), stringify(virtualRoot));
    fs.mkdirSync(path.join(tree, 'registry'), { recursive: true });
    const source = { 'replace-with': 'local' };
    const config = { source: { 'crates-io': source, local: { directory: path.join(tree, 'registry') } } };
    write(path.join(tree, '.cargo/config.toml'), stringify(config));
}

function write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
}
