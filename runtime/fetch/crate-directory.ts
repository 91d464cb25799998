// A folder of unpacked crates that Cargo takes as a directory source: what Debian's librust-*-dev packages install, or
// what `cargo vendor` makes. Each crate that is wanted becomes a local source of its own.
import { statSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { hashJson } from '../../compiler/plan/canonical.ts';
import { partsOf, type TreeDigest } from '../../compiler/plan/digest.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { inParallel } from '../host/in-parallel.ts';
import type { Result } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { guarded, hasCode, refuse } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import { snapshotLocal } from './local.ts';

export interface CrateFolder {
    readonly name: string;
    readonly version: string;
    /** Absolute. */
    readonly folder: string;
    /** `sha256:HEX` of the `.crate` file it was made from, when the folder says so. */
    readonly checksum: string | undefined;
}

/** All crates below the folder, by name and version. Folders that are no crates are passed over, as Cargo does. */
export async function readCrateDirectory(path: string): Promise<Result<readonly CrateFolder[], Failure>> {
    return await guarded(async () => {
        const names = await readdir(path).catch((error: unknown) => {
            if (hasCode(error, 'ENOENT', 'ENOTDIR'))
                return refuse({ kind: 'missing-path', what: 'crate directory', path });
            throw error;
        });
        const visible = names.filter((name) => !name.startsWith('.'));
        const crates = await inParallel(visible, 16, (name) => readCrate(join(path, name)));
        return crates.filter((crate) => crate !== undefined).sort(byNameAndVersion);
    });
}

function byNameAndVersion(a: CrateFolder, b: CrateFolder): number {
    return compareBytes(a.name, b.name) || compareBytes(a.version, b.version) || compareBytes(a.folder, b.folder);
}

async function readCrate(path: string): Promise<CrateFolder | undefined> {
    const manifest = await readIfThere(join(path, 'Cargo.toml'));
    if (manifest === undefined) return undefined;
    const { name, version } = packageOf(manifest);
    // The root of a workspace, or nothing that Cargo could read either.
    if (typeof name !== 'string' || typeof version !== 'string') return undefined;
    const checksums = await readIfThere(join(path, checksumFile));
    const said = checksums === undefined ? undefined : parseChecksums(checksums)?.package;
    // Distributions that changed a crate say so in words; of a package of a repository there is none.
    const checksum = said != null && /^[0-9a-f]{64}$/.test(said) ? `sha256:${said}` : undefined;
    return { name, version, folder: await realpath(path), checksum };
}

/** Only the table that is needed is parsed, unless it holds something that looks like the start of the next one. */
function packageOf(manifest: string): Readonly<Record<string, unknown>> {
    const [head] = /^\[package\][^]*?(?=^\[|(?![^]))/m.exec(manifest) ?? [manifest];
    for (const text of [head, manifest]) {
        try {
            const { package: table } = parse(text);
            if (typeof table === 'object') return table as Readonly<Record<string, unknown>>;
        } catch {
            // The other text may be right; a manifest that is wrong as a whole is no crate.
        }
    }
    return {};
}

/** The crate's tree, with every file that its `.cargo-checksum.json` lists found to be as listed. */
export async function snapshotCrate(crate: CrateFolder, store: Store): Promise<Result<TreeDigest, Failure>> {
    const snapshot = await snapshotLocal(crate.folder, [], store);
    if (!snapshot.ok) return snapshot;
    const tree = snapshot.value;
    return await guarded(async () => {
        const at = { kind: 'crate-checked', name: partsOf(tree).hex };
        if (store.readRecord(at.kind, at.name) !== tree) {
            await checkFiles(store.objectPath(tree), `crate ${crate.name} ${crate.version} in ${crate.folder}`);
            demand(await store.writeRecord(at, tree));
        }
        return tree;
    });
}

/** The same for a crate inside of a tree that is in the store, where nothing ever changes. */
export async function checkStoredCrate(crate: CrateFolder, store: Store): Promise<Result<void, Failure>> {
    const at = { kind: 'crate-checked', name: hashJson([crate.folder]).slice('sha256:'.length) };
    return await guarded(async () => {
        if (store.readRecord(at.kind, at.name) === crate.folder) return;
        await checkFiles(crate.folder, `crate ${crate.name} ${crate.version} in ${crate.folder}`);
        demand(await store.writeRecord(at, crate.folder));
    });
}

const checksumFile = '.cargo-checksum.json';

/** Cargo's own rule: what is listed must be there and match; what is not listed is not looked at. */
async function checkFiles(folder: string, what: string): Promise<void> {
    const bad = (entry: string, detail: string): never =>
        refuse({ kind: 'bad-tree', what, rule: 'checksum', entry, detail });
    const text = await readIfThere(join(folder, checksumFile));
    const listed = text === undefined ? undefined : parseChecksums(text);
    if (listed === undefined) return bad(checksumFile, text === undefined ? 'is missing' : 'is not what Cargo writes');
    await inParallel(Object.entries(listed.files), 4, async ([name, hex]) => {
        const path = join(folder, name);
        const isThere = path.startsWith(`${folder}/`) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
        if (!isThere) return bad(name, 'is listed, but not there');
        const expected = `sha256:${hex}`;
        const actual = await hashFile(await realpath(path));
        if (actual !== expected) refuse({ kind: 'hash-mismatch', what: `${name} of ${what}`, expected, actual });
    });
}

interface Checksums {
    readonly files: Readonly<Record<string, string>>;
    readonly package?: string | null;
}

function parseChecksums(text: string): Checksums | undefined {
    try {
        const value = JSON.parse(text) as Partial<Checksums> | null;
        if (typeof value?.files !== 'object') return undefined;
        const fine = [...Object.values(value.files), value.package ?? ''].every((hex) => typeof hex === 'string');
        return fine ? (value as Checksums) : undefined;
    } catch {
        return undefined;
    }
}

async function readIfThere(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, 'utf8');
    } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
        throw error;
    }
}
