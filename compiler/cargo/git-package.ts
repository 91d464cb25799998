// Packages of a repository: Cargo knows them by name, wherever in the checkout they lie.
import type { FolderView } from './folder-view.ts';
import type { ManifestFile } from './manifest-file.ts';
import { packageTable } from './manifest.ts';
import type { OpenManifest } from './workspace-root.ts';

/** Finds the manifest of the package `name` in a checkout, or in what was copied of one. */
export type FindGitPackage = (checkout: string, name: string) => ManifestFile | undefined;

/** Each checkout is walked once. */
export function gitPackageFinder(view: FolderView, open: OpenManifest): FindGitPackage {
    const walked = new Map<string, ReadonlyMap<string, ManifestFile>>();
    return (checkout, name) => {
        const top = open(checkout);
        if (top !== undefined && packageTable(top)?.['name'] === name) return top;
        let packages = walked.get(checkout);
        if (packages === undefined) {
            packages = packagesBelow(view, open, checkout);
            walked.set(checkout, packages);
        }
        return packages.get(name);
    };
}

function packagesBelow(view: FolderView, open: OpenManifest, checkout: string): ReadonlyMap<string, ManifestFile> {
    const packages = new Map<string, ManifestFile>();
    const walk = (folder: string): void => {
        const manifest = open(folder);
        const name = manifest === undefined ? undefined : packageTable(manifest)?.['name'];
        // Fixtures may repeat a name; what lies higher is meant.
        if (manifest !== undefined && typeof name === 'string' && !packages.has(name)) packages.set(name, manifest);
        for (const entry of view.list(folder)) {
            const below = `${folder}/${entry}`;
            if (entry.startsWith('.') || (entry === 'target' && manifest !== undefined)) continue;
            // A submodule is a repository of its own.
            if (view.isFolder(below) && !view.isFolder(`${below}/.git`) && !view.isFile(`${below}/.git`)) walk(below);
        }
    };
    walk(checkout);
    return packages;
}
