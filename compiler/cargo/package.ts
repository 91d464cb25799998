// A Cargo package as planning sees it: its manifest with inheritance, target discovery and implicit features worked out.
// Paths are those of the folder view that was handed in, which for a plan are the paths inside the sandbox.

/** How Cargo.lock names a package. */
export interface PackageId {
    readonly name: string;
    readonly version: string;
    /** `registry+URL`, `sparse+URL`, `git+URL?…#COMMIT`; undefined for a package of a local folder. */
    readonly source: string | undefined;
}

export interface Package {
    readonly id: PackageId;
    /** Absolute folder of its Cargo.toml. */
    readonly root: string;
    /** A member of the workspace, another local folder, or something that was fetched. */
    readonly origin: 'member' | 'local' | 'git' | 'registry';
    readonly edition: string;
    readonly links: string | undefined;
    readonly rustVersion: string | undefined;
    readonly dependencies: readonly Dependency[];
    /** Feature → what it turns on; holds the implicit features of optional dependencies. */
    readonly features: ReadonlyMap<string, readonly string[]>;
    /** In Cargo's order: library, programs, examples, tests, benchmarks, build script; by name inside each. */
    readonly targets: readonly Target[];
    readonly about: About;
    /** rustc arguments of `[lints]`, in Cargo's order. */
    readonly lints: readonly string[];
    /** `[lints.rust] unexpected_cfgs` check-cfg values. */
    readonly checkCfg: readonly string[];
}

/** What `CARGO_PKG_*` tells; empty text where the manifest says nothing. */
export interface About {
    readonly authors: readonly string[];
    readonly description: string;
    readonly homepage: string;
    readonly repository: string;
    readonly license: string;
    readonly licenseFile: string;
    readonly readme: string;
}

export type DependencyKind = 'normal' | 'dev' | 'build';

/** One entry of a dependency table. */
export interface Dependency {
    /** The key in the table. */
    readonly name: string;
    /** The package it stands for, which `package = …` may make another one. */
    readonly packageName: string;
    readonly kind: DependencyKind;
    /** Triple or `cfg(…)` of the `[target.…]` table it stands in. */
    readonly platform: string | undefined;
    readonly optional: boolean;
    readonly features: readonly string[];
    readonly defaultFeatures: boolean;
    /** Version requirement as written, `*` without one. */
    readonly requirement: string;
    readonly from: DependencySource;
}

export type DependencySource =
    | { readonly type: 'registry'; readonly registry: string | undefined }
    /** Absolute folder. */
    | { readonly type: 'path'; readonly folder: string }
    | { readonly type: 'git'; readonly url: string; readonly reference: string | undefined };

export type TargetKind = 'lib' | 'proc-macro' | 'bin' | 'example' | 'test' | 'bench' | 'custom-build';

export interface Target {
    readonly kind: TargetKind;
    /** Hyphens are kept for everything but libraries. */
    readonly name: string;
    /** Absolute path of the root module. */
    readonly path: string;
    readonly crateTypes: readonly string[];
    readonly edition: string;
    readonly requiredFeatures: readonly string[] | undefined;
    readonly harness: boolean;
    readonly test: boolean;
    readonly bench: boolean;
    readonly doc: boolean;
    readonly doctest: boolean;
}

/** A text that two equal ids share. */
export function packageKey({ name, version, source }: PackageId): string {
    return source === undefined ? `${name} ${version}` : `${name} ${version} ${source}`;
}

/** rustc's name of a target's crate. */
export function crateName({ name }: Pick<Target, 'name'>): string {
    return name.replaceAll('-', '_');
}

export function libraryOf({ targets }: Package): Target | undefined {
    return targets.find(isLibrary);
}

export function isLibrary({ kind }: Target): boolean {
    return kind === 'lib' || kind === 'proc-macro';
}

export function buildScriptOf({ targets }: Package): Target | undefined {
    return targets.find(({ kind }) => kind === 'custom-build');
}

/** Whether dependents can name it with `--extern`. */
export function isLinkable({ crateTypes }: Target): boolean {
    return crateTypes.some((type) => linkableTypes.has(type));
}

const linkableTypes = new Set(['lib', 'rlib', 'dylib', 'proc-macro']);
