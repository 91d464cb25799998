// A workspace: which packages belong to it, and what all of them share. (The Cargo Book, "Workspaces"; Cargo 1.95,
// `core/workspace.rs`.)
import type { Inherited } from './dependencies.ts';
import { isInside, joinPath, parentOf } from './folder-path.ts';
import type { FolderView } from './folder-view.ts';
import { expandFolders } from './glob.ts';
import { badManifest, packageOf, readManifest } from './manifest.ts';
import type { Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { firstAt, isTable, type Table, tableAt, textAt, textsAt } from './toml-table.ts';

export interface Workspace {
    readonly root: string;
    /** The package of the root manifest; a virtual workspace has none. */
    readonly rootPackage: Package | undefined;
    /** By folder, byte order does not matter: in the order in which Cargo finds them. */
    readonly members: readonly Package[];
    readonly defaultMembers: readonly Package[];
    /** All packages of local folders, members among them. */
    readonly locals: readonly Package[];
    readonly resolver: '1' | '2' | '3';
    /** `[profile]` of the root manifest. */
    readonly profiles: Table;
    /** `[patch]` of the root manifest: registry or URL → package → declaration. */
    readonly patches: Table;
}

export type LoadedWorkspace =
    | { readonly ok: true; readonly workspace: Workspace }
    | { readonly ok: false; readonly problems: readonly CargoProblem[] };

/** The workspace that the package in a folder belongs to, or the one whose root the folder is. */
export function loadWorkspace(view: FolderView, start: string): LoadedWorkspace {
    const found = findRoot(view, start);
    if (!found.ok) return { ok: false, problems: [found.problem] };
    const { root, manifest } = found;
    const table = tableAt(manifest, 'workspace');
    const inherited = { root, table };
    const problems: CargoProblem[] = [];
    const locals = new Map<string, Package>();
    const unreadable = new Set<string>();
    const isExcluded = exclusion(root, table);
    const add = (folder: string, isMember: boolean): void => {
        if (locals.has(folder) || unreadable.has(folder)) return;
        const read = folder === root ? found : readLocal(view, folder);
        if (!read.ok) {
            unreadable.add(folder);
            problems.push(read.problem);
            return;
        }
        const made = packageOf({
            view,
            root: folder,
            manifest: read.manifest,
            origin: isMember ? 'member' : 'local',
            source: undefined,
            inherited: isMember ? inherited : ownInheritance(view, folder),
        });
        problems.push(...made.problems);
        locals.set(folder, made.package);
    };
    const pathsOf = (folder: string): readonly string[] =>
        (locals.get(folder)?.dependencies ?? []).flatMap(({ from }) => (from.type === 'path' ? [from.folder] : []));
    // Members bring along what they need from below the root; what is not a member brings along no members.
    const addMember = (folder: string): void => {
        if (locals.has(folder) || unreadable.has(folder)) return;
        add(folder, true);
        if (!isTable(manifest['workspace'])) return;
        for (const path of pathsOf(folder)) if (isInside(path, root) && !isExcluded(path)) addMember(path);
    };
    const rootPackage = hasPackage(manifest);
    if (rootPackage) addMember(root);
    for (const pattern of textsAt(table, 'members') ?? []) {
        for (const folder of expandFolders(view, root, pattern)) {
            const isPlain = !/[*?[]/.test(pattern);
            if (!isPlain && (isExcluded(folder) || !view.isFile(`${folder}/Cargo.toml`))) continue;
            addMember(folder);
        }
    }
    for (const folder of patchFolders(root, manifest)) add(folder, false);
    // The map grows while it is walked through.
    for (const folder of locals.keys()) for (const path of pathsOf(folder)) add(path, false);
    if (problems.length > 0) return { ok: false, problems };
    const members = [...locals.values()].filter(({ origin }) => origin === 'member');
    return {
        ok: true,
        workspace: {
            root,
            rootPackage: rootPackage ? locals.get(root) : undefined,
            members,
            defaultMembers: defaultMembers(view, { root, table, members, rootPackage: locals.get(root) }),
            locals: [...locals.values()],
            resolver: resolverOf(manifest, locals.get(root)),
            profiles: tableAt(manifest, 'profile'),
            patches: tableAt(manifest, 'patch'),
        },
    };
}

type Found =
    | { readonly ok: true; readonly root: string; readonly manifest: Table }
    | { readonly ok: false; readonly problem: CargoProblem };

/** Upwards from a package to the manifest with `[workspace]` that does not exclude it. */
function findRoot(view: FolderView, start: string): Found {
    const own = readLocal(view, start);
    if (!own.ok || isTable(own.manifest['workspace'])) return own;
    const pointed = textAt(tableAt(own.manifest, 'package'), 'workspace');
    if (pointed !== undefined) return readLocal(view, joinPath(start, pointed));
    for (let folder = start; folder !== '/'; ) {
        folder = parentOf(folder);
        if (!view.isFile(`${folder}/Cargo.toml`)) continue;
        const above = readLocal(view, folder);
        if (!above.ok || !isTable(above.manifest['workspace'])) continue;
        return exclusion(folder, tableAt(above.manifest, 'workspace'))(start) ? own : above;
    }
    return own;
}

function readLocal(view: FolderView, root: string): Found {
    const read = readManifest(view, root);
    if (!read.ok) return read;
    if (hasPackage(read.table) || isTable(read.table['workspace'])) return { ok: true, root, manifest: read.table };
    return {
        ok: false,
        problem: badManifest(`${root}/Cargo.toml`, 'there is neither a package nor a workspace in it'),
    };
}

function hasPackage(manifest: Table): boolean {
    return isTable(manifest['package']) || isTable(manifest['project']);
}

/** A local package outside the workspace may have one of its own to inherit from. */
function ownInheritance(view: FolderView, folder: string): Inherited | undefined {
    const found = findRoot(view, folder);
    return found.ok ? { root: found.root, table: tableAt(found.manifest, 'workspace') } : undefined;
}

/** `exclude` holds for everything below a folder, but not for what `members` names itself. */
function exclusion(root: string, table: Table): (folder: string) => boolean {
    const excluded = (textsAt(table, 'exclude') ?? []).map((path) => joinPath(root, path));
    const named = new Set((textsAt(table, 'members') ?? []).map((path) => joinPath(root, path)));
    return (folder) => !named.has(folder) && excluded.some((each) => isInside(folder, each));
}

function patchFolders(root: string, manifest: Table): readonly string[] {
    return Object.values(tableAt(manifest, 'patch')).flatMap((table) =>
        Object.values(isTable(table) ? table : {}).flatMap((value) => {
            const path = isTable(value) ? textAt(value, 'path') : undefined;
            return path === undefined ? [] : [joinPath(root, path)];
        }),
    );
}

function defaultMembers(
    view: FolderView,
    {
        root,
        table,
        members,
        rootPackage,
    }: {
        readonly root: string;
        readonly table: Table;
        readonly members: readonly Package[];
        readonly rootPackage: Package | undefined;
    },
): readonly Package[] {
    const patterns = textsAt(table, 'default-members');
    if (patterns === undefined) return rootPackage === undefined ? members : [rootPackage];
    const folders = new Set(patterns.flatMap((pattern) => expandFolders(view, root, pattern)));
    return members.filter((member) => folders.has(member.root));
}

const resolverOfEdition: Readonly<Record<string, Workspace['resolver']>> = {
    2015: '1',
    2018: '1',
    2021: '2',
    2024: '3',
};

/** A virtual workspace that says nothing has the oldest resolver, whatever its members' editions. */
function resolverOf(manifest: Table, rootPackage: Package | undefined): Workspace['resolver'] {
    const said =
        firstAt(tableAt(manifest, 'workspace'), 'resolver') ?? firstAt(tableAt(manifest, 'package'), 'resolver');
    if (said === '1' || said === '2' || said === '3') return said;
    return resolverOfEdition[rootPackage?.edition ?? ''] ?? '1';
}
