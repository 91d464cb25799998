// Crates of a registry, pinned by the hash of their `.crate` file. They come from the cache of the user's Cargo, which
// is asked to bring what is missing there.
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Hash, TreeDigest } from '../../compiler/plan/digest.ts';
import type { Source } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import { demand } from '../host/demand.ts';
import { inParallel } from '../host/in-parallel.ts';
import { type Result, success } from '../result.ts';
import { hashFile } from '../store/blobs.ts';
import { guarded, refuse } from '../store/guard.ts';
import { fetchableTogether, fetchLocked, fetchNamed, namesOf } from './cargo-fetch.ts';
import { cachedCrates, directorySources } from './cargo-home.ts';
import { checkedBytes } from './checked-bytes.ts';
import type { FetchContext } from './context.ts';
import { type PinnedCrate, unpackCrate } from './crate-tree.ts';
import { inScratch } from './scratch.ts';
import { recordedTree, recordedTrees, recordTree, recordTrees } from './recorded.ts';

/** The tree of one crate. */
export async function fetchCrate(crate: PinnedCrate, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const trees = await fetchCrates([crate], undefined, context);
    return trees.ok ? success(trees.value[0] as TreeDigest) : trees;
}

/**
 * Trees in the order of the crates. What Cargo's cache lacks is brought by one call of cargo for the whole lock file
 * beside `manifest`, and what no lock file names by a package that exists only for that.
 */
export async function fetchCrates(
    crates: readonly PinnedCrate[],
    manifest: string | undefined,
    context: FetchContext,
): Promise<Result<readonly TreeDigest[], Failure>> {
    return await guarded(async () => {
        const sources = crates.map(sourceOf);
        const known = crates.length > 1 ? recordedTrees(context.store, sources) : undefined;
        if (known !== undefined) return known;
        const trees = new Map<PinnedCrate, TreeDigest>();
        let missing = await takeCached(crates, trees, context);
        if (missing.length > 0 && context.offline) refuse({ kind: 'offline', what: namesOf(missing) });
        if (missing.length > 0 && manifest !== undefined && existsSync(join(dirname(manifest), 'Cargo.lock'))) {
            context.report(`fetching ${namesOf(missing)} with cargo`);
            demand(await fetchLocked(manifest, context));
            missing = await takeCached(missing, trees, context);
        }
        if (missing.length > 0) {
            context.report(`fetching ${namesOf(missing)} with cargo`);
            await bringNamed(missing, context);
            missing = await takeCached(missing, trees, context);
        }
        const [lost] = missing;
        if (lost !== undefined) refuse(await whyLost(lost, context));
        const found = crates.flatMap((crate) => trees.get(crate) ?? []);
        if (crates.length > 1) await recordTrees(context.store, sources, found);
        return found;
    });
}

function sourceOf({ name, version, hash }: PinnedCrate): Source {
    return { type: 'crate', name, version, hash };
}

/** Adds what the store or Cargo's cache has; gives the rest. */
async function takeCached(
    crates: readonly PinnedCrate[],
    trees: Map<PinnedCrate, TreeDigest>,
    context: FetchContext,
): Promise<readonly PinnedCrate[]> {
    await inParallel(crates, unpackAtOnce, async (crate) => {
        const tree = await treeOf(crate, context);
        if (tree !== undefined) trees.set(crate, tree);
    });
    return crates.filter((crate) => !trees.has(crate));
}

/** Unpacking waits for the disk as much as it computes. */
const unpackAtOnce = 4;

/** All in one package if cargo can; crates that exclude each other one by one. */
async function bringNamed(missing: readonly PinnedCrate[], context: FetchContext): Promise<void> {
    for (const group of fetchableTogether(missing)) {
        await inScratch(context.store, 'cargo', async (folder) => {
            const together = await fetchNamed(group, join(folder, 'all'), context);
            if (together.ok) return;
            if (group.length === 1 || together.failure.kind === 'missing-tool') refuse(together.failure);
            for (const [index, crate] of group.entries()) {
                demand(await fetchNamed([crate], join(folder, String(index)), context));
            }
        });
    }
}

/** From the store or from Cargo's cache; undefined when neither has it. */
async function treeOf(crate: PinnedCrate, context: FetchContext): Promise<TreeDigest | undefined> {
    const source = sourceOf(crate);
    const known = recordedTree(context.store, source);
    if (known !== undefined) return known;
    for (const path of cachedCrates(crate.name, crate.version, context.environment)) {
        // A cache is anybody's to edit, and two registries may have different crates of one name.
        if ((await hashFile(path)) !== crate.hash) continue;
        demand(await context.store.putBlob(checkedBytes(createReadStream(path), crate.hash, path)));
        const tree = await unpackCrate(context.store.blobPath(crate.hash as Hash), crate, context.store);
        await recordTree(context.store, source, tree);
        return tree;
    }
    return undefined;
}

/** Cargo has succeeded, and still the crate is not there. */
async function whyLost(crate: PinnedCrate, { environment }: FetchContext): Promise<Failure> {
    const what = `crate ${crate.name} ${crate.version}`;
    const [path] = cachedCrates(crate.name, crate.version, environment);
    if (path !== undefined) {
        return {
            kind: 'hash-mismatch',
            what: `${what} (${path})`,
            expected: crate.hash,
            actual: await hashFile(path),
        };
    }
    const [folder] = directorySources(environment);
    const cause =
        folder === undefined
            ? 'cargo succeeded, but left no such .crate file in its cache'
            : `the cargo configuration replaces the registry by the folder ${folder}, which has no .crate files; use that folder as the crate directory of the recipe`;
    return { kind: 'unreachable', what, cause };
}
