// What planning without Cargo has to see: the manifests of the workspace and its crates, at the places where the actions
// will see them, and what the compiler says of both platforms. Missing crates are fetched; nothing of a package is run.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { parseCargoLock } from '../compiler/cargo/lock-file.ts';
import { crateFolders } from '../compiler/cargo/crate-folders.ts';
import type { PackageId } from '../compiler/cargo/package.ts';
import type { CargoFacts, CargoNeed } from '../compiler/lower/needs.ts';
import { crateFolder, workspaceFolder } from '../compiler/lower/unit-places.ts';
import type { HostTool, Source } from '../compiler/plan/plan.ts';
import { findStd } from './find-std.ts';
import { askRustc } from './ask-rustc.ts';
import { folderView } from './folder-view.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { readCrateDirectory } from '../runtime/fetch/crate-directory.ts';
import { fetchCrates } from '../runtime/fetch/crate.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { snapshotLocal } from '../runtime/fetch/local.ts';
import { failure, type Result, success } from '../runtime/result.ts';

/** The pinned sources that decide: the main one, and the one that holds the target's standard library. */
export interface CargoSources {
    readonly main: Source;
    readonly std: Source | undefined;
}

/** Fails when sources or the compiler cannot be had. */
export async function gatherCargoFacts(
    need: CargoNeed,
    sources: CargoSources,
    rustc: HostTool,
    fetching: FetchContext,
): Promise<Result<CargoFacts, Failure>> {
    const tree = await fetchSource(sources.main, fetching);
    if (!tree.ok) return tree;
    const workspace = fetching.store.objectPath(tree.value);
    const crates = await bringCrates(need, workspace, fetching);
    if (!crates.ok) return crates;
    const [hostCfg, targetCfg, stdFolder] = await Promise.all([
        askRustc(rustc, ['--print', 'cfg', '--target', need.host, ...need.flags.host], fetching),
        askRustc(rustc, ['--print', 'cfg', '--target', need.target, ...need.flags.target], fetching),
        findStd(need, sources.std, rustc, fetching),
    ]);
    if (!hostCfg.ok) return hostCfg;
    if (!targetCfg.ok) return targetCfg;
    if (!stdFolder.ok) return stdFolder;
    const folders = new Map([
        [workspaceFolder, workspace],
        ...crates.value.map(({ at, folder }) => [at, folder] as const),
    ]);
    const view = mountedView(folders);
    const bundled =
        need.from === 'bundled' ? crateFolders(view, join(workspaceFolder, need.path ?? 'vendor')) : undefined;
    return success({
        view,
        crateFolder: (id) => bundled?.(id) ?? mountedCrate(folders, id),
        crates: new Map(crates.value.map(({ at, source }) => [at, source])),
        stdFolder: stdFolder.value,
        hostCfg: hostCfg.value,
        targetCfg: targetCfg.value,
    });
}

function mountedCrate(folders: ReadonlyMap<string, string>, id: PackageId): string | undefined {
    const at = crateFolder(id);
    return folders.has(at) ? at : undefined;
}

interface Brought {
    readonly at: string;
    readonly folder: string;
    readonly source: Source;
}

async function bringCrates(
    need: CargoNeed,
    workspace: string,
    fetching: FetchContext,
): Promise<Result<readonly Brought[], Failure>> {
    switch (need.from) {
        case 'bundled':
            return success([]);
        case 'crates':
            return await lockedCrates(need, workspace, fetching);
        case 'directory':
            return await directoryCrates(resolve(fetching.baseDir, need.path ?? '.'), need, workspace, fetching);
    }
}

/** Every crate that the lock file names with a checksum. A lock that cannot be read is the compiler's to tell. */
async function lockedCrates(
    { lock }: CargoNeed,
    workspace: string,
    fetching: FetchContext,
): Promise<Result<readonly Brought[], Failure>> {
    const text = readText(join(workspace, lock));
    const parsed = text === undefined ? undefined : parseCargoLock(text);
    if (parsed?.ok !== true) return success([]);
    const crates = parsed.packages.flatMap(({ name, version, source, checksum }) =>
        checksum === undefined || source === undefined ? [] : [{ name, version, hash: `sha256:${checksum}` }],
    );
    const trees = await fetchCrates(crates, join(workspace, 'Cargo.toml'), fetching);
    if (!trees.ok) return trees;
    return success(
        crates.flatMap((crate, index) => {
            const tree = trees.value[index];
            if (tree === undefined) return [];
            const at = crateFolder(crate);
            return [{ at, folder: fetching.store.objectPath(tree), source: { type: 'crate', ...crate } }];
        }),
    );
}

/** Those of a folder of crates whose name and version the lock file has, or all when there is no lock file. */
async function directoryCrates(
    path: string,
    { lock }: CargoNeed,
    workspace: string,
    { store }: FetchContext,
): Promise<Result<readonly Brought[], Failure>> {
    const found = await readCrateDirectory(path);
    if (!found.ok) return found;
    const wanted = lockedChecksums(join(workspace, lock));
    const brought: Brought[] = [];
    for (const { name, version, folder, checksum } of found.value) {
        const key = `${name} ${version}`;
        if (wanted?.has(key) === false) continue;
        const expected = wanted?.get(key);
        // A crate of a distribution may have been changed and say so by having no checksum.
        if (expected !== undefined && checksum !== undefined && checksum !== expected) {
            return failure({ kind: 'hash-mismatch', what: `${key} in ${folder}`, expected, actual: checksum });
        }
        const tree = await snapshotLocal(folder, [], store);
        if (!tree.ok) return tree;
        const source: Source = { type: 'local', path: folder, exclude: [], tree: tree.value };
        brought.push({ at: crateFolder({ name, version }), folder: store.objectPath(tree.value), source });
    }
    return success(brought);
}

/** `NAME VERSION` → checksum; undefined when there is no lock file that can be read. */
function lockedChecksums(path: string): ReadonlyMap<string, string | undefined> | undefined {
    const text = readText(path);
    const parsed = text === undefined ? undefined : parseCargoLock(text);
    if (parsed?.ok !== true) return undefined;
    return new Map(
        parsed.packages.map(({ name, version, checksum }) => [
            `${name} ${version}`,
            checksum === undefined ? undefined : `sha256:${checksum}`,
        ]),
    );
}

/** Each sandbox folder stands for a folder on the disk. */
function mountedView(folders: ReadonlyMap<string, string>): FolderView {
    return folderView((path) => {
        const [, top = ''] = /^(\/[^/]+\/[^/]+\/[^/]+)(?:\/|$)/.exec(path) ?? [];
        const folder = folders.get(top);
        return folder === undefined ? undefined : `${folder}${path.slice(top.length)}`;
    });
}

function readText(path: string): string | undefined {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return undefined;
    }
}
