// What sources are exactly: trees of folders and commits, compared with `rpkg.lock` beside the recipe, which gets what is new.
import { join, resolve } from 'node:path';
import type { Needs, SourceNeed } from '../compiler/lower/needs.ts';
import { compareBytes } from '../compiler/plan/bytes.ts';
import { canonicalJson } from '../compiler/plan/canonical.ts';
import { sourceHash } from '../compiler/plan/identity.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { resolveGit } from '../runtime/fetch/git.ts';
import { snapshotLocal } from '../runtime/fetch/local.ts';
import { recordedTree } from '../runtime/fetch/recorded.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import { type LockedRecipe, type LockedSource, type LockFile, readLock, writeLock } from './lock-file.ts';
import type { LockedEnvironment } from './locked-environment.ts';
import type { PinCommit } from './repositories.ts';

/** The pins of one recipe. */
export interface Pins {
    /** `FILE#NAME` */
    readonly key: string;
    readonly path: string;
    /** As it was. */
    readonly lock: LockFile;
    /** As it will be; grows while sources are pinned. */
    readonly locked: Record<string, LockedSource>;
    /** Those that the recipe builds in. */
    readonly environments: Record<string, LockedEnvironment>;
}

export interface PinOptions {
    /** rpkg.lock must be there already and fit. */
    readonly locked: boolean;
    readonly note: (text: string) => void;
}

export function openPins(key: string, folder: string): Result<Pins, Failure> {
    const path = join(folder, 'rpkg.lock');
    const read = readLock(path);
    if (!read.ok) return failure({ kind: 'lock-mismatch', what: path, detail: read.problem });
    return success({ key, path, lock: read.lock, locked: {}, environments: {} });
}

export interface Pinned {
    readonly sources: ReadonlyMap<string, Source>;
    /** For local folders and commits. */
    readonly trees: ReadonlyMap<string, string>;
}

/** Tree digests of folders and commits; the latter, and everything that is fetched here, is compared with the lock. */
export async function pinSources(
    pins: Pins,
    needs: Needs,
    fetching: FetchContext,
    { locked }: PinOptions,
): Promise<Result<Pinned, Failure>> {
    const sources = new Map<string, Source>();
    const trees = new Map<string, string>();
    for (const label of needs.idle) {
        const known = knownPin(pins, label);
        if (known !== undefined) pins.locked[label] = known;
    }
    for (const need of needs.sources) {
        const pinned = await pinSource(need, knownPin(pins, need.id), fetching, locked);
        if (!pinned.ok) return pinned;
        const { source, lock } = pinned.value;
        sources.set(need.id, source);
        if (source.type === 'local' || source.type === 'git') trees.set(need.id, source.tree);
        if (lock !== undefined) pins.locked[need.id] = lock;
    }
    return success({ sources, trees });
}

/** For repositories that no recipe names: the lock file of a workspace does. */
export function commitPinner(pins: Pins, fetching: FetchContext, { locked }: PinOptions): PinCommit {
    return async (url, commit) => {
        const id = `git+${url}#${commit}`;
        const wanted: SourceNeed['source'] = { type: 'git', url, commit };
        const pinned = await pinSource({ source: wanted }, knownPin(pins, id), fetching, locked);
        if (!pinned.ok) return pinned;
        const { source, lock } = pinned.value;
        if (lock !== undefined) pins.locked[id] = lock;
        return success(source.type === 'git' ? source.tree : '');
    };
}

function knownPin({ key, lock }: Pins, id: string): LockedSource | undefined {
    return lock.recipes[key]?.sources[id];
}

async function pinSource(
    { source }: Pick<SourceNeed, 'source'>,
    known: LockedSource | undefined,
    fetching: FetchContext,
    locked: boolean,
): Promise<Result<{ readonly source: Source; readonly lock: LockedSource | undefined }, Failure>> {
    if (source.type === 'local') {
        const tree = await snapshotLocal(resolve(fetching.baseDir, source.path), source.exclude, fetching.store);
        return tree.ok ? success({ source: { ...source, tree: tree.value }, lock: undefined }) : tree;
    }
    const what = sourceTitle(source);
    if (source.type === 'git') {
        const pin = `${source.url} ${source.commit}`;
        if (known?.pin === pin) return success({ source: { ...source, tree: known.tree }, lock: known });
        if (locked) return failure(staleLock(what));
        const tree = await resolveGit(source.url, source.commit, fetching);
        return tree.ok
            ? success({ source: { ...source, tree: tree.value }, lock: { pin, what, tree: tree.value } })
            : tree;
    }
    const pin = sourceHash(source);
    const recorded = recordedTree(fetching.store, source);
    if (known?.pin === pin && (recorded === undefined || recorded === known.tree))
        return success({ source, lock: known });
    if (locked) return failure(staleLock(what));
    const tree = await fetchSource(source, fetching);
    // Its hash says what it is: a plan can name what nobody has seen here yet, as long as no file of it decides the plan.
    if (!tree.ok && tree.failure.kind === 'offline') return success({ source, lock: known });
    if (!tree.ok) return tree;
    if (known?.pin === pin && known.tree !== tree.value) {
        return failure({ kind: 'hash-mismatch', what: `${what} unpacked`, expected: known.tree, actual: tree.value });
    }
    return success({ source, lock: { pin, what, tree: tree.value } });
}

function staleLock(what: string): Failure {
    return {
        kind: 'lock-mismatch',
        what: 'rpkg.lock',
        detail: `${what} is not pinned in it, and \`--locked\` forbids a change`,
    };
}

function sourceTitle(source: SourceNeed['source']): string {
    switch (source.type) {
        case 'crate':
            return `crate ${source.name} ${source.version}`;
        case 'git':
            return `${source.url} commit ${source.commit}`;
        case 'archive':
        case 'file':
            return source.urls[0] ?? source.hash;
        case 'local':
            return source.path;
    }
}

/** Writes `rpkg.lock` when what was pinned is not what it has. */
export function savePins(
    { key, path, lock, locked, environments }: Pins,
    { locked: isFixed, note }: PinOptions,
): Result<void, Failure> {
    const keys = Object.keys(environments).sort(compareBytes);
    const recipe: LockedRecipe = { sources: locked, ...(keys.length === 0 ? {} : { environments: keys }) };
    const next = withRecipe(lock, key, recipe, environments);
    const isNew = lock.recipes[key] === undefined && keys.length === 0 && Object.keys(locked).length === 0;
    if (isNew || canonicalJson({ ...lock }) === canonicalJson({ ...next })) return success(undefined);
    if (isFixed)
        return failure({ kind: 'lock-mismatch', what: path, detail: 'it pins other sources than the recipe has' });
    try {
        writeLock(path, next);
        note('rpkg.lock updated');
        return success(undefined);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return failure({ kind: 'system', code: code ?? 'EIO', operation: 'write', path });
    }
}

/** Environments that no recipe builds in any more are left out. */
function withRecipe(
    lock: LockFile,
    key: string,
    recipe: LockedRecipe,
    environments: Readonly<Record<string, LockedEnvironment>>,
): LockFile {
    const recipes = { ...lock.recipes, [key]: recipe };
    const used = new Set(Object.values(recipes).flatMap((one) => one.environments ?? []));
    const all = Object.entries({ ...lock.environments, ...environments }).filter(([name]) => used.has(name));
    const { schema } = lock;
    return all.length === 0 ? { schema, recipes } : { schema, recipes, environments: Object.fromEntries(all) };
}
