// A Cargo workspace on this machine, ready to be planned.
import * as path from 'node:path';
import { lockedGraph, type LockedGraph } from '../compiler/cargo/locked-graph.ts';
import { parseCargoLock } from '../compiler/cargo/lock-file.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import { loadWorkspace, type Workspace } from '../compiler/cargo/workspace.ts';
import { crateSources } from './crate-sources.ts';
import { folderView } from './folder-view.ts';

export type OpenedWorkspace =
    | { readonly ok: true; readonly workspace: Workspace; readonly graph: LockedGraph }
    | { readonly ok: false; readonly problems: readonly CargoProblem[] };

/** `folder` is absolute; `crates` is where fetched crates lie, `home` where cargo keeps them otherwise. */
export function openCargoWorkspace(
    folder: string,
    { crates, home }: { readonly crates: string | undefined; readonly home: string },
): OpenedWorkspace {
    const view = folderView((path) => path);
    const loaded = loadWorkspace(view, folder);
    if (!loaded.ok) return loaded;
    const { workspace } = loaded;
    const file = path.join(workspace.root, 'Cargo.lock');
    const text = view.read(file);
    const lock = text === undefined ? undefined : parseCargoLock(text);
    if (lock?.ok === false) return { ok: false, problems: [{ code: 'cargo/bad-lock', message: lock.message, file }] };
    const crateFolder = crateSources(view, { workspace: workspace.root, named: crates, home });
    const graph = lockedGraph({ workspace, lock: lock?.packages, view, crateFolder });
    if (graph.problems.length > 0) return { ok: false, problems: graph.problems };
    return { ok: true, workspace, graph };
}
