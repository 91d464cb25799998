// Which manifest is the root of a workspace, and what it keeps out.
import { normalPath } from '../module-path.ts';
import type { ManifestFile } from './manifest-file.ts';
import { packageTable } from './manifest.ts';
import { isTable, isTexts, type Table } from './toml-table.ts';

export type OpenManifest = (folder: string) => ManifestFile | undefined;

export function workspaceTable({ document }: ManifestFile): Table | undefined {
    const { workspace } = document;
    return isTable(workspace) ? workspace : undefined;
}

/**
 * The manifest itself, the one that it points to, or the nearest one above that has `[workspace]` and does not exclude it.
 * No folder above `top` is looked at.
 */
export function findWorkspaceRoot(open: OpenManifest, manifest: ManifestFile, top = '/'): ManifestFile | undefined {
    if (workspaceTable(manifest) !== undefined) return manifest;
    const pointed = pointedRoot(manifest);
    if (pointed !== undefined) return open(pointed);
    for (let folder = manifest.folder; folder !== top && folder !== '/'; ) {
        folder = parentFolder(folder);
        const above = open(folder);
        if (above === undefined) continue;
        if (workspaceTable(above) !== undefined) {
            if (!isExcluded(above, manifest.folder)) return above;
            continue;
        }
        const further = pointedRoot(above);
        if (further !== undefined) return open(further);
    }
    return undefined;
}

/** `package.workspace` */
function pointedRoot(manifest: ManifestFile): string | undefined {
    const pointer = packageTable(manifest)?.['workspace'];
    return typeof pointer === 'string' ? normalPath(`${manifest.folder}/${pointer}`) : undefined;
}

export function parentFolder(folder: string): string {
    return folder.slice(0, folder.lastIndexOf('/')) || '/';
}

/** `exclude` wins over everything but a member that is named (as written, no pattern). */
export function isExcluded(root: ManifestFile, folder: string): boolean {
    const table = workspaceTable(root);
    const covers = (key: string): boolean => {
        const paths = table?.[key];
        return isTexts(paths) && paths.some((path) => isWithin(folder, normalPath(`${root.folder}/${path}`)));
    };
    return covers('exclude') && !covers('members');
}

export function isWithin(folder: string, outer: string): boolean {
    return folder === outer || outer === '/' || folder.startsWith(`${outer}/`);
}
