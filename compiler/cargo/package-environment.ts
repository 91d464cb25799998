// The variables that Cargo gives to the compiler and to build scripts about a package. (The Cargo Book, "Environment
// Variables Cargo sets for crates".)
import type { Package } from './package.ts';

/** `CARGO_PKG_*`, `CARGO_MANIFEST_*`. Everything is set, also to empty text: `env!` would fail otherwise. */
export function packageEnvironment(which: Package): Record<string, string> {
    const { id, root, about, rustVersion } = which;
    const [, major = '', minor = '', patch = '', pre = ''] =
        /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?/.exec(id.version) ?? [];
    return {
        CARGO_MANIFEST_DIR: root,
        CARGO_MANIFEST_PATH: `${root}/Cargo.toml`,
        CARGO_PKG_AUTHORS: about.authors.join(':'),
        CARGO_PKG_DESCRIPTION: about.description,
        CARGO_PKG_HOMEPAGE: about.homepage,
        CARGO_PKG_LICENSE: about.license,
        CARGO_PKG_LICENSE_FILE: about.licenseFile,
        CARGO_PKG_NAME: id.name,
        CARGO_PKG_README: about.readme,
        CARGO_PKG_REPOSITORY: about.repository,
        CARGO_PKG_RUST_VERSION: rustVersion ?? '',
        CARGO_PKG_VERSION: id.version,
        CARGO_PKG_VERSION_MAJOR: major,
        CARGO_PKG_VERSION_MINOR: minor,
        CARGO_PKG_VERSION_PATCH: patch,
        CARGO_PKG_VERSION_PRE: pre,
    };
}

/** How a name becomes part of a variable's: `openssl-sys` → `OPENSSL_SYS`. */
export function asVariable(name: string): string {
    return name.toUpperCase().replaceAll('-', '_');
}
