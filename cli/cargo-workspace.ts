// A Cargo workspace on this machine, ready to be planned.
import * as path from 'node:path';
import { lockedGraph, type LockedGraph } from '../compiler/cargo/locked-graph.ts';
import { type LockedPackage, parseCargoLock } from '../compiler/cargo/lock-file.ts';
import { packageLoader } from '../compiler/cargo/load-package.ts';
import { availablePackages, decideLock, type LockQuestion, type UnitAsk } from '../compiler/cargo/decide-lock.ts';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import { loadWorkspace, type Workspace } from '../compiler/cargo/workspace.ts';
import { type CrateSources, crateSources } from './crate-sources.ts';
import { folderView } from './folder-view.ts';

export type OpenedWorkspace =
    | { readonly ok: true; readonly workspace: Workspace; readonly graph: LockedGraph }
    | { readonly ok: false; readonly problems: readonly CargoProblem[] };

export interface WorkspacePlace {
    /** Absolute. */
    readonly folder: string;
    /** Where fetched crates lie. */
    readonly crates: string | undefined;
    /** Where cargo keeps them otherwise. */
    readonly home: string;
}

/** With the versions of its lock file. */
export function openCargoWorkspace(place: WorkspacePlace): OpenedWorkspace {
    const opened = open(place);
    if (!opened.ok) return opened;
    const { workspace, lock, view, sources } = opened;
    return graphOf(workspace, lockedGraph({ workspace, lock, view, crateFolder: sources.folderOf }));
}

/** With the newest versions that are there and fit what is asked for. */
export function resolveCargoWorkspace(
    place: WorkspacePlace,
    { host, target, ...ask }: UnitAsk & Pick<LockQuestion, 'host' | 'target'>,
): OpenedWorkspace {
    const opened = open(place);
    if (!opened.ok) return opened;
    const { workspace, lock = [], view, sources } = opened;
    const told: CargoProblem[] = [];
    const { packages, problems } = decideLock({
        asks: [ask],
        host,
        target,
        workspace,
        available: availablePackages({ policy: 'resolve', unlock: [] }, lock, { there: sources.all() }),
        load: packageLoader({ workspace, view, crateFolder: sources.folderOf }, told),
        told,
        checksum: () => undefined,
    });
    if (problems.length > 0) return { ok: false, problems };
    const crateFolder = sources.folderOf;
    return graphOf(workspace, lockedGraph({ workspace, lock: packages, isPartial: true, view, crateFolder }));
}

function graphOf(workspace: Workspace, graph: LockedGraph): OpenedWorkspace {
    if (graph.problems.length > 0) return { ok: false, problems: graph.problems };
    return { ok: true, workspace, graph };
}

function open({ folder, crates, home }: WorkspacePlace):
    | {
          readonly ok: true;
          readonly workspace: Workspace;
          readonly lock: readonly LockedPackage[] | undefined;
          readonly view: FolderView;
          readonly sources: CrateSources;
      }
    | { readonly ok: false; readonly problems: readonly CargoProblem[] } {
    const view = folderView((path) => path);
    const loaded = loadWorkspace(view, folder);
    if (!loaded.ok) return loaded;
    const { workspace } = loaded;
    const file = path.join(workspace.root, 'Cargo.lock');
    const text = view.read(file);
    const lock = text === undefined ? undefined : parseCargoLock(text);
    if (lock?.ok === false) return { ok: false, problems: [{ code: 'cargo/bad-lock', message: lock.message, file }] };
    const sources = crateSources(view, { workspace: workspace.root, named: crates, home });
    return { ok: true, workspace, lock: lock?.packages, view, sources };
}
