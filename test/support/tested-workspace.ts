// A workspace whose packages have tests of every kind: inside the library and the program, integration tests that start the
// program, tests without a harness, a proc macro's, and some that fail.

export const testedWorkspace: Readonly<Record<string, string>> = {
    'app/Cargo.toml': `[workspace]
members = ["macros", "support"]

[package]
name = "app"
version = "1.2.3"
edition = "2021"

[features]
extra = []

[dependencies]
macros = { path = "macros" }

[dev-dependencies]
support = { path = "support" }

[[test]]
name = "bare"
harness = false

[[example]]
name = "show"
`,
    'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.2.3"
dependencies = ["macros", "support"]

[[package]]
name = "macros"
version = "0.1.0"

[[package]]
name = "support"
version = "0.1.0"
dependencies = ["app"]
`,
    'app/build.rs': `fn main() {
    println!("cargo:rustc-env=TOLD=by-script");
    std::fs::write(format!("{}/made.txt", std::env::var("OUT_DIR").unwrap()), "made").unwrap();
}
`,
    'app/data.txt': 'data\n',
    'app/src/lib.rs': `macros::define!(seven);

pub fn double(x: u32) -> u32 { x * 2 }

#[cfg(test)]
mod tests {
    #[test]
    fn doubles() { assert_eq!(super::double(super::seven()), 14); }

    #[test]
    fn dependency_for_development() { assert_eq!(support::twice_double(1), 4); }

    #[test]
    fn surroundings() {
        assert_eq!(std::env::var("TOLD").unwrap(), "by-script");
        let out = std::env::var("OUT_DIR").unwrap();
        assert_eq!(std::fs::read_to_string(out + "/made.txt").unwrap(), "made");
        assert_eq!(std::env::current_dir().unwrap().to_str().unwrap(), env!("CARGO_MANIFEST_DIR"));
        assert_eq!(std::env::var("CARGO_PKG_VERSION").unwrap(), "1.2.3");
    }

    #[test]
    #[cfg(feature = "extra")]
    fn extra_is_wrong() { panic!("extra ran") }
}
`,
    'app/src/main.rs': `fn main() { println!("{} {}", app::double(app::seven()), std::env::args().count()); }

#[test]
fn in_the_program() {}
`,
    'app/tests/starts.rs': `use std::process::Command;

#[test]
fn the_program() {
    assert_eq!(env!("CARGO_BIN_EXE_app"), std::env::var("CARGO_BIN_EXE_app").unwrap());
    let output = Command::new(env!("CARGO_BIN_EXE_app")).arg("x").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "14 2\\n");
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/file"), "text").unwrap();
}

#[test]
fn sources() { assert_eq!(std::fs::read_to_string("data.txt").unwrap(), "data\\n"); }

#[test]
fn needs_the_network() { std::net::TcpStream::connect("127.0.0.1:9").unwrap(); }
`,
    'app/tests/writes.rs': `#[test]
fn beside_the_sources() { std::fs::write("made-by-test", "x").unwrap(); }
`,
    'app/tests/bare.rs': 'fn main() { assert_eq!(std::env::args().nth(1).as_deref(), Some("--given")); }\n',
    'app/examples/show.rs': 'fn main() { println!("shown {}", support::twice_double(2)); }\n',
    'app/macros/Cargo.toml':
        '[package]\nname = "macros"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\nproc-macro = true\n',
    'app/macros/src/lib.rs': `#[proc_macro]
pub fn define(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    format!("pub fn {input}() -> u32 {{ {} }}", value()).parse().unwrap()
}

fn value() -> u32 { 7 }

#[test]
fn is_seven() { assert_eq!(value(), 7); }
`,
    'app/support/Cargo.toml':
        '[package]\nname = "support"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\ntest = false\n\n[dependencies]\napp = { path = ".." }\n',
    'app/support/src/lib.rs': 'pub fn twice_double(x: u32) -> u32 { app::double(app::double(x)) }\n',
};
