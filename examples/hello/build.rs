//! Gives the program the target it is built for, as build scripts of real programs do.

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets TARGET");
    println!("cargo:rustc-env=HELLO_TARGET={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
