// What a build script gets when it starts `$CARGO`. Nothing here builds with Cargo, so there is none; a script that asks
// what version it would be, or where its manifest is, gets an answer, and anything else a clear refusal.

/** A POSIX shell script. `version` is what `cargo --version` would say for the compiler in use. */
export function cargoStub(version: string): string {
    return `#!/bin/sh
# Stands in for cargo where a package is built without it.
set -eu
case \${1-} in +*) shift ;; esac
refuse() {
    printf 'error: \`cargo %s\` was called by the build script of %s %s, but this package is built without cargo\\n' \\
        "$*" "\${CARGO_PKG_NAME-a package}" "\${CARGO_PKG_VERSION-}" >&2
    printf 'help: give the script what it asks for with a \`crate\` block of the recipe (env, or directives in its place)\\n' >&2
    exit 101
}
case \${1-} in
    -V | --version | version | -vV | -Vv) printf '%s\\n' '${version}' ;;
    locate-project) printf '{"root":"%s"}\\n' "\${CARGO_MANIFEST_PATH:-$PWD/Cargo.toml}" ;;
    pkgid) printf 'path+file://%s#%s@%s\\n' "\${CARGO_MANIFEST_DIR:-$PWD}" "\${CARGO_PKG_NAME-}" "\${CARGO_PKG_VERSION-}" ;;
    *) refuse "$@" ;;
esac
`;
}
