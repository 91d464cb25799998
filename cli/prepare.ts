// From the words of the command line to a plan: compile, find out the facts that the plan needs, lower. Every command
// that works on a plan starts here.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Compiled, compile } from '../compiler/compile.ts';
import { lower, isBuildable, needsOf } from '../compiler/lower/lower.ts';
import { type Needs, type PlanFacts, type SourceNeed, textKey } from '../compiler/lower/needs.ts';
import { canonicalJson } from '../compiler/plan/canonical.ts';
import { sourceHash } from '../compiler/plan/identity.ts';
import type { Plan, Source } from '../compiler/plan/plan.ts';
import type { Evaluated } from '../compiler/value.ts';
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import type { Failure } from '../runtime/failure.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { resolveGit } from '../runtime/fetch/git.ts';
import { snapshotLocal } from '../runtime/fetch/local.ts';
import { recordedTree } from '../runtime/fetch/recorded.ts';
import { identifyTools } from '../runtime/host/tools.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import type { Store } from '../runtime/store/store.ts';
import { gatherCargoFacts } from './cargo-facts.ts';
import type { Context } from './context.ts';
import { type LockedSource, type LockFile, readLock, writeLock } from './lock-file.ts';
import type { RecipeRequest } from './request.ts';

/** Only what is in the store; whatever is pinned; or also what is not pinned yet, to tell what it is. */
export type SourceUse = 'present' | 'fetch' | 'pin';

export interface PrepareOptions {
    readonly store: Store;
    readonly sources: SourceUse;
    /** rpkg.lock must be there already and fit. */
    readonly locked: boolean;
    readonly note: (text: string) => void;
}

/** Everything that the plan was made from: while all of it is as it was, so is the plan. */
export interface Basis {
    /** Absolute paths of recipe files. */
    readonly files: readonly string[];
    /** Names of host tools. */
    readonly tools: readonly string[];
    readonly folders: readonly { readonly path: string; readonly exclude: readonly string[]; readonly tree: string }[];
    readonly lock: string;
}

export type Prepared =
    | {
          readonly ok: true;
          readonly plan: Plan;
          /** The recipe that the plan was made from. */
          readonly evaluated: Evaluated;
          readonly folder: string;
          readonly warnings: readonly Diagnostic[];
          readonly basis: Basis;
      }
    | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
    | { readonly ok: false; readonly failures: readonly Failure[] };

/** The plan of a recipe; pins what it fetched in `rpkg.lock`. */
export async function prepare(context: Context, request: RecipeRequest, options: PrepareOptions): Promise<Prepared> {
    const compiled = await compileRecipe(context, request);
    const { evaluated, diagnostics } = compiled;
    if (evaluated === undefined || diagnostics.some(isError)) return { ok: false, diagnostics };
    const { needs, diagnostics: allProblems } = needsOf(evaluated);
    const needProblems =
        options.sources === 'pin' ? allProblems.filter(({ code }) => code !== 'plan/hash-todo') : allProblems;
    if (needProblems.some(isError)) return { ok: false, diagnostics: [...diagnostics, ...needProblems] };
    const folder = resolve(context.cwd, dirname(request.file));
    const top = evaluated.layers.at(-1)?.name ?? evaluated.name;
    const facts = await gatherFacts(context, `${basename(request.file)}#${top}`, needs, folder, options);
    if (!facts.ok) return { ok: false, failures: [facts.failure] };
    const lowered = lower(evaluated, facts.value, { mainPath: request.file, record: request.record });
    if (lowered.plan === undefined) return { ok: false, diagnostics: [...diagnostics, ...lowered.diagnostics] };
    const basis = {
        files: compiled.files.map((path) => resolve(context.cwd, path)),
        tools: needs.tools,
        folders: [
            ...needs.sources.flatMap(({ id, source }) => {
                const tree = facts.value.trees.get(id);
                if (source.type !== 'local' || tree === undefined) return [];
                return [{ path: resolve(folder, source.path), exclude: source.exclude, tree }];
            }),
            ...[...(facts.value.cargo?.crates.values() ?? [])].flatMap((source) =>
                source.type === 'local' ? [{ path: source.path, exclude: source.exclude, tree: source.tree }] : [],
            ),
        ],
        lock: join(folder, 'rpkg.lock'),
    };
    return {
        ok: true,
        plan: lowered.plan,
        evaluated,
        folder,
        warnings: [...diagnostics, ...lowered.diagnostics],
        basis,
    };
}

/** Diagnostics of a recipe without any fact from outside: what `check` needs. */
export async function compileForCheck(context: Context, request: RecipeRequest): Promise<readonly Diagnostic[]> {
    const { evaluated, diagnostics } = await evaluateRecipe(context, request);
    if (evaluated === undefined || !isBuildable(evaluated.kind)) return diagnostics;
    return [...diagnostics, ...needsOf(evaluated).diagnostics];
}

/** A recipe of a kind that cannot be built is none to plan. */
async function compileRecipe(context: Context, request: RecipeRequest): Promise<Compiled> {
    const compiled = await evaluateRecipe(context, request);
    const { evaluated, diagnostics } = compiled;
    if (evaluated === undefined || isBuildable(evaluated.kind)) return compiled;
    return { ...compiled, evaluated: undefined, diagnostics: [...diagnostics, notBuildable(evaluated)] };
}

function evaluateRecipe(context: Context, request: RecipeRequest): Promise<Compiled> {
    return compile({
        main: request.file,
        ...(request.recipe === undefined ? {} : { recipe: request.recipe }),
        target: request.target,
        host: request.host,
        options: request.options,
        read: (path) => readText(resolve(context.cwd, path)),
    });
}

function notBuildable(evaluated: Evaluated): Diagnostic {
    const place = evaluated.root.place;
    return {
        code: 'plan/not-buildable',
        severity: 'error',
        message: `\`${evaluated.name}\` is of kind \`${evaluated.kind}\`, which describes something but builds nothing`,
        labels: place === undefined ? [] : [{ ...place, text: 'asked for', primary: true }],
        help: 'name a recipe to build: FILE#NAME',
    };
}

async function readText(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, 'utf8');
    } catch {
        return undefined;
    }
}

async function gatherFacts(
    context: Context,
    lockKey: string,
    needs: Needs,
    folder: string,
    options: PrepareOptions,
): Promise<Result<PlanFacts, Failure>> {
    const { store } = options;
    const fetching: FetchContext = {
        store,
        baseDir: folder,
        offline: options.sources === 'present',
        environment: context.env,
        report: options.note,
        signal: context.signal,
    };
    const [tools, pinned] = await Promise.all([
        identifyTools(needs.tools, { store, environment: context.env }),
        pinSources(lockKey, needs, fetching, options),
    ]);
    if (!tools.ok) return tools;
    if (!pinned.ok) return pinned;
    const texts = await readTexts(needs, pinned.value.sources, fetching);
    if (!texts.ok) return texts;
    const facts = { tools: tools.value, trees: pinned.value.trees, texts: texts.value };
    const main = pinned.value.sources.get('main');
    const rustc = tools.value['rustc'];
    if (needs.cargo === undefined || main === undefined || rustc === undefined) return success(facts);
    const std = pinned.value.sources.get(needs.cargo.std ?? '');
    const cargo = await gatherCargoFacts(needs.cargo, { main, std }, rustc, fetching);
    return cargo.ok ? success({ ...facts, cargo: cargo.value }) : cargo;
}

interface Pinned {
    readonly sources: ReadonlyMap<string, Source>;
    /** For local folders and commits. */
    readonly trees: ReadonlyMap<string, string>;
}

/** Tree digests of folders and commits; the latter, and everything that is fetched here, is compared with the lock. */
async function pinSources(
    key: string,
    needs: Needs,
    fetching: FetchContext,
    options: PrepareOptions,
): Promise<Result<Pinned, Failure>> {
    const lockPath = join(fetching.baseDir, 'rpkg.lock');
    const read = readLock(lockPath);
    if (!read.ok) return failure({ kind: 'lock-mismatch', what: lockPath, detail: read.problem });
    const known = read.lock.recipes[key]?.sources ?? {};
    const sources = new Map<string, Source>();
    const trees = new Map<string, string>();
    const locked: Record<string, LockedSource> = Object.fromEntries(
        needs.idle.flatMap((label) => (known[label] === undefined ? [] : [[label, known[label]]])),
    );
    for (const need of needs.sources) {
        const pinned = await pinSource(need, known[need.id], fetching, options.locked);
        if (!pinned.ok) return pinned;
        const { source, lock } = pinned.value;
        sources.set(need.id, source);
        if (source.type === 'local' || source.type === 'git') trees.set(need.id, source.tree);
        if (lock !== undefined) locked[need.id] = lock;
    }
    const updated = updateLock(lockPath, read.lock, key, locked, options);
    return updated.ok ? success({ sources, trees }) : updated;
}

async function pinSource(
    need: SourceNeed,
    known: LockedSource | undefined,
    fetching: FetchContext,
    locked: boolean,
): Promise<Result<{ readonly source: Source; readonly lock: LockedSource | undefined }, Failure>> {
    const { source } = need;
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

function updateLock(
    path: string,
    lock: LockFile,
    key: string,
    sources: Readonly<Record<string, LockedSource>>,
    options: PrepareOptions,
): Result<void, Failure> {
    if (canonicalJson(lock.recipes[key]?.sources ?? {}) === canonicalJson(sources)) return success(undefined);
    if (options.locked)
        return failure({ kind: 'lock-mismatch', what: path, detail: 'it pins other sources than the recipe has' });
    try {
        writeLock(path, { ...lock, recipes: { ...lock.recipes, [key]: { sources } } });
        options.note('rpkg.lock updated');
        return success(undefined);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return failure({ kind: 'system', code: code ?? 'EIO', operation: 'write', path });
    }
}

/** Files of sources that decide how the plan looks. A source that is not in the store yet is fetched. */
async function readTexts(
    needs: Needs,
    sources: ReadonlyMap<string, Source>,
    fetching: FetchContext,
): Promise<Result<Map<string, string>, Failure>> {
    const texts = new Map<string, string>();
    for (const { source: id, path } of needs.texts) {
        const source = sources.get(id);
        if (source === undefined) continue;
        const tree = await fetchSource(source, fetching);
        if (!tree.ok) return tree;
        const text = await readText(join(fetching.store.objectPath(tree.value), path));
        if (text !== undefined) texts.set(textKey(id, path), text);
    }
    return success(texts);
}
