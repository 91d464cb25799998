// What of a workspace a member's units see: everything but the other members' folders, so that a change in one member does
// not touch the actions of the others. A member whose code seems to reach out of its folder sees all of it.
import { isInside } from '../cargo/folder-path.ts';
import type { FolderView } from '../cargo/folder-view.ts';
import { buildScriptOf, type Package } from '../cargo/package.ts';
import type { Workspace } from '../cargo/workspace.ts';

/** Paths, relative to the workspace's root, that the units of a member can do without; none when it is not sure. */
export function hiddenFolders(view: FolderView, workspace: Workspace, member: Package): readonly string[] {
    const { root, locals } = workspace;
    const others = new Set(
        locals
            .map((local) => local.root)
            .filter((folder) => folder !== root && isInside(folder, root) && !isInside(member.root, folder)),
    );
    // A folder inside another one goes with it.
    const outermost = [...others].filter((folder) => !parentsOf(folder, root).some((parent) => others.has(parent)));
    const hidden = [...outermost, ...codeOfRoot(view, workspace, member)].map((path) => path.slice(root.length + 1));
    const named = hidden.filter((path) => path.includes('/'));
    const starts = [...new Set(named.map((path) => path.slice(0, path.indexOf('/') + 1)))];
    return reachesOut(view, member.root, { others, named, starts }) ? [] : hidden;
}

/** Folders between `root` and the path, without both. */
function parentsOf(path: string, root: string): readonly string[] {
    const parents: string[] = [];
    for (let end = path.lastIndexOf('/'); end > root.length; end = path.lastIndexOf('/', end - 1))
        parents.push(path.slice(0, end));
    return parents;
}

/** The root package's own code, for a member that lies beside it. */
function codeOfRoot(view: FolderView, { root, rootPackage }: Workspace, member: Package): readonly string[] {
    if (rootPackage === undefined || member === rootPackage) return [];
    const script = buildScriptOf(rootPackage)?.path;
    const folders = ['src', 'tests', 'examples', 'benches'].map((name) => `${root}/${name}`);
    const there = folders.filter((folder) => view.isFolder(folder) && !isInside(member.root, folder));
    return script === undefined || there.some((folder) => isInside(script, folder)) ? there : [...there, script];
}

interface Hidden {
    readonly others: ReadonlySet<string>;
    /** Hidden paths that a source file could mean when it has them in it: a name alone could be anything. */
    readonly named: readonly string[];
    /** What those begin with: few, whatever the number of members. A file without them has none of the paths. */
    readonly starts: readonly string[];
}

/** Whether a source file names a parent folder or one that would be hidden. */
function reachesOut(view: FolderView, folder: string, away: Hidden): boolean {
    return view.list(folder).some((name) => {
        const path = `${folder}/${name}`;
        if (view.isFolder(path)) return name !== 'target' && !away.others.has(path) && reachesOut(view, path, away);
        if (!name.endsWith('.rs')) return false;
        const text = view.read(path) ?? '';
        if (/\.\.\/|"\.\."/.test(text)) return true;
        return away.starts.some((each) => text.includes(each)) && away.named.some((each) => text.includes(each));
    });
}
