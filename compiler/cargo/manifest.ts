// A manifest and the files beside it → a package, by the rules of The Cargo Book, "The Manifest Format".
import type { FolderView } from './folder-view.ts';
import { readDependencies } from './dependencies.ts';
import { readFeatures } from './feature-map.ts';
import { type FindWorkspace, inheritLints, inheritPackage, readmeOf } from './inherit.ts';
import { readLints } from './lints.ts';
import type { ManifestFile } from './manifest-file.ts';
import type { About, Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { readTargets } from './targets.ts';
import { badManifest, isTable, type Reading, type Table, tableAt, textAt, textsAt, unsupported } from './toml-table.ts';
import { parseVersion } from './version.ts';

export interface PackageContext {
    readonly view: FolderView;
    readonly problems: CargoProblem[];
    readonly origin: Package['origin'];
    readonly source: string | undefined;
    readonly findWorkspace: FindWorkspace;
}

const editions = ['2015', '2018', '2021', '2024'];

/** The `[package]` table; `[project]` before edition 2024. */
export function packageTable({ document }: ManifestFile): Table | undefined {
    const table = document['package'] ?? document['project'];
    return isTable(table) ? table : undefined;
}

/** Undefined for a manifest without a package, or with one that cannot be named. */
export function readPackage(manifest: ManifestFile, context: PackageContext): Package | undefined {
    const { file, folder, document } = manifest;
    const { view, problems, origin, source, findWorkspace: find } = context;
    const reading: Reading = { file, problems };
    const written = packageTable(manifest);
    if (written === undefined) return undefined;
    const table = inheritPackage(reading, { view, folder, table: written, find });
    const name = textAt(reading, table, 'name');
    const version = textAt(reading, table, 'version')?.trim() ?? '0.0.0';
    if (name === undefined || !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) {
        badManifest(reading, name === undefined ? 'the package has no name' : `\`${name}\` cannot name a package`);
        return undefined;
    }
    if (parseVersion(version) === undefined) badManifest(reading, `\`${version}\` is not a version`);
    const edition = textAt(reading, table, 'edition') ?? '2015';
    checkPackage(reading, document, table, edition);
    const dependencies = readDependencies({ reading, folder, edition, origin, find }, document);
    const targets = readTargets({ reading, view, folder, packageName: name, edition, origin }, document, table);
    const links = textAt(reading, table, 'links');
    if (links !== undefined && !targets.some(({ kind }) => kind === 'custom-build')) {
        badManifest(reading, `the package says that it links to \`${links}\`, and has no build script`);
    }
    const lints = inheritLints(reading, tableAt(reading, document, 'lints') ?? {}, find);
    return {
        id: { name, version, source },
        root: folder,
        origin,
        edition,
        links,
        rustVersion: textAt(reading, table, 'rust-version'),
        dependencies,
        features: readFeatures(reading, tableAt(reading, document, 'features') ?? {}, dependencies),
        targets,
        about: readAbout(reading, view, folder, table),
        ...readLints(reading, lints),
    };
}

/** Refuses what would be built in another way than Cargo does. */
function checkPackage(reading: Reading, document: Table, table: Table, edition: string): void {
    if (!editions.includes(edition)) {
        unsupported(reading, `edition ${edition} is not known`, `known editions: ${editions.join(', ')}`);
    }
    if (document['project'] !== undefined && edition >= '2024') {
        badManifest(reading, '`[project]` is `[package]` since edition 2024');
    }
    for (const key of ['default-target', 'forced-target']) {
        if (table[key] !== undefined) {
            unsupported(reading, `the package sets \`${key}\``, 'only nightly Cargo knows this key');
        }
    }
}

function readAbout(reading: Reading, view: FolderView, folder: string, table: Table): About {
    const text = (key: string): string => textAt(reading, table, key) ?? '';
    return {
        authors: textsAt(reading, table, 'authors') ?? [],
        description: text('description'),
        homepage: text('homepage'),
        repository: text('repository'),
        license: text('license'),
        licenseFile: text('license-file'),
        readme: readmeOf(view, folder, table['readme']) ?? '',
    };
}
