// From the words of the command line to a plan: compile, find out the facts that the plan needs, lower. Every command
// that works on a plan starts here.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { type Compiled, compile } from '../compiler/compile.ts';
import { lower, isBuildable, missingToolOf, needsOf } from '../compiler/lower/lower.ts';
import {
    type EnvironmentFacts,
    type Needs,
    type PlanFacts,
    allNeeds,
    textKey,
    viewRoot,
} from '../compiler/lower/needs.ts';
import type { Plan, Source } from '../compiler/plan/plan.ts';
import type { Evaluated } from '../compiler/value.ts';
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import type { Failure } from '../runtime/failure.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { recordedTree } from '../runtime/fetch/recorded.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { type HostSession, openHost } from '../runtime/host/session.ts';
import { identifyTools } from '../runtime/host/tools.ts';
import { type Result, success } from '../runtime/result.ts';
import type { Store } from '../runtime/store/store.ts';
import { gatherCargoFacts } from './cargo-facts.ts';
import type { Context } from './context.ts';
import { folderView } from './folder-view.ts';
import { cratesSummary } from './crates-summary.ts';
import { pinEnvironment } from './pin-environment.ts';
import { commitPinner, openPins, type Pins, pinSources, savePins } from './pin-sources.ts';
import type { RecipeRequest } from './request.ts';
import { hostSurroundings, rootSurroundings, type Surroundings } from './surroundings.ts';

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
    /** Names of tools of the host; those of a root file system are as fixed as the lock that pins it. */
    readonly tools: readonly string[];
    readonly folders: readonly { readonly path: string; readonly exclude: readonly string[]; readonly tree: string }[];
    /** What was looked at besides, as for `looksOf`. */
    readonly watched: readonly string[];
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
    const host = openHost({ store: options.store, environment: context.env });
    // Every plan on the host has a shell. What it is takes a program or two to find out, which can run while the recipe is read.
    const shell = identifyTools(['sh'], host);
    try {
        return await prepareWith(context, request, { ...options, host });
    } finally {
        await shell;
    }
}

/** What is known of the host is asked for once. */
interface Preparing extends PrepareOptions {
    readonly host: HostSession;
}

async function prepareWith(context: Context, request: RecipeRequest, options: Preparing): Promise<Prepared> {
    const compiled = await compileRecipe(context, request);
    const { evaluated, diagnostics } = compiled;
    if (evaluated === undefined || diagnostics.some(isError)) return { ok: false, diagnostics };
    const { needs, diagnostics: allProblems } = needsOf(evaluated);
    const needProblems =
        options.sources === 'pin' ? allProblems.filter(({ code }) => code !== 'plan/hash-todo') : allProblems;
    if (needProblems.some(isError)) return { ok: false, diagnostics: [...diagnostics, ...needProblems] };
    const folder = resolve(context.cwd, dirname(request.file));
    const top = evaluated.layers.at(-1)?.name ?? evaluated.name;
    const lockKey = `${basename(request.file)}#${top}`;
    const gathered = await gatherFacts(context, lockKey, needs, folder, options);
    if (!gathered.ok) {
        const { failure } = gathered;
        const told = failure.kind === 'missing-tool' ? missingToolOf(evaluated, failure.tool) : undefined;
        return told === undefined
            ? { ok: false, failures: [failure] }
            : { ok: false, diagnostics: [...diagnostics, told] };
    }
    const { facts, watched } = gathered.value;
    const parts = allNeeds(needs);
    const lowered = lower(evaluated, facts, { mainPath: request.file, record: request.record });
    if (lowered.plan === undefined) return { ok: false, diagnostics: [...diagnostics, ...lowered.diagnostics] };
    const { crates } = lowered.plan.provenance;
    if (crates !== undefined) options.note(cratesSummary(crates));
    const basis = {
        files: compiled.files.map((path) => resolve(context.cwd, path)),
        tools: [...new Set(parts.flatMap((part) => (part.environment === undefined ? part.tools : [])))],
        folders: [
            ...localFolders(needs, facts, folder),
            ...[...(facts.cargo?.crates.values() ?? [])].flatMap((source) =>
                source.type === 'local' ? [{ path: source.path, exclude: source.exclude, tree: source.tree }] : [],
            ),
        ],
        watched,
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

/** The user's folders that are sources of a recipe and of its parts. */
function localFolders(needs: Needs, facts: PlanFacts, folder: string): Basis['folders'] {
    const own = needs.sources.flatMap(({ id, source }) => {
        const tree = facts.trees.get(id);
        if (source.type !== 'local' || tree === undefined) return [];
        return [{ path: resolve(folder, source.path), exclude: source.exclude, tree }];
    });
    const parts = (needs.parts ?? []).flatMap((part) => {
        const known = facts.parts?.get(part.name);
        return known === undefined ? [] : localFolders(part.needs, known, folder);
    });
    return [...own, ...parts];
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

/** What a recipe says, without any fact from outside. */
export function evaluateRecipe(context: Context, request: RecipeRequest): Promise<Compiled> {
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

interface Gathered {
    readonly facts: PlanFacts;
    readonly watched: readonly string[];
}

/** Facts for a recipe and, one after the other, for what it is made of, which has pins of its own. */
async function gatherFacts(
    context: Context,
    lockKey: string,
    needs: Needs,
    folder: string,
    options: Preparing,
): Promise<Result<Gathered, Failure>> {
    const own = await gatherOwnFacts(context, lockKey, needs, folder, options);
    if (!own.ok || needs.parts === undefined) return own;
    const parts = new Map<string, PlanFacts>();
    const watched = [...own.value.watched];
    for (const part of needs.parts) {
        const gathered = await gatherFacts(context, `${lockKey}/${part.name}`, part.needs, folder, options);
        if (!gathered.ok) return gathered;
        parts.set(part.name, gathered.value.facts);
        watched.push(...gathered.value.watched);
    }
    return success({ facts: { ...own.value.facts, parts }, watched });
}

async function gatherOwnFacts(
    context: Context,
    lockKey: string,
    needs: Needs,
    folder: string,
    options: Preparing,
): Promise<Result<Gathered, Failure>> {
    const { store } = options;
    const fetching: FetchContext = {
        store,
        baseDir: folder,
        offline: options.sources === 'present',
        environment: context.env,
        report: options.note,
        signal: context.signal,
    };
    const pins = openPins(lockKey, folder);
    if (!pins.ok) return pins;
    const [around, pinned] = await Promise.all([
        surroundingsFor(context, needs, pins.value, fetching, options),
        pinSources(pins.value, needs, fetching, options),
    ]);
    if (!around.ok) return around;
    if (!pinned.ok) return pinned;
    const { surroundings, environment } = around.value;
    const texts = await readTexts(needs, pinned.value.sources, fetching);
    if (!texts.ok) return texts;
    const facts: PlanFacts = {
        tools: surroundings.tools,
        trees: pinned.value.trees,
        texts: texts.value,
        ...(needs.views === undefined ? {} : { views: viewsOf(needs.views, pinned.value.sources, fetching) }),
        ...(environment === undefined ? {} : { environment }),
    };
    const main = pinned.value.sources.get('main');
    const pin = commitPinner(pins.value, fetching, options);
    const cargo =
        needs.cargo === undefined || main === undefined
            ? undefined
            : await gatherCargoFacts(needs.cargo, main, surroundings, { fetching, pin, sources: pinned.value.sources });
    if (cargo?.ok === false) return cargo;
    const saved = savePins(pins.value, options);
    if (!saved.ok) return saved;
    return success(
        cargo === undefined
            ? { facts, watched: [] }
            : { facts: { ...facts, cargo: cargo.value.facts }, watched: cargo.value.watched },
    );
}

/** The tools of the plan; of a root file system when the recipe builds in one, which is in the store then. */
async function surroundingsFor(
    context: Context,
    { environment: need, tools }: Needs,
    pins: Pins,
    fetching: FetchContext,
    options: Preparing,
): Promise<Result<{ readonly surroundings: Surroundings; readonly environment?: EnvironmentFacts }, Failure>> {
    const { store, host } = options;
    if (need === undefined) {
        const surroundings = await hostSurroundings(tools, host, context);
        return surroundings.ok ? success({ surroundings: surroundings.value }) : surroundings;
    }
    const environment = await pinEnvironment(pins, need, fetching, options);
    if (!environment.ok) return environment;
    const surroundings = await rootSurroundings(tools, { ...environment.value, name: need.name }, store, context);
    return surroundings.ok
        ? success({ surroundings: surroundings.value, environment: environment.value })
        : surroundings;
}

/** What sources hold that are at hand: folders of the user's, and what is in the store. */
function viewsOf(
    wanted: readonly string[],
    sources: ReadonlyMap<string, Source>,
    { store, baseDir }: FetchContext,
): ReadonlyMap<string, FolderView> {
    return new Map(
        wanted.flatMap((id) => {
            const source = sources.get(id);
            if (source === undefined) return [];
            const tree = source.type === 'local' ? undefined : recordedTree(store, source);
            const folder = source.type === 'local' ? resolve(baseDir, source.path) : tree && store.objectPath(tree);
            return folder === undefined
                ? []
                : [[id, folderView((path) => `${folder}${path.slice(viewRoot.length)}`)] as const];
        }),
    );
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
