// A package by its id: of a local folder, or read where it was fetched to. Each is read once, when it is asked for.
import type { FolderView } from './folder-view.ts';
import { gitPackageFinder } from './git-package.ts';
import { describePackage, graphProblems } from './graph-problems.ts';
import { readPackage } from './manifest.ts';
import { type Package, type PackageId, packageKey } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { manifestOpener, type Workspace } from './workspace.ts';
import { findWorkspaceRoot } from './workspace-root.ts';

export type LoadPackage = (id: PackageId) => Package | undefined;

interface Places {
    readonly workspace: Workspace;
    readonly view: FolderView;
    /** Where a fetched package lies: its folder, or the folder of a checkout that holds it. */
    readonly crateFolder: (id: PackageId) => string | undefined;
}

/** Undefined for what cannot be had, which is a problem from then on. */
export function packageLoader(places: Places, problems: CargoProblem[]): LoadPackage {
    const { locals, root } = places.workspace;
    const localsByKey = new Map(locals.toReversed().map((local) => [packageKey(local.id), local]));
    const loadFetched = fetchedLoader(places, problems);
    return memoized((id) => {
        if (id.source !== undefined) return loadFetched(id);
        const local = localsByKey.get(packageKey(id));
        if (local === undefined) problems.push(graphProblems.missingLocal(id, root));
        return local;
    });
}

export function memoized<Value>(make: (id: PackageId) => Value): (id: PackageId) => Value {
    const made = new Map<string, Value>();
    return (id) => {
        const key = packageKey(id);
        const known = made.get(key);
        if (known !== undefined || made.has(key)) return known as Value;
        const value = make(id);
        made.set(key, value);
        return value;
    };
}

/** Reads what was fetched, and makes sure that it is what the lock means. */
function fetchedLoader({ view, crateFolder }: Places, problems: CargoProblem[]): LoadPackage {
    const open = manifestOpener(view, problems);
    const findPackage = gitPackageFinder(view, open);
    return (id) => {
        const folder = crateFolder(id);
        const isGit = id.source?.startsWith('git+') === true;
        const before = problems.length;
        const manifest = folder === undefined ? undefined : (findPackage(folder, id.name) ?? open(folder));
        if (folder === undefined || manifest === undefined) {
            if (problems.length === before) problems.push(graphProblems.missingCrate(id, folder));
            return undefined;
        }
        const found = readPackage(manifest, {
            view,
            problems,
            origin: isGit ? 'git' : 'registry',
            source: id.source,
            findWorkspace: () => findWorkspaceRoot(open, manifest, folder),
        });
        for (let at = before; at < problems.length; at++) {
            const problem = problems[at];
            if (problem !== undefined) problems[at] = { package: describePackage(id), ...problem };
        }
        if (found === undefined) {
            if (problems.length === before) problems.push(graphProblems.missingCrate(id, folder));
            return undefined;
        }
        if (found.id.name === id.name && found.id.version === id.version) return found;
        problems.push(graphProblems.otherCrate(id, found));
        return undefined;
    };
}
