// Calls of rpkg that between them run most of what a plan and a build need, so that it is compiled when users come. They
// need nothing but rpkg; what a call lacks on this machine, a compiler or a sandbox, is left to be compiled later.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface WarmUp {
    /** For the caller to remove. */
    readonly folder: string;
    readonly calls: readonly (readonly string[])[];
}

/** Writes recipes and their sources into a new folder. Throws the system's errors. */
export function prepareWarmUp(): WarmUp {
    const folder = mkdtempSync(join(tmpdir(), 'rpkg-warm-up-'));
    for (const [name, text] of Object.entries(files)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }
    const store = join(folder, 'store');
    const planned = ['--store', store, '--output', '/dev/null'];
    return {
        folder,
        calls: [
            ['--help'],
            ['check', join(folder, 'app.rpkg')],
            ['plan', join(folder, 'app.rpkg'), '--option', 'with-cargo=true', ...planned],
            ['plan', join(folder, 'app.rpkg'), ...planned],
            ['build', join(folder, 'steps.rpkg'), '--store', store, '--json'],
        ],
    };
}

const files: Readonly<Record<string, string>> = {
    'steps.rpkg': `rpkg 1

recipe steps is generic {
    version = 1.0.0
    step first {
        script = "echo one >\\"$OUT/one\\""
    }
    step second {
        script = "echo two >\\"$OUT/two\\""
    }
}
`,
    'app.rpkg': `rpkg 1

profile policy {
    rustflags {
        target = ["-Cdebuginfo=1"]
    }
    cflags {
        target = ["-O2"]
    }
}

recipe app is app {
    version = 1.0.0
    option with-cargo {
        default = false
        description = "Built by Cargo"
    }
    when not option.with-cargo {
        driver = rustc
    }
    source main {
        path = "app"
    }
    bins = [app]
}
`,
    'app/Cargo.toml': `[workspace]
members = ["lib", "derive"]
resolver = "2"
[workspace.package]
version = "1.0.0"
edition = "2021"
[workspace.dependencies]
lib = { path = "lib", default-features = false }
[package]
name = "app"
version.workspace = true
edition.workspace = true
[dependencies]
lib = { workspace = true, features = ["extra"] }
[target.'cfg(any(unix, target_os = "windows"))'.dependencies]
derive = { path = "derive", version = "1" }
[build-dependencies]
lib.workspace = true
[profile.release]
lto = "thin"
[lints.rust]
unused = "warn"
`,
    'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["derive", "lib"]

[[package]]
name = "derive"
version = "1.0.0"

[[package]]
name = "lib"
version = "1.0.0"
dependencies = ["derive"]
`,
    'app/src/main.rs': 'fn main() {}\n',
    'app/build.rs': 'fn main() {}\n',
    'app/lib/Cargo.toml': `[package]
name = "lib"
version.workspace = true
edition.workspace = true
[features]
default = ["std"]
std = []
extra = ["dep:derive", "std"]
weak = ["derive?/more"]
[dependencies]
derive = { path = "../derive", optional = true }
`,
    'app/lib/src/lib.rs': '\n',
    'app/derive/Cargo.toml': `[package]
name = "derive"
version.workspace = true
edition.workspace = true
[lib]
proc-macro = true
[features]
more = []
`,
    'app/derive/src/lib.rs': '\n',
};
