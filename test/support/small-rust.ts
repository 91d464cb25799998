// Sources that are built as those of rustc are, in no time: an `x.py` that takes its verbs, and compilers that are shell scripts and
// know nothing but their version and who made them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Place, write } from './whole.ts';

const triple = 'x86_64-unknown-linux-gnu';

const program = (name: string, version: string): string => `#!/bin/sh
case $1 in
    --print) dirname "$(dirname "$0")" ;;
    *) echo "${name} ${version} (small)" ;;
esac
`;

/** `dry-run`, then stages in the build folder, then `install` with what the last stage says of itself. */
const xPy = `import os, re, subprocess, sys
words = sys.argv[1:]
config = open(words[words.index("--config") + 1]).read()
value = lambda key: re.search(r'^%s = "?([^"\\n]*)"?$' % key, config, re.M).group(1)
version = open("src/version").read().strip()
by = subprocess.run([value("rustc"), "--version"], capture_output=True, text=True, check=True).stdout
build = value("build-dir")
if words[0] == "build" and "--dry-run" not in words:
    stage = words[words.index("--stage") + 1]
    open(build + "/stage" + stage, "w").write(by)
    # The sources, where a compiler looks for them: made again by each call, and out of what is kept.
    sources = build + "/stage" + stage + "-sysroot/lib/rustlib/src"
    os.makedirs(sources, exist_ok=True)
    if os.path.lexists(sources + "/rust"): os.remove(sources + "/rust")
    os.symlink(os.getcwd(), sources + "/rust")
    if not os.path.lexists(build + "/host"): os.symlink(build + "/stage" + stage, build + "/host")
if words[0] == "install":
    prefix = os.environ["DESTDIR"] + value("prefix")
    library = prefix + "/lib/rustlib/${triple}/lib"
    os.makedirs(prefix + "/bin")
    os.makedirs(library)
    for name in ["rustc", "cargo"]:
        text = open("program").read().replace("NAME", name).replace("VERSION", version)
        open(prefix + "/bin/" + name, "w").write(text)
        os.chmod(prefix + "/bin/" + name, 0o755)
    open(library + "/made-by", "w").write(by)
    open(library + "/tools", "w").write(re.search(r"^tools = (.*)$", config, re.M).group(1))
`;

/** Writes `sources/VERSION` for each release and `begin`, a compiler to begin with. */
export function writeSmallRust(place: Place, begin: string, releases: readonly string[]): void {
    for (const version of releases)
        write(place, {
            [`sources/${version}/x.py`]: xPy,
            [`sources/${version}/src/version`]: `${version}\n`,
            [`sources/${version}/src/tools/cargo/Cargo.toml`]: `[package]\nname = "cargo"\nversion = "0.${String(Number(version.split('.')[1]) + 1)}.0"\n`,
            [`sources/${version}/program`]: program('NAME', 'VERSION'),
            [`sources/${version}/vendor/.keep`]: '',
        });
    write(place, { [`begin/lib/rustlib/${triple}/lib/made-by`]: 'nobody\n' });
    for (const name of ['rustc', 'cargo']) {
        write(place, { [`begin/bin/${name}`]: program(name, begin) });
        fs.chmodSync(path.join(place.folder, 'begin/bin', name), 0o755);
    }
}
