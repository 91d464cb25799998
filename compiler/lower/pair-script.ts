// How a rustc and its Cargo are checked together: they build, test and run a program of two crates with a build script, offline.
import type { WrittenFile } from '../plan/plan.ts';
import { versionCheck } from './version-check.ts';

/** `pair.sh RELEASE BINDIR LIBDIR`: both must say that they are of this release. Leaves in `$OUT` what they say. */
export const pairCheck = `set -eu
release=$1 bin=$2 lib=$3 whose='the paired'
scripts=$(dirname "$0")
export LD_LIBRARY_PATH="$lib" RUSTC="$bin/rustc"
${versionCheck}for program in rustc cargo; do check "$program" "$release"; done
cp -R "$scripts/project" project
chmod -R u+w project
cd project
for words in build test; do "$bin/cargo" "$words" --offline; done
said=$("$bin/cargo" run --offline --quiet)
if [ "$said" != "built by the pair: 6 * 7 = 42" ]; then
    echo "the program said \\\`$said\\\`" >&2
    exit 1
fi
echo "$said"
for program in rustc cargo; do "$bin/$program" --version; done >"$OUT/pair"
`;

const files: Readonly<Record<string, string>> = {
    'Cargo.toml': `[package]
name = "pair"
version = "0.1.0"
edition = "2021"

[dependencies]
times = { path = "times" }
`,
    'build.rs': `fn main() {
    println!("cargo:rustc-env=PAIR_BUILT_BY=the pair");
}
`,
    'src/main.rs': `fn main() {
    println!("built by {}: 6 * 7 = {}", env!("PAIR_BUILT_BY"), times::times(6, 7));
}

#[test]
fn seven_times_six() {
    assert_eq!(times::times(7, 6), 42);
}
`,
    'times/Cargo.toml': `[package]
name = "times"
version = "0.1.0"
edition = "2021"
`,
    'times/src/lib.rs': `pub fn times(one: u32, other: u32) -> u32 {
    one * other
}
`,
};

/** The program that they build. */
export const pairProject: Readonly<Record<string, WrittenFile>> = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`project/${name}`, { text }]),
);
