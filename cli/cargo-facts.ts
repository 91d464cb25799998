// What planning without Cargo has to see: the manifests of the workspace and its crates, at the places where the actions
// will see them, and what the compiler says of both platforms. Missing crates are fetched; nothing of a package is run.
import { realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseCfgLines, type PlatformFacts } from '../compiler/cargo/cfg.ts';
import { availablePackages, type DecidedLock, decideLock } from '../compiler/cargo/decide-lock.ts';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { parseGitSource } from '../compiler/cargo/git-source.ts';
import { packageLoader } from '../compiler/cargo/load-package.ts';
import type { LockedPackage } from '../compiler/cargo/lock-file.ts';
import type { PackageId } from '../compiler/cargo/package.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import { loadWorkspace } from '../compiler/cargo/workspace.ts';
import type { CargoFacts, CargoNeed } from '../compiler/lower/needs.ts';
import { crateFolder, repositoryFolder, workspaceFolder } from '../compiler/lower/unit-places.ts';
import { canonicalJson } from '../compiler/plan/canonical.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { type Result, success } from '../runtime/result.ts';
import { askRustc } from './ask-rustc.ts';
import { checkAgainstLock, type CrateThere, cratesThere, readCargoLock } from './crates-there.ts';
import { findStd } from './find-std.ts';
import { folderView } from './folder-view.ts';
import { replacedCrates } from './replaced-crates.ts';
import type { Surroundings } from './surroundings.ts';
import { lockedRepositories, type PinCommit, type Repository } from './repositories.ts';

interface Gathering {
    readonly fetching: FetchContext;
    readonly pin: PinCommit;
    /** Pinned, by label. */
    readonly sources: ReadonlyMap<string, Source>;
}

export interface GatheredFacts {
    readonly facts: CargoFacts;
    /** What could have led to other facts, as for `looksOf`. */
    readonly watched: readonly string[];
}

/** `main`: the pinned main source. Fails when sources or the compiler cannot be had. */
export async function gatherCargoFacts(
    need: CargoNeed,
    main: Source,
    surroundings: Surroundings,
    { fetching, pin, sources }: Gathering,
): Promise<Result<GatheredFacts, Failure>> {
    // The compiler answers on another processor while files are read here.
    const answers = askPlatforms(need, surroundings);
    try {
        return await gather(need, main, surroundings, { fetching, pin, sources, answers });
    } finally {
        await answers;
    }
}

async function gather(
    need: CargoNeed,
    main: Source,
    surroundings: Surroundings,
    { fetching, pin, sources, answers }: Gathering & { readonly answers: Answers },
): Promise<Result<GatheredFacts, Failure>> {
    const tree = await fetchSource(main, fetching);
    if (!tree.ok) return tree;
    const workspace = fetching.store.objectPath(tree.value);
    const lock = readCargoLock(join(workspace, need.lock));
    const replaced = await replacedCrates(need, sources, fetching);
    if (!replaced.ok) return replaced;
    const unreplaced = await cratesThere(need, workspace, lock, fetching);
    if (!unreplaced.ok) return unreplaced;
    const there = withReplaced(unreplaced.value, replaced.value);
    // A folder of crates has those of repositories too.
    const repositories = await lockedRepositories(need.from === 'crates' ? (lock ?? []) : [], pin, fetching);
    if (!repositories.ok) return repositories;
    const stdFolder = await findStd(need, sources.get(need.std ?? ''), surroundings, fetching);
    const [hostCfg, targetCfg] = await answers;
    if (!hostCfg.ok) return hostCfg;
    if (!targetCfg.ok) return targetCfg;
    if (!stdFolder.ok) return stdFolder;
    const cfg = { hostCfg: hostCfg.value, targetCfg: targetCfg.value };
    const decided =
        need.policy === 'require'
            ? undefined
            : decideFromFolders(need, {
                  workspace,
                  lock,
                  there,
                  replaced: replaced.value,
                  repositories: repositories.value,
                  cfg,
              });
    const used = await pinUsed(need, { lock, decided, there, replaced: replaced.value });
    if (!used.ok) return used;
    const brought = [...used.value, ...repositories.value];
    const folders = new Map([[workspaceFolder, workspace], ...brought.map(({ at, folder }) => [at, folder] as const)]);
    const facts: CargoFacts = {
        view: mountedView(folders),
        crateFolder: crateFinder(workspace, { there, replaced: replaced.value, repositories: repositories.value }),
        crates: new Map(brought.map(({ at, source }) => [at, source])),
        replaced: replaced.value,
        lock,
        decided,
        stdFolder: stdFolder.value,
        ...cfg,
    };
    return success({ facts, watched: decided === undefined ? [] : watchedPaths(need, unreplaced.value, fetching) });
}

type Lines = Result<readonly string[], Failure>;
type Answers = Promise<readonly [Lines, Lines]>;

/** What the compiler says of the build machine and of the target: one question where they are the same. */
async function askPlatforms(
    { host, target, flags }: CargoNeed,
    surroundings: Surroundings,
): Promise<readonly [Lines, Lines]> {
    const questions = [
        ['--print', 'cfg', '--target', host, ...flags.host],
        ['--print', 'cfg', '--target', target, ...flags.target],
    ] as const;
    const isOne = canonicalJson(questions[0]) === canonicalJson(questions[1]);
    const first = askRustc(surroundings, questions[0]);
    return await Promise.all([first, isOne ? first : askRustc(surroundings, questions[1])]);
}

/** Where crates of a folder decide, another one may come, and one that is there may change its version. */
function watchedPaths(need: CargoNeed, there: readonly CrateThere[], { baseDir }: FetchContext): readonly string[] {
    if (need.from !== 'directory') return [];
    const paths = [resolve(baseDir, need.path ?? '.'), ...there.map(({ folder }) => join(folder, 'Cargo.toml'))];
    return paths.map((path) => `follow ${path}`);
}

/** A source of the recipe goes before what has the same name and version. */
function withReplaced(crates: readonly CrateThere[], replaced: readonly CrateThere[]): readonly CrateThere[] {
    const names = new Set(replaced.map(({ name, version }) => `${name} ${version}`));
    return [...crates.filter(({ name, version }) => !names.has(`${name} ${version}`)), ...replaced];
}

/** Where sandboxes have a crate. */
function crateFinder(
    workspace: string,
    { there, replaced, repositories }: Pick<Deciding, 'there' | 'replaced' | 'repositories'>,
): (id: PackageId) => string | undefined {
    const known = new Map(there.map((crate) => [`${crate.name} ${crate.version}`, crate]));
    const places = new Set(repositories.map(({ at }) => at));
    return ({ name, version, source }) => {
        const crate = known.get(`${name} ${version}`);
        const git = parseGitSource(source);
        const place = git === undefined ? undefined : repositoryFolder(git);
        if (place !== undefined && places.has(place) && !replaced.some((one) => one === crate)) return place;
        if (crate === undefined) return undefined;
        return crate.isPartOfMain
            ? `${workspaceFolder}/${relative(realpathSync(workspace), crate.folder)}`
            : crateFolder(crate);
    };
}

interface Deciding {
    /** Of the main source. */
    readonly workspace: string;
    readonly lock: readonly LockedPackage[] | undefined;
    readonly there: readonly CrateThere[];
    /** Those of `there` that are sources of the recipe. */
    readonly replaced: readonly CrateThere[];
    readonly repositories: readonly Repository[];
    readonly cfg: Pick<CargoFacts, 'hostCfg' | 'targetCfg'>;
}

/** Manifests are read where they lie: most crates of a distribution's folder will not be used. */
function decideFromFolders(
    need: CargoNeed,
    { workspace, lock, there, replaced, repositories, cfg }: Deciding,
): DecidedLock | undefined {
    const view = mountedView(
        new Map([
            [workspaceFolder, workspace],
            ...there.map((crate) => [crateFolder(crate), crate.folder] as const),
            ...repositories.map(({ at, folder }) => [at, folder] as const),
        ]),
    );
    const loaded = loadWorkspace(view, workspaceFolder);
    if (!loaded.ok || (need.policy === 'patch' && lock === undefined)) return undefined;
    const told: CargoProblem[] = [];
    const finder = crateFinder(workspace, { there, replaced, repositories });
    const load = packageLoader({ workspace: loaded.workspace, view, crateFolder: finder }, told);
    const facts = (triple: string, lines: readonly string[]): PlatformFacts => ({
        triple,
        cfg: parseCfgLines(lines.join('\n')),
    });
    return decideLock({
        workspace: loaded.workspace,
        asks: need.asks,
        extraFeatures: need.extraFeatures,
        available: availablePackages(need, lock ?? [], { there, replaced }),
        load,
        told,
        host: facts(need.host, cfg.hostCfg),
        target: facts(need.target, cfg.targetCfg),
        checksum: ({ name, version }) =>
            there.find((one) => one.name === name && one.version === version)?.checksum?.slice('sha256:'.length),
    });
}

/** Those that the plan will use, in the store. Which crates of the lock file it uses is not known before they are read. */
async function pinUsed(
    need: CargoNeed,
    {
        lock,
        decided,
        there,
        replaced,
    }: Pick<Deciding, 'lock' | 'there' | 'replaced'> & { readonly decided: DecidedLock | undefined },
): Promise<Result<readonly Repository[], Failure>> {
    const used = new Set((decided?.packages ?? lock ?? []).map(({ name, version }) => `${name} ${version}`));
    const brought: Repository[] = [];
    for (const crate of there) {
        if (!used.has(`${crate.name} ${crate.version}`)) continue;
        const isLocked = need.policy === 'require' || (need.policy === 'patch' && !need.unlock.includes(crate.name));
        // What stands in for a crate has no checksum that the lock file could know.
        if (isLocked && !replaced.includes(crate)) {
            const checked = checkAgainstLock(crate, lock ?? []);
            if (!checked.ok) return checked;
        }
        const pinned = await crate.pin();
        if (!pinned.ok) return pinned;
        if (pinned.value !== undefined) brought.push({ at: crateFolder(crate), ...pinned.value });
    }
    return success(brought);
}

/** Each sandbox folder stands for a folder on the disk. */
function mountedView(folders: ReadonlyMap<string, string>): FolderView {
    return folderView((path) => {
        const [, top = ''] = /^(\/[^/]+\/[^/]+\/[^/]+)(?:\/|$)/.exec(path) ?? [];
        const folder = folders.get(top);
        return folder === undefined ? undefined : `${folder}${path.slice(top.length)}`;
    });
}
