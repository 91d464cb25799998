// One Cargo.toml → a package. (The Cargo Book, "The Manifest Format" and "Workspaces" for what is inherited.)
import { type Inherited, readDependencies } from './dependencies.ts';
import { readFeatures } from './feature-map.ts';
import { joinPath } from './folder-path.ts';
import type { FolderView } from './folder-view.ts';
import { lintArguments, lintCheckCfg } from './lints.ts';
import type { About, Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { readTargets } from './targets.ts';
import { boolAt, firstAt, isTable, parseToml, type Table, tableAt, textAt, textsAt } from './toml-table.ts';

export interface ManifestRequest {
    readonly view: FolderView;
    /** Folder of the Cargo.toml. */
    readonly root: string;
    readonly manifest: Table;
    readonly origin: Package['origin'];
    /** As the lock file says it; undefined for local packages. */
    readonly source: string | undefined;
    readonly inherited: Inherited | undefined;
}

export type ReadManifest =
    | { readonly ok: true; readonly table: Table }
    | { readonly ok: false; readonly problem: CargoProblem };

/** The table of the manifest in a folder; a problem when it is not there or not TOML. */
export function readManifest(view: FolderView, root: string): ReadManifest {
    const file = `${root}/Cargo.toml`;
    const text = view.read(file);
    if (text === undefined) return { ok: false, problem: badManifest(file, 'there is no such file') };
    const parsed = parseToml(text);
    return parsed.ok ? parsed : { ok: false, problem: badManifest(file, parsed.message) };
}

export function badManifest(file: string, message: string): CargoProblem {
    return {
        code: 'cargo/bad-manifest',
        message,
        file,
        help: 'correct the manifest, or patch it in the recipe',
    };
}

/** The package; problems are there when it cannot be used as it is. */
export function packageOf(request: ManifestRequest): {
    readonly package: Package;
    readonly problems: readonly CargoProblem[];
} {
    const { view, root, manifest, origin, source, inherited } = request;
    const file = `${root}/Cargo.toml`;
    const problems: CargoProblem[] = [];
    const say = (message: string): void => void problems.push(badManifest(file, message));
    const about = inheritedAbout(
        isTable(manifest['package']) ? manifest['package'] : tableAt(manifest, 'project'),
        inherited,
        say,
    );
    const name = textAt(about, 'name');
    if (name === undefined) say('the package has no name');
    const edition = textAt(about, 'edition') ?? '2015';
    const dependencies = readDependencies(manifest, { root, inherited, say });
    const lints = lintsOf(manifest, inherited);
    const targets = readTargets({ view, root, manifest, about, name: name ?? '', edition, say });
    return {
        package: {
            id: { name: name ?? '', version: textAt(about, 'version') ?? '0.0.0', source },
            root,
            origin,
            edition,
            links: textAt(about, 'links'),
            rustVersion: textAt(about, 'rust-version'),
            dependencies,
            features: readFeatures(manifest, dependencies),
            targets,
            about: aboutOf(about, view, root),
            lints: lintArguments(lints),
            checkCfg: lintCheckCfg(lints),
        },
        problems,
    };
}

/** `[package]` with what it takes from `[workspace.package]`. */
function inheritedAbout(about: Table, inherited: Inherited | undefined, say: (message: string) => void): Table {
    const shared = tableAt(inherited?.table ?? {}, 'package');
    const whole: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(about)) {
        if (!isTable(value) || boolAt(value, 'workspace') !== true) {
            whole[key] = value;
            continue;
        }
        const taken = firstAt(shared, key);
        if (taken === undefined) say(`\`${key}.workspace = true\`, but the workspace has no \`package.${key}\``);
        else whole[key] = isPathKey(key) && typeof taken === 'string' ? `${inherited?.root ?? ''}/${taken}` : taken;
    }
    return whole;
}

function isPathKey(key: string): boolean {
    return key === 'readme' || key === 'license-file';
}

function lintsOf(manifest: Table, inherited: Inherited | undefined): Table {
    const lints = tableAt(manifest, 'lints');
    return boolAt(lints, 'workspace') === true ? tableAt(inherited?.table ?? {}, 'lints') : lints;
}

const readmes = ['README.md', 'README.txt', 'README'] as const;

function aboutOf(about: Table, view: FolderView, root: string): About {
    const text = (key: string): string => textAt(about, key) ?? '';
    const readme = firstAt(about, 'readme');
    const found = readmes.find((name) => view.isFile(joinPath(root, name)));
    return {
        authors: textsAt(about, 'authors') ?? [],
        description: text('description'),
        homepage: text('homepage'),
        repository: text('repository'),
        license: text('license'),
        licenseFile: relativeTo(root, text('license-file')),
        readme:
            typeof readme === 'string'
                ? relativeTo(root, readme)
                : readme === false
                  ? ''
                  : readme === true
                    ? 'README.md'
                    : (found ?? ''),
    };
}

/** A path that was inherited stands in the workspace's folder; the package tells it from its own. */
function relativeTo(root: string, path: string): string {
    if (!path.startsWith('/')) return path;
    const from = root.split('/').slice(1);
    const to = joinPath('/', path).split('/').slice(1);
    let shared = 0;
    while (shared < from.length && from[shared] === to[shared]) shared++;
    return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
