// A workspace with C code that is compiled in several ways, and everything that rustc can link: a program, a shared library, a
// proc macro, build scripts.

const manifest = (name: string, rest: string): string =>
    `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${rest}`;

/** Files of the workspace and of its recipe, which lies beside the folder `app`. */
export const flagsWorkspace: Readonly<Record<string, string>> = {
    'app.rpkg': `rpkg 1

recipe app is app {
    version = 1.0.0

    source main {
        path = "app"
    }

    driver = rustc
    cflags = ["-O2", "-g", "-fstack-protector-strong"]
    cppflags = ["-D_FORTIFY_SOURCE=2", "-DFOR_TARGET"]
    ldflags = ["-Wl,-z,relro", "-Wl,-z,now"]
    rustflags = ["-Crelocation-model=pie", "-C", "force-frame-pointers=yes"]
    host-cflags = ["-O1", "-DFOR_HOST"]
    host-rustflags = ["--cfg", "for_host"]

    test works {
        run = ["bin/app"]
        expect = "plain made host 7"
    }
}
`,
    'app/Cargo.toml': `[workspace]
members = ["crates/*"]

${manifest(
    'app',
    `
[lib]
name = "appshared"
crate-type = ["lib", "cdylib"]

[dependencies]
derive = { path = "crates/derive" }
made = { path = "crates/made" }
`,
)}`,
    'app/Cargo.lock': `version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["derive", "made"]

[[package]]
name = "derive"
version = "1.0.0"
dependencies = ["hostc"]

[[package]]
name = "hostc"
version = "1.0.0"

[[package]]
name = "made"
version = "1.0.0"
`,
    // Compiles as simple scripts do, with the flags for the target.
    'app/build.rs': `use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let name = format!("CFLAGS_{}", std::env::var("TARGET").unwrap().replace(['-', '.'], "_"));
    let flags = std::env::var(name).unwrap_or_default();
    let run = |program: &str, words: &[&str]| assert!(Command::new(program).args(words).status().unwrap().success());
    let object = format!("{out}/plain.o");
    let mut words: Vec<&str> = flags.split_whitespace().collect();
    words.extend(["-fPIC", "-c", "plain.c", "-o", &object]);
    run("cc", &["--version"]);
    run("cc", &words);
    run("ar", &["rcsD", &format!("{out}/libplain.a"), &object]);
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=plain");
}
`,
    'app/plain.c': `#include <stdio.h>
#ifndef FOR_TARGET
#error the flags are missing
#endif
const char *plain_word(const char *from) {
    static char kept[32];
    char text[32];
    sprintf(text, "%s", from);
    sprintf(kept, "%s", text);
    return kept;
}
`,
    'app/src/lib.rs': `use std::ffi::{c_char, CStr};

extern "C" {
    fn plain_word(from: *const c_char) -> *const c_char;
}

pub fn plain() -> String {
    unsafe { CStr::from_ptr(plain_word(c"plain".as_ptr())) }.to_str().unwrap().to_owned()
}

#[no_mangle]
pub extern "C" fn appshared_answer() -> i32 { plain().len() as i32 }
`,
    'app/src/main.rs': `#[derive(derive::Answer)]
struct Seven;

fn main() { println!("{} {} {} {}", appshared::plain(), made::word(), Seven::host(), Seven::answer()); }
`,
    'app/crates/derive/Cargo.toml': manifest(
        'derive',
        '\n[lib]\nproc-macro = true\n\n[dependencies]\nhostc = { path = "../hostc" }\n',
    ),
    'app/crates/derive/src/lib.rs': `use proc_macro::TokenStream;

#[cfg(not(for_host))]
compile_error!("the flags are missing");

#[proc_macro_derive(Answer)]
pub fn answer(input: TokenStream) -> TokenStream {
    let name = input.into_iter().nth(1).unwrap();
    let word = hostc::word();
    format!("impl {name} {{ fn answer() -> u32 {{ 7 }} fn host() -> &'static str {{ \\"{word}\\" }} }}").parse().unwrap()
}
`,
    'app/crates/hostc/Cargo.toml': manifest('hostc', ''),
    // Through make's own rules, for the build machine.
    'app/crates/hostc/build.rs': `use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let source = std::env::current_dir().unwrap();
    let made = Command::new("make").args(["-C", &out, "hostc.o"]).env("VPATH", &source).status().unwrap();
    assert!(made.success());
    assert!(Command::new("ar").args(["rcsD", "libhostc.a", "hostc.o"]).current_dir(&out).status().unwrap().success());
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=hostc");
}
`,
    'app/crates/hostc/hostc.c':
        '#if !defined FOR_HOST || defined FOR_TARGET\n#error these are not the flags for the build machine\n#endif\nconst char *hostc_word(void) { return "host"; }\n',
    'app/crates/hostc/src/lib.rs': `extern "C" {
    fn hostc_word() -> *const std::ffi::c_char;
}

pub fn word() -> &'static str { unsafe { std::ffi::CStr::from_ptr(hostc_word()) }.to_str().unwrap() }
`,
    'app/crates/made/Cargo.toml': manifest('made', ''),
    'app/crates/made/build.rs': `fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    assert!(std::process::Command::new("make").arg(format!("OUT={out}")).status().unwrap().success());
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=made");
}
`,
    'app/crates/made/Makefile': `$(OUT)/libmade.a: $(OUT)/made.o
	$(AR) rcsD $@ $^
$(OUT)/made.o: made.c
	$(CC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<
`,
    'app/crates/made/made.c': 'const char *made_word(void) { return "made"; }\n',
    'app/crates/made/src/lib.rs': `extern "C" {
    fn made_word() -> *const std::ffi::c_char;
}

pub fn word() -> &'static str { unsafe { std::ffi::CStr::from_ptr(made_word()) }.to_str().unwrap() }
`,
};
