// The crates that a recipe may take: those of the lock file from a registry, or those of a folder.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LockedPackage, parseCargoLock } from '../compiler/cargo/lock-file.ts';
import type { CargoNeed } from '../compiler/lower/needs.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import {
    checkStoredCrate,
    type CrateFolder,
    readCrateDirectory,
    snapshotCrate,
} from '../runtime/fetch/crate-directory.ts';
import { fetchCrates } from '../runtime/fetch/crate.ts';
import { failure, type Result, success } from '../runtime/result.ts';

export interface CrateThere {
    readonly name: string;
    readonly version: string;
    /** Where it lies on this machine. */
    readonly folder: string;
    /** `sha256:HEX`, if known. */
    readonly checksum: string | undefined;
    /** Checked and pinned, when the plan uses it; no source of its own for one that is part of the main source. */
    readonly pin: () => Promise<Result<PinnedCrate | undefined, Failure>>;
    readonly isPartOfMain: boolean;
}

export interface PinnedCrate {
    readonly source: Source;
    /** Where it lies on this machine. */
    readonly folder: string;
}

/** `workspace` is the folder of the main source. */
export async function cratesThere(
    need: CargoNeed,
    workspace: string,
    lock: readonly LockedPackage[] | undefined,
    fetching: FetchContext,
): Promise<Result<readonly CrateThere[], Failure>> {
    switch (need.from) {
        case 'crates':
            return await lockedCrates(lock ?? [], workspace, fetching);
        case 'directory': {
            const found = await readCrateDirectory(resolve(fetching.baseDir, need.path ?? '.'));
            return found.ok ? success(found.value.map((crate) => ofFolder(crate, fetching))) : found;
        }
        case 'bundled': {
            const found = await readCrateDirectory(join(workspace, need.path ?? 'vendor'));
            return found.ok ? success(found.value.map((crate) => partOfMain(crate, fetching))) : found;
        }
    }
}

/** The lock file of the main source; undefined when there is none, or none that can be read. */
export function readCargoLock(path: string): readonly LockedPackage[] | undefined {
    let text: string;
    try {
        text = readFileSync(path, 'utf8');
    } catch {
        return undefined;
    }
    const parsed = parseCargoLock(text);
    return parsed.ok ? parsed.packages : undefined;
}

/** Every crate that the lock file names with a checksum. */
async function lockedCrates(
    lock: readonly LockedPackage[],
    workspace: string,
    fetching: FetchContext,
): Promise<Result<readonly CrateThere[], Failure>> {
    const crates = lock.flatMap(({ name, version, source, checksum }) =>
        checksum === undefined || source === undefined ? [] : [{ name, version, hash: `sha256:${checksum}` }],
    );
    const trees = await fetchCrates(crates, join(workspace, 'Cargo.toml'), fetching);
    if (!trees.ok) return trees;
    return success(
        crates.flatMap((crate, index) => {
            const tree = trees.value[index];
            if (tree === undefined) return [];
            const { name, version, hash: checksum } = crate;
            const folder = fetching.store.objectPath(tree);
            const source: Source = { type: 'crate', ...crate };
            return [
                {
                    name,
                    version,
                    folder,
                    checksum,
                    isPartOfMain: false,
                    pin: () => Promise.resolve(success({ source, folder })),
                },
            ];
        }),
    );
}

function partOfMain(crate: CrateFolder, { store }: FetchContext): CrateThere {
    return {
        ...crate,
        isPartOfMain: true,
        pin: async () => {
            const checked = await checkStoredCrate(crate, store);
            return checked.ok ? success(undefined) : checked;
        },
    };
}

function ofFolder(crate: CrateFolder, { store }: FetchContext): CrateThere {
    return {
        ...crate,
        isPartOfMain: false,
        pin: async () => {
            const tree = await snapshotCrate(crate, store);
            if (!tree.ok) return tree;
            const source: Source = { type: 'local', path: crate.folder, exclude: [], tree: tree.value };
            return success({ source, folder: store.objectPath(tree.value) });
        },
    };
}

/** A crate that calls itself what the lock file names has to be that one. */
export function checkAgainstLock(
    { name, version, folder, checksum }: CrateThere,
    lock: readonly LockedPackage[],
): Result<void, Failure> {
    const locked = lock.find((one) => one.name === name && one.version === version && one.checksum !== undefined);
    const expected = locked?.checksum === undefined ? undefined : `sha256:${locked.checksum}`;
    // A crate of a distribution may have been changed and say so by having no checksum.
    if (expected === undefined || checksum === undefined || checksum === expected) return success(undefined);
    return failure({ kind: 'hash-mismatch', what: `${name} ${version} in ${folder}`, expected, actual: checksum });
}
