// The unit graph of a workspace that has no recipe yet, as its first recipe would have it: release profile, this machine.
// Crates that cargo has not unpacked are brought into the store.
import * as os from 'node:os';
import * as path from 'node:path';
import { crateFolders } from '../compiler/cargo/crate-folders.ts';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { type LockedPackage, parseCargoLock } from '../compiler/cargo/lock-file.ts';
import { lockedGraph } from '../compiler/cargo/locked-graph.ts';
import { type Package, type PackageId, packageKey } from '../compiler/cargo/package.ts';
import { packageSpec } from '../compiler/cargo/package-spec.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import type { UnitGraph } from '../compiler/cargo/unit.ts';
import { planUnits } from '../compiler/cargo/unit-graph.ts';
import type { Workspace } from '../compiler/cargo/workspace.ts';
import type { Failure } from '../runtime/failure.ts';
import { fetchCrates } from '../runtime/fetch/crate.ts';
import { type Result, success } from '../runtime/result.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { crateSources } from './crate-sources.ts';
import { openUserStore } from './open-store.ts';
import { rustcFacts } from './rustc-facts.ts';

export interface FirstPlan {
    readonly units: UnitGraph | undefined;
    readonly problems: readonly CargoProblem[];
    /** Folder in the workspace that holds its crates. */
    readonly bundled: string | undefined;
}

interface Question {
    readonly view: FolderView;
    readonly workspace: Workspace;
    readonly chosen: Package;
    readonly features: readonly string[];
}

export async function firstPlan(
    context: Context,
    args: Arguments,
    question: Question,
): Promise<Result<FirstPlan, Failure>> {
    const { view, workspace } = question;
    const file = path.join(workspace.root, 'Cargo.lock');
    const text = view.read(file);
    const lock = text === undefined ? undefined : parseCargoLock(text);
    if (lock?.ok === false) {
        const problems: readonly CargoProblem[] = [{ code: 'cargo/bad-lock', message: lock.message, file }];
        return success({ units: undefined, problems, bundled: undefined });
    }
    const locked = lock?.packages ?? [];
    const bundled = bundledFolder(view, workspace.root, locked);
    const { env, cwd } = context;
    const crates = args.value('crates') ?? (bundled === undefined ? undefined : path.join(workspace.root, bundled));
    const { folderOf: local } = crateSources(view, {
        workspace: workspace.root,
        named: crates === undefined ? undefined : path.resolve(cwd, crates),
        home: env['CARGO_HOME'] ?? path.join(env['HOME'] ?? os.homedir(), '.cargo'),
    });
    const planned = await plan(context, question, lock?.packages, local);
    if (!planned.ok) return planned;
    const isMissing = planned.value.problems.some(({ code }) => code === 'cargo/missing-crate');
    if (!isMissing || crates !== undefined) return success({ ...planned.value, bundled });
    const fetched = await fetchLocked(context, args, workspace, locked);
    if (!fetched.ok) return fetched;
    const again = await plan(context, question, lock?.packages, (id) => local(id) ?? fetched.value.get(packageKey(id)));
    return again.ok ? success({ ...again.value, bundled }) : again;
}

async function plan(
    { env }: Context,
    { view, workspace, chosen, features }: Question,
    lock: readonly LockedPackage[] | undefined,
    crateFolder: (id: PackageId) => string | undefined,
): Promise<Result<Pick<FirstPlan, 'units' | 'problems'>, Failure>> {
    const graph = lockedGraph({ workspace, lock, view, crateFolder });
    if (graph.problems.length > 0) return success({ units: undefined, problems: graph.problems });
    const facts = await rustcFacts(env['RUSTC'] ?? 'rustc', undefined);
    if (!facts.ok) return facts;
    const host = facts.value;
    const planned = planUnits({
        workspace,
        graph,
        selection: { intent: 'build', packages: [packageSpec(chosen)], targets: undefined },
        features: { features, all: false, defaults: true },
        profile: { name: 'release' },
        host,
        target: host,
    });
    return success(planned);
}

/** Everything that has a checksum, into the store: package → folder. */
async function fetchLocked(
    context: Context,
    args: Arguments,
    workspace: Workspace,
    locked: readonly LockedPackage[],
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
    const store = await openUserStore(context, args);
    if (!store.ok) return store;
    try {
        const pinned = locked.flatMap(({ name, version, source, checksum }) =>
            checksum === undefined ? [] : [{ name, version, source, hash: `sha256:${checksum}` }],
        );
        const trees = await fetchCrates(pinned, path.join(workspace.root, 'Cargo.toml'), {
            store: store.value,
            baseDir: workspace.root,
            offline: args.flag('offline'),
            environment: context.env,
            report: (line) => {
                context.err.write(`${line}\n`);
            },
            signal: context.signal,
        });
        if (!trees.ok) return trees;
        const folders = pinned.map((id, index) => {
            const tree = trees.value[index];
            return [packageKey(id), tree === undefined ? '' : store.value.objectPath(tree)] as const;
        });
        return success(new Map(folders));
    } finally {
        await store.value.close();
    }
}

/** `vendor`, when the crates of the lock file lie in it. */
function bundledFolder(view: FolderView, root: string, locked: readonly LockedPackage[]): string | undefined {
    const outside = locked.filter(({ source }) => source !== undefined);
    const find = crateFolders(view, path.join(root, 'vendor'));
    return outside.some((id) => find({ ...id, source: id.source }) !== undefined) ? 'vendor' : undefined;
}
