// A workspace that uses every odd corner of manifests. Tests ask of it, and cargo itself is asked for the truth where there is one.
import type { Files } from '../../support/cargo-tree.ts';

function empty(...paths: readonly string[]): Files {
    return Object.fromEntries(paths.map((path) => [path, '']));
}

export const awkward: Files = {
    '/Cargo.toml': `
[workspace]
members = ["crates/*", "deep/**/leaf", "tools/[a-c]?", "./odd/../plain", "kept/inner"]
exclude = ["crates/out", "kept", "elsewhere"]
default-members = ["crates/old", "deep/one/leaf"]
resolver = "2"

[workspace.package]
version = "3.2.1-rc.1+build.5"
authors = ["A <a@example.org>", "B"]
description = "shared"
edition = "2021"
homepage = "https://home.example"
license = "MIT"
license-file = "legal/LICENSE"
readme = "docs/README.txt"
repository = "https://git.example/r"
rust-version = "1.70"

[workspace.dependencies]
plain = { path = "plain", features = ["a"], default-features = false }
renamed = { path = "crates/new", package = "new-name" }
simple = { path = "deep/one/leaf", package = "leaf-one", version = "0.1" }

[workspace.lints.rust]
unsafe_code = "forbid"
unused = { level = "warn", priority = -1 }
unexpected_cfgs = { level = "warn", check-cfg = ['cfg(has_x)', 'cfg(kind, values("a"))'] }
[workspace.lints.clippy]
all = { level = "deny", priority = 2 }
zzz = { level = "allow", priority = 2 }
[workspace.lints.cargo]
all = "warn"

[profile.release]
opt-level = "z"
[profile.release.package."*"]
opt-level = 2
`,
    '/legal/LICENSE': '',
    '/docs/README.txt': '',

    // Edition 2015: naming one target switches the search off, older places are accepted, older keys too.
    '/crates/old/Cargo.toml': `
[project]
name = "old-name"
version = "0.0.1"
build = "build/main.rs"
links = "old"
readme = false

[lib]
crate_type = ["rlib", "cdylib"]
doctest = true

[[bin]]
name = "first"
required-features = ["b"]

[[bin]]
name = "Second"
path = "./src/../src/other.rs"
test = false
doc = false

[[bench]]
name = "bench"
harness = false

[dev_dependencies.plain]
path = "../../plain"
default_features = false

[build_dependencies]
aside = { path = "../../elsewhere/aside" }

[features]
b = []
`,
    ...empty(
        '/crates/old/build/main.rs',
        '/crates/old/src/old_name.rs',
        '/crates/old/src/main.rs',
        '/crates/old/src/other.rs',
        '/crates/old/src/bench.rs',
        '/crates/old/src/bin/found.rs',
        '/crates/old/tests/a.rs',
        '/crates/old/tests/b/main.rs',
        '/crates/old/tests/common/mod.rs',
        '/crates/old/tests/.hidden.rs',
        '/crates/old/README.md',
    ),

    // Everything is inherited, and everything is found.
    '/crates/new/Cargo.toml': `
[package]
name = "new-name"
version.workspace = true
authors.workspace = true
description.workspace = true
edition.workspace = true
homepage.workspace = true
license.workspace = true
license-file.workspace = true
readme.workspace = true
repository.workspace = true
rust-version.workspace = true

[lints]
workspace = true

[dependencies]
plain = { workspace = true, features = ["b"], optional = true, default-features = true }
simple = { workspace = true }

[target.'cfg(unix)'.dependencies]
leaf-two = { path = "../../deep/two/x/leaf", optional = true }
[target."x86_64-pc-windows-msvc".build-dependencies]
leaf-two = { path = "../../deep/two/x/leaf", features = ["extra"] }

[features]
default = ["plain?/c"]
hide = ["dep:leaf-two", "leaf-two/extra"]

[[bin]]
name = "new-name"
[[bin]]
name = "named"
path = "src/bin/found.rs"
[[example]]
name = "dynamic"
crate-type = ["staticlib"]
test = true
[[test]]
name = "it"
path = "checks/it.rs"
edition = "2018"
`,
    ...empty(
        '/crates/new/src/lib.rs',
        '/crates/new/src/main.rs',
        '/crates/new/src/bin/found.rs',
        '/crates/new/src/bin/multi/main.rs',
        '/crates/new/src/bin/z.rs',
        '/crates/new/examples/dynamic.rs',
        '/crates/new/examples/plain.rs',
        '/crates/new/examples/data/file.txt',
        '/crates/new/tests/it.rs',
        '/crates/new/tests/other.rs',
        '/crates/new/benches/speed.rs',
        '/crates/new/checks/it.rs',
        '/crates/new/build.rs',
    ),

    // Matched by the pattern and excluded.
    '/crates/out/Cargo.toml': 'this is not TOML',

    '/deep/one/leaf/Cargo.toml': `
[package]
name = "leaf-one"
version = "0.1.7"
edition = "2018"
autobins = false
autotests = false
autoexamples = false
build = false

[lib]
proc-macro = true
name = "leaf"
path = "src/entry.rs"
doc = false
bench = false

[[test]]
name = "zeta"
[[test]]
name = "alpha"
[dev-dependencies]
leaf-one = { path = "." }
`,
    ...empty(
        '/deep/one/leaf/src/entry.rs',
        '/deep/one/leaf/src/main.rs',
        '/deep/one/leaf/build.rs',
        '/deep/one/leaf/tests/alpha.rs',
        '/deep/one/leaf/tests/zeta/main.rs',
        '/deep/one/leaf/tests/unnamed.rs',
        '/deep/one/leaf/examples/no.rs',
    ),

    '/deep/two/x/leaf/Cargo.toml': `
[package]
name = "leaf-two"
edition = "2024"
autolib = false
license-file = "LICENSE"

[[bin]]
name = "leaf-two"

[features]
extra = []
`,
    ...empty('/deep/two/x/leaf/src/lib.rs', '/deep/two/x/leaf/src/main.rs', '/deep/two/x/leaf/README'),

    '/tools/a1/Cargo.toml': `
[package]
name = "tool-a1"
version = "1.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
inside = { path = "inside" }
[lints.clippy]
b = "warn"
a = { level = "allow" }
`,
    ...empty('/tools/a1/src/lib.rs'),
    // A path dependency below the root is a member although nothing names it.
    '/tools/a1/inside/Cargo.toml': `
[package]
name = "inside"
version = "1.0.0"
edition = "2021"
autobenches = false
[lib]
crate-type = ["proc-macro"]
`,
    ...empty('/tools/a1/inside/src/lib.rs', '/tools/a1/inside/benches/b.rs', '/tools/a1/inside/src/bin/.x.rs'),
    '/tools/d1/Cargo.toml': 'not matched',

    '/plain/Cargo.toml': `
[package]
name = "plain"
version = "0.5.0"
[features]
a = []
b = ["a"]
c = []
default = ["b"]
`,
    ...empty('/plain/src/lib.rs'),

    // Excluded with its folder, and named all the same.
    '/kept/inner/Cargo.toml': `
[package]
name = "kept"
version = "0.1.0"
edition = "2021"
`,
    ...empty('/kept/inner/src/lib.rs'),

    // A local package that is no member: its dev-dependencies do not matter.
    '/elsewhere/aside/Cargo.toml': `
[package]
name = "aside"
version = "0.1.0"
edition = "2021"
[dependencies]
further = { path = "../further", version = "0.2" }
[dev-dependencies]
gone = { path = "../gone" }
`,
    ...empty('/elsewhere/aside/src/lib.rs'),
    '/elsewhere/further/Cargo.toml': `
[package]
name = "further"
version = "0.2.3"
edition = "2021"
`,
    ...empty('/elsewhere/further/src/lib.rs'),
};
