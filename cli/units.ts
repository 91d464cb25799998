// The unit graph of a workspace as it lies on the disk: nothing is fetched, built or changed.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readdirSync } from 'node:fs';
import { parseCfgLines, type Platform } from '../compiler/cargo/cfg.ts';
import { crateFolders } from '../compiler/cargo/crate-folders.ts';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { type LockedPackage, parseCargoLock } from '../compiler/cargo/lock-file.ts';
import { lockedGraph } from '../compiler/cargo/locked-graph.ts';
import type { PackageId } from '../compiler/cargo/package.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import { parseToml, tableAt, textAt } from '../compiler/cargo/toml-table.ts';
import { planUnits } from '../compiler/cargo/unit-graph.ts';
import { unitGraphJson } from '../compiler/cargo/unit-json.ts';
import { allTargets, type TargetSelection } from '../compiler/cargo/unit-roots.ts';
import { loadWorkspace } from '../compiler/cargo/workspace.ts';
import { runProgram } from '../runtime/host/run-program.ts';
import { folderView } from './folder-view.ts';

export interface FolderRequest {
    readonly folder: string;
    /** Folder of crates. */
    readonly crates?: string | undefined;
    readonly packages: readonly string[];
    readonly profile: string;
    readonly target?: string | undefined;
    readonly allTargets: boolean;
    readonly targets?: TargetSelection | undefined;
    readonly features: readonly string[];
    readonly allFeatures: boolean;
    readonly noDefaultFeatures: boolean;
    readonly environment?: NodeJS.ProcessEnv;
}

export interface FolderUnits {
    /** As Cargo's `--unit-graph` prints it. */
    readonly json: object | undefined;
    readonly problems: readonly CargoProblem[];
}

/** Reads the workspace and asks the installed rustc what it says of the platforms. */
export async function planFolder(request: FolderRequest): Promise<FolderUnits> {
    const environment = request.environment ?? process.env;
    const view = folderView((path) => path);
    const loaded = loadWorkspace(view, resolve(request.folder));
    if (!loaded.ok) return { json: undefined, problems: loaded.problems };
    const { workspace } = loaded;
    const file = join(workspace.root, 'Cargo.lock');
    const lock = readLock(view, file);
    if ('code' in lock) return { json: undefined, problems: [lock] };
    const graph = lockedGraph({
        workspace,
        lock,
        view,
        crateFolder: crateFinder(request, workspace.root, view, environment),
    });
    const host = await hostTriple(environment);
    const hostFacts = await platform(host, environment);
    const targetFacts = request.target === undefined ? hostFacts : await platform(request.target, environment);
    if (hostFacts === undefined || targetFacts === undefined) {
        return { json: undefined, problems: [noCompiler(request.target ?? host)] };
    }
    const planned = planUnits({
        workspace,
        graph,
        selection: { packages: request.packages, targets: request.allTargets ? allTargets : request.targets },
        features: { named: request.features, all: request.allFeatures, defaults: !request.noDefaultFeatures },
        profile: request.profile,
        profileOverrides: {},
        command: 'build',
        target: request.target,
        host: hostFacts,
        targetFacts,
    });
    const json = planned.units === undefined ? undefined : unitGraphJson(planned.units);
    return { json, problems: planned.problems };
}

function readLock(view: FolderView, file: string): readonly LockedPackage[] | CargoProblem {
    const text = view.read(file);
    if (text === undefined) {
        return {
            code: 'cargo/lock-mismatch',
            message: 'there is no such file',
            file,
            help: 'make it with `cargo generate-lockfile`',
        };
    }
    const lock = parseCargoLock(text);
    return lock.ok ? lock.packages : { code: 'cargo/lock-mismatch', message: lock.message, file };
}

function noCompiler(triple: string): CargoProblem {
    return {
        code: 'cargo/no-compiler',
        message: `rustc says nothing of ${triple}`,
        help: 'install rustc, and correct the name of the target',
    };
}

/** Crates of the given folder, of the one that stands in for the registry, or of those that cargo has unpacked. */
function crateFinder(
    { crates }: FolderRequest,
    root: string,
    view: FolderView,
    environment: NodeJS.ProcessEnv,
): (id: PackageId) => string | undefined {
    const folders = crates === undefined ? (replacedBy(view, root) ?? unpacked(environment)) : [resolve(crates)];
    const finders = folders.map((folder) => crateFolders(view, folder));
    return (id) => finders.map((find) => find(id)).find((found) => found !== undefined);
}

/** Directory sources of the workspace's own configuration. */
function replacedBy(view: FolderView, root: string): readonly string[] | undefined {
    const text = view.read(join(root, '.cargo/config.toml')) ?? view.read(join(root, '.cargo/config'));
    const parsed = text === undefined ? undefined : parseToml(text);
    if (parsed?.ok !== true) return undefined;
    const sources = tableAt(parsed.table, 'source');
    const folders = Object.keys(sources).flatMap((name) => textAt(tableAt(sources, name), 'directory') ?? []);
    return folders.length === 0 ? undefined : folders.map((folder) => resolve(root, folder));
}

function unpacked(environment: NodeJS.ProcessEnv): readonly string[] {
    const home = environment['CARGO_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cargo');
    const sources = join(home, 'registry/src');
    try {
        return readdirSync(sources).map((name) => join(sources, name));
    } catch {
        return [];
    }
}

async function hostTriple(environment: NodeJS.ProcessEnv): Promise<string> {
    const said = await askRustc(['-vV'], environment);
    return /^host: (.*)$/m.exec(said ?? '')?.[1] ?? '';
}

async function platform(triple: string, environment: NodeJS.ProcessEnv): Promise<Platform | undefined> {
    const said = await askRustc(['--print', 'cfg', '--target', triple], environment);
    return said === undefined
        ? undefined
        : { triple, cfg: parseCfgLines(said.split('\n').filter((line) => line !== '')) };
}

async function askRustc(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string | undefined> {
    const finished = await runProgram({ program: 'rustc', args, cwd: '/', environment, timeoutMs: 60_000 });
    return finished.exitCode === 0 ? finished.stdout.toString() : undefined;
}
