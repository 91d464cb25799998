// A small workspace that has one of everything that building without Cargo must get right, and no crate of a registry.

/** Files of the workspace and of its recipe, which lies beside the folder `app`. */
export const unitWorkspace: Readonly<Record<string, string>> = {
    'app.rpkg': `rpkg 1

recipe app is app {
    version = 1.2.3

    source main {
        path = "app"
    }

    driver = rustc
    bins = [app]

    test works {
        run = ["bin/app"]
        expect = "7 native told-by-script [extra] renamed 1.2.3"
    }
}
`,
    'app/Cargo.toml': `[workspace]
members = ["crates/*"]

[workspace.package]
edition = "2021"

[workspace.dependencies]
deep = { path = "crates/deep", default-features = false }

[package]
name = "app"
version = "1.2.3"
edition.workspace = true

[dependencies]
other = { path = "crates/renamed", package = "renamed" }
maths = { path = "crates/maths" }
derive = { path = "crates/derive" }
native-sys = { path = "crates/native-sys" }
`,
    'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.2.3"
dependencies = ["derive", "maths", "native-sys", "renamed"]

[[package]]
name = "deep"
version = "0.1.0"

[[package]]
name = "derive"
version = "0.1.0"

[[package]]
name = "maths"
version = "0.1.0"
dependencies = ["deep"]

[[package]]
name = "native-sys"
version = "0.1.0"

[[package]]
name = "renamed"
version = "0.1.0"
dependencies = ["native-sys"]
`,
    'app/build.rs': `fn main() {
    // What the script of the library with links = "native" told.
    let told = std::env::var("DEP_NATIVE_WORD").unwrap();
    println!("cargo:rustc-env=TOLD={told}");
    println!("cargo:rustc-cfg=by_script");
    println!("cargo::rustc-check-cfg=cfg(by_script)");
    std::fs::write(format!("{}/made.rs", std::env::var("OUT_DIR").unwrap()), "pub const EXTRA: &str = \\"[extra]\\";").unwrap();
}
`,
    'app/src/main.rs': `include!(concat!(env!("OUT_DIR"), "/made.rs"));

#[derive(derive::Answer)]
struct Seven;

fn main() {
    #[cfg(not(by_script))]
    compile_error!("the build script's cfg is missing");
    let native = unsafe { std::ffi::CStr::from_ptr(native_sys::native_word()) }.to_str().unwrap();
    assert_eq!(maths::double(2), 4);
    println!("{} {native} {} {} {} {}", Seven::answer(), env!("TOLD"), EXTRA, other::name(), env!("CARGO_PKG_VERSION"));
}
`,
    'app/crates/derive/Cargo.toml':
        '[package]\nname = "derive"\nversion = "0.1.0"\nedition.workspace = true\n\n[lib]\nproc-macro = true\n',
    'app/crates/derive/src/lib.rs': `use proc_macro::TokenStream;

#[proc_macro_derive(Answer)]
pub fn answer(input: TokenStream) -> TokenStream {
    let name = input.into_iter().nth(1).unwrap();
    format!("impl {name} {{ fn answer() -> u32 {{ 7 }} }}").parse().unwrap()
}
`,
    'app/crates/maths/Cargo.toml': `[package]
name = "maths"
version = "0.1.0"
edition.workspace = true

[dependencies]
deep = { workspace = true, features = ["fast"] }
`,
    'app/crates/maths/src/lib.rs': `pub fn double(x: u32) -> u32 { deep::add(x, x) }
`,
    'app/crates/deep/Cargo.toml': `[package]
name = "deep"
version = "0.1.0"
edition.workspace = true

[features]
default = ["broken"]
broken = []
fast = []
`,
    'app/crates/deep/src/lib.rs': `// One comment.
#[cfg(feature = "broken")]
compile_error!("default features are on");

#[cfg(feature = "fast")]
pub fn add(x: u32, y: u32) -> u32 { x + y }
`,
    'app/crates/native-sys/Cargo.toml': `[package]
name = "native-sys"
version = "0.1.0"
edition = "2021"
links = "native"
`,
    'app/crates/native-sys/build.rs': `use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let run = |program: &str, words: &[&str]| assert!(Command::new(program).args(words).status().unwrap().success());
    let object = format!("{out}/word.o");
    let flags = std::env::var("CFLAGS_x86_64_unknown_linux_gnu").unwrap_or_default();
    let mut words: Vec<&str> = flags.split(' ').filter(|word| !word.is_empty()).collect();
    words.extend(["-c", "word.c", "-o", &object]);
    run("cc", &words);
    run("ar", &["rcsD", &format!("{out}/libword.a"), &object]);
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=word");
    println!("cargo:word=told-by-script");
    println!("cargo:rerun-if-changed=word.c");
}
`,
    'app/crates/native-sys/word.c': 'const char *native_word(void) { return "native"; }\n',
    'app/crates/native-sys/src/lib.rs': `extern "C" {
    pub fn native_word() -> *const std::ffi::c_char;
}
`,
    'app/crates/renamed/Cargo.toml': `[package]
name = "renamed"
version = "0.1.0"
edition.workspace = true

[dependencies]
native-sys = { path = "../native-sys" }
`,
    'app/crates/renamed/src/lib.rs': `pub fn name() -> &'static str { "renamed" }
`,
};
