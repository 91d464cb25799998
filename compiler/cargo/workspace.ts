// The workspace that a folder belongs to: its root, its members, and all packages of local folders that they depend on.
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import { readDependency } from './dependencies.ts';
import type { FolderView } from './folder-view.ts';
import { expandFolders } from './glob.ts';
import { type ManifestFile, manifestPath, openManifest } from './manifest-file.ts';
import { packageTable, readPackage } from './manifest.ts';
import type { Dependency, Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { badManifest, isTable, type Reading, type Table, tableAt, textAt, textsAt, unsupported } from './toml-table.ts';
import {
    findWorkspaceRoot,
    isExcluded,
    isWithin,
    type OpenManifest,
    parentFolder,
    workspaceTable,
} from './workspace-root.ts';

export interface Workspace {
    /** Absolute folder of the root manifest, where Cargo.lock lies. */
    readonly root: string;
    /** Undefined for a virtual workspace. */
    readonly rootPackage: Package | undefined;
    /** In order of their paths. */
    readonly members: readonly Package[];
    /** What is built when nothing is chosen. */
    readonly defaultMembers: readonly Package[];
    /** Members, then other packages of local folders. */
    readonly locals: readonly Package[];
    readonly resolver: '1' | '2' | '3';
    /** `[profile]` of the root, as written. */
    readonly profiles: Table;
    readonly patches: readonly Patch[];
}

/** One entry of `[patch]`. */
export interface Patch {
    /** `crates-io`, the name of another registry, or a URL. */
    readonly of: string;
    readonly dependency: Dependency;
}

export type LoadedWorkspace =
    | { readonly ok: true; readonly workspace: Workspace }
    | { readonly ok: false; readonly problems: readonly CargoProblem[] };

interface Loading {
    readonly view: FolderView;
    readonly problems: CargoProblem[];
    readonly open: OpenManifest;
    readonly root: ManifestFile;
    /** By folder. */
    readonly members: Map<string, Package | undefined>;
    readonly others: Map<string, Package | undefined>;
}

/** `start` is the folder of a package or workspace, or lies in one. */
export function loadWorkspace(view: FolderView, start: string): LoadedWorkspace {
    const problems: CargoProblem[] = [];
    const open = manifestOpener(view, problems);
    const current = nearestManifest(view, open, start);
    if (current === undefined) {
        if (problems.length === 0) problems.push(missingManifest(start));
        return { ok: false, problems };
    }
    const found = findWorkspaceRoot(open, current);
    const loading: Loading = { view, problems, open, root: found ?? current, members: new Map(), others: new Map() };
    if (found === undefined) addMember(loading, current.folder, 'alone');
    else findMembers(loading, found);
    if (!loading.members.has(current.folder) && workspaceTable(current) === undefined) {
        problems.push(notAMember(current.file, loading.root.file));
    }
    const patches = readPatches(loading);
    findOthers(loading, patches);
    const workspace = assemble(loading, current, patches);
    return problems.length === 0 ? { ok: true, workspace } : { ok: false, problems };
}

/** Reads each manifest once, so that each mistake is told once. */
export function manifestOpener(view: FolderView, problems: CargoProblem[]): OpenManifest {
    const opened = new Map<string, ManifestFile | undefined>();
    return (folder) => {
        if (!opened.has(folder)) opened.set(folder, openManifest(view, folder, problems));
        return opened.get(folder);
    };
}

function nearestManifest(view: FolderView, open: OpenManifest, start: string): ManifestFile | undefined {
    for (let folder = start; ; folder = parentFolder(folder)) {
        if (view.isFile(manifestPath(folder))) return open(folder);
        if (folder === '/' || folder === '') return undefined;
    }
}

function findMembers(loading: Loading, root: ManifestFile): void {
    for (const { folder } of listed(loading, 'members') ?? []) addMember(loading, folder, 'listed');
    if (packageTable(root) !== undefined) addMember(loading, root.folder, 'listed');
}

/** Folders that a list of the root's `[workspace]` means. */
function listed({ view, root, problems }: Loading, key: string): readonly { readonly folder: string }[] | undefined {
    const patterns = textsAt({ file: root.file, problems }, workspaceTable(root) ?? {}, key);
    return patterns?.flatMap((pattern) => expandFolders(view, root.folder, pattern).map((folder) => ({ folder })));
}

/** A member, and with it those of its path dependencies that lie in the workspace. */
function addMember(loading: Loading, folder: string, how: 'alone' | 'listed' | 'depended-on'): void {
    const { members, root } = loading;
    if (members.has(folder)) return;
    if (how === 'depended-on' && !isWithin(folder, root.folder) && !pointsToRoot(loading, folder)) return;
    if (how !== 'alone' && isExcluded(root, folder)) return;
    // Noted first: packages may depend on each other for their tests.
    members.set(folder, undefined);
    const member = readLocal(loading, folder, 'member');
    members.set(folder, member);
    if (member === undefined || how === 'alone') return;
    for (const { from } of member.dependencies) {
        if (from.type === 'path') addMember(loading, from.folder, 'depended-on');
    }
}

function pointsToRoot({ open, root }: Loading, folder: string): boolean {
    const manifest = open(folder);
    return manifest !== undefined && findWorkspaceRoot(open, manifest)?.folder === root.folder;
}

function readLocal(loading: Loading, folder: string, origin: 'member' | 'local'): Package | undefined {
    const { view, problems, open, root } = loading;
    const manifest = open(folder);
    if (manifest === undefined || packageTable(manifest) === undefined) {
        const isBroken = manifest === undefined && view.isFile(manifestPath(folder));
        if (!isBroken && origin === 'member') problems.push(missingMember(folder, root.file));
        return undefined;
    }
    return readPackage(manifest, {
        view,
        problems,
        origin,
        source: undefined,
        findWorkspace: () => findWorkspaceRoot(open, manifest),
    });
}

/** Path packages beside the workspace. What nobody can reach need not exist, as for Cargo. */
function findOthers(loading: Loading, patches: readonly Patch[]): void {
    const { members, others, problems } = loading;
    const add = ({ from }: Dependency): void => {
        if (from.type !== 'path' || members.has(from.folder) || others.has(from.folder)) return;
        others.set(from.folder, undefined);
        const other = readLocal(loading, from.folder, 'local');
        others.set(from.folder, other);
        for (const dependency of other?.dependencies ?? []) if (dependency.kind !== 'dev') add(dependency);
    };
    for (const member of members.values()) {
        if (member === undefined) continue;
        for (const dependency of member.dependencies) {
            add(dependency);
            const { from, name } = dependency;
            if (from.type !== 'path' || members.has(from.folder) || others.get(from.folder) !== undefined) continue;
            if (problems.length === 0) problems.push(missingFolder(name, from.folder, member));
        }
    }
    for (const { dependency } of patches) add(dependency);
}

function readPatches({ root, problems }: Loading): readonly Patch[] {
    const reading: Reading = { file: root.file, problems };
    if (root.document['replace'] !== undefined) {
        unsupported(reading, 'the workspace uses `[replace]`', 'write it as `[patch]`, which came after it');
    }
    const context = { reading, folder: root.folder, edition: '2015', origin: 'local', find: () => root } as const;
    return sortedEntries(tableAt(reading, root.document, 'patch') ?? {}).flatMap(([of, entries]) => {
        if (!isTable(entries)) {
            badManifest(reading, `\`patch.${of}\` is not a table`);
            return [];
        }
        return sortedEntries(entries).flatMap(([name, value]): readonly Patch[] => {
            const dependency = readDependency(context, { name, value, kind: 'normal', platform: undefined });
            return dependency === undefined ? [] : [{ of, dependency }];
        });
    });
}

function assemble(loading: Loading, current: ManifestFile, patches: readonly Patch[]): Workspace {
    const { root, problems } = loading;
    const members = byPath(loading.members);
    const rootPackage = members.find((member) => member.root === root.folder);
    checkNames(members, root.file, problems);
    return {
        root: root.folder,
        rootPackage,
        members,
        defaultMembers: defaultMembers(loading, current, members),
        locals: [...members, ...byPath(loading.others)],
        resolver: resolverOf({ file: root.file, problems }, root, rootPackage),
        profiles: tableAt({ file: root.file, problems }, root.document, 'profile') ?? {},
        patches,
    };
}

/** Cargo orders paths of manifests segment by segment. */
function byPath(packages: ReadonlyMap<string, Package | undefined>): readonly Package[] {
    const key = ({ root }: Package): string => manifestPath(root).replaceAll('/', '\0');
    return [...packages.values()].filter((each) => each !== undefined).sort((a, b) => compareBytes(key(a), key(b)));
}

function defaultMembers(loading: Loading, current: ManifestFile, members: readonly Package[]): readonly Package[] {
    const { root, problems } = loading;
    if (current.folder !== root.folder) return members.filter((member) => member.root === current.folder);
    const chosen = listed(loading, 'default-members');
    if (chosen === undefined) {
        const isVirtual = packageTable(root) === undefined;
        return members.filter((member) => isVirtual || member.root === root.folder);
    }
    return chosen.flatMap(({ folder }) => {
        const member = members.find((each) => each.root === folder);
        if (member !== undefined) return [member];
        if (!isExcluded(root, folder) && !loading.members.has(folder)) problems.push(notAMember(folder, root.file));
        return [];
    });
}

function resolverOf(reading: Reading, root: ManifestFile, rootPackage: Package | undefined): Workspace['resolver'] {
    const ofPackage = textAt(reading, packageTable(root) ?? {}, 'resolver');
    const written = textAt(reading, workspaceTable(root) ?? {}, 'resolver') ?? ofPackage;
    if (written === '1' || written === '2' || written === '3') return written;
    if (written !== undefined) badManifest(reading, `resolver \`${written}\` is not known; 1, 2 and 3 are`);
    // A virtual workspace has no edition of its own, whatever its members have.
    if (rootPackage === undefined || rootPackage.edition < '2021') return '1';
    return rootPackage.edition < '2024' ? '2' : '3';
}

function checkNames(members: readonly Package[], file: string, problems: CargoProblem[]): void {
    const seen = new Map<string, Package>();
    for (const member of members) {
        const other = seen.get(member.id.name);
        seen.set(member.id.name, member);
        if (other === undefined) continue;
        const message = `two members are named \`${member.id.name}\`: ${other.root} and ${member.root}`;
        problems.push({ code: 'cargo/bad-workspace', message, file, help: 'rename one, or exclude it' });
    }
}

function missingManifest(folder: string): CargoProblem {
    return {
        code: 'cargo/bad-workspace',
        message: `there is no Cargo.toml in ${folder} or above`,
        file: folder,
        help: 'name the folder of a package or of a workspace',
    };
}

function missingMember(folder: string, file: string): CargoProblem {
    return {
        code: 'cargo/bad-workspace',
        message: `${folder} has no Cargo.toml with a \`[package]\``,
        file,
        help: 'correct `members`, or exclude the folder',
    };
}

function missingFolder(name: string, folder: string, { id, root }: Package): CargoProblem {
    return {
        code: 'cargo/bad-workspace',
        message: `the dependency \`${name}\` has no Cargo.toml with a \`[package]\` in ${folder}`,
        package: `${id.name} ${id.version}`,
        file: manifestPath(root),
        help: 'correct its `path`, or add the folder to the sources',
    };
}

function notAMember(what: string, file: string): CargoProblem {
    return {
        code: 'cargo/bad-workspace',
        message: `${what} is not a member of the workspace above it`,
        file,
        help: 'add it to `members`, or to `exclude` to keep it apart',
    };
}
