// What cargo says of a package, in the form in which ours can be compared with it.
import { spawnSync } from 'node:child_process';
import type { Dependency, Package, Target } from '../../../compiler/cargo/package.ts';
import { compareBytes, sortedEntries } from '../../../compiler/plan/bytes.ts';

export const hasCargo = spawnSync('cargo', ['--version']).status === 0;

export interface Metadata {
    readonly packages: readonly MetadataPackage[];
    readonly workspace_members: readonly string[];
    readonly workspace_default_members: readonly string[];
    readonly resolve: {
        readonly nodes: readonly { readonly id: string; readonly dependencies: readonly string[] }[];
    } | null;
}

interface MetadataPackage {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly edition: string;
    readonly links: string | null;
    readonly rust_version: string | null;
    readonly features: Readonly<Record<string, readonly string[]>>;
    readonly dependencies: readonly MetadataDependency[];
    readonly targets: readonly MetadataTarget[];
    readonly authors: readonly string[];
    readonly description: string | null;
    readonly homepage: string | null;
    readonly repository: string | null;
    readonly license: string | null;
    readonly license_file: string | null;
    readonly readme: string | null;
}

interface MetadataDependency {
    readonly name: string;
    readonly rename: string | null;
    readonly kind: 'dev' | 'build' | null;
    readonly target: string | null;
    readonly optional: boolean;
    readonly uses_default_features: boolean;
    readonly features: readonly string[];
}

interface MetadataTarget {
    readonly kind: readonly string[];
    readonly name: string;
    readonly src_path: string;
    readonly crate_types: readonly string[];
    readonly edition: string;
    readonly 'required-features'?: readonly string[];
    readonly test: boolean;
    readonly doc: boolean;
    readonly doctest: boolean;
}

export function runCargo(...args: readonly string[]): unknown {
    const { status, stdout, stderr } = spawnSync('cargo', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
}

/** Cargo prints `cfg` in its own way. */
function platformText(text: string | null | undefined): string | undefined {
    return text?.replaceAll(' ', '') ?? undefined;
}

function dependencyText(row: object): string {
    return JSON.stringify(row);
}

function ofCargoDependency(dependency: MetadataDependency): string {
    const { name, rename, kind, target, optional, features, uses_default_features } = dependency;
    return dependencyText({
        name: rename ?? name,
        packageName: name,
        kind: kind ?? 'normal',
        platform: platformText(target),
        optional,
        features,
        defaultFeatures: uses_default_features,
    });
}

function ofOurDependency({
    name,
    packageName,
    kind,
    platform,
    optional,
    features,
    defaultFeatures,
}: Dependency): string {
    return dependencyText({
        name,
        packageName,
        kind,
        platform: platformText(platform),
        optional,
        features,
        defaultFeatures,
    });
}

function ofOurTarget({ kind, name, path, crateTypes, edition, requiredFeatures, test, doc, doctest }: Target): object {
    return {
        kind: kind === 'lib' ? crateTypes : [kind],
        name,
        path,
        crateTypes,
        edition,
        requiredFeatures,
        test,
        doc,
        doctest,
    };
}

function ofCargoTarget(target: MetadataTarget): object {
    const { kind, name, src_path, crate_types, edition, test, doc, doctest } = target;
    const requiredFeatures = target['required-features'];
    return { kind, name, path: src_path, crateTypes: crate_types, edition, requiredFeatures, test, doc, doctest };
}

/** The same for both: compare with `toEqual`. */
export function comparableCargo(of: MetadataPackage): object {
    return {
        name: of.name,
        version: of.version,
        edition: of.edition,
        links: of.links ?? undefined,
        rustVersion: of.rust_version ?? undefined,
        features: sortedEntries(of.features),
        dependencies: of.dependencies.map(ofCargoDependency).sort(compareBytes),
        targets: of.targets.map(ofCargoTarget),
        about: {
            authors: of.authors,
            description: of.description ?? '',
            homepage: of.homepage ?? '',
            repository: of.repository ?? '',
            license: of.license ?? '',
            licenseFile: of.license_file ?? '',
            readme: of.readme ?? '',
        },
    };
}

export function comparableOurs(of: Package): object {
    return {
        name: of.id.name,
        version: of.id.version,
        edition: of.edition,
        links: of.links,
        rustVersion: of.rustVersion,
        features: [...of.features],
        dependencies: of.dependencies.map(ofOurDependency).sort(compareBytes),
        targets: of.targets.map(ofOurTarget),
        about: of.about,
    };
}
