// Programs that the plan of a compiler carries. They need a POSIX shell, coreutils, patch and python3, and nothing of rpkg.
import { versionCheck } from './version-check.ts';

/** `apply-patches.sh PATCH…`: in the source tree, in this order, without any fuzz. */
export const applyPatches = `set -eu
for patch; do
    echo "applying \${patch#/rpkg/}"
    patch -p1 --forward --batch --unified --remove-empty-files --fuzz=0 --no-backup-if-mismatch --reject-file=- \\
        --input="$patch"
done
`;

/**
 * `add-crates.sh FOLDER…`: puts crates, or all crates of a folder, into `vendor`. A crate of the same folder name is replaced.
 */
export const addCrates = `set -eu
add() {
    rm -rf "vendor/$2"
    cp -R "$1" "vendor/$2"
    chmod -R u+w "vendor/$2"
    echo "added $2"
}
for folder; do
    if [ -f "$folder/Cargo.toml" ]; then
        add "$folder" "\${folder##*/}"
    else
        for crate in "$folder"/*/Cargo.toml; do
            crate=\${crate%/Cargo.toml}
            add "$crate" "\${crate##*/}"
        done
    fi
done
`;

/**
 * `checksums.py [--pruned] [--changed FILE]… [--patch PATCH]…`: makes the checksums of vendored crates those of the files that are
 * there, but only where a patch or the recipe says that a file was changed. Everything else must be as the crate has it.
 */
export const renewChecksums = `import fnmatch, hashlib, json, os, re, sys

arguments = sys.argv[1:]
pruned = "--pruned" in arguments
named = {"--changed": [], "--patch": []}
for option, value in zip(arguments, arguments[1:]):
    if option in named:
        named[option].append(value)

changed = set()
for patch in named["--patch"]:
    with open(patch, encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            found = re.match(r"(?:---|\\+\\+\\+) [^/\\s]+/(vendor/[^\\t\\n]+)", line)
            if found:
                changed.add(found.group(1))

def said(path):
    return path in changed or any(fnmatch.fnmatchcase(path, pattern) for pattern in named["--changed"])

problems = []
counts = {"renewed": 0, "dropped": 0}
for crate in sorted(os.listdir("vendor")):
    listing = os.path.join("vendor", crate, ".cargo-checksum.json")
    if not os.path.exists(listing):
        continue
    with open(listing, encoding="utf-8") as file:
        sums = json.load(file)
    kept = {}
    for name, expected in sums["files"].items():
        path = "/".join(["vendor", crate, name])
        if not os.path.isfile(path):
            if pruned or said(path):
                counts["dropped"] += 1
            else:
                problems.append(path + " is missing")
            continue
        with open(path, "rb") as file:
            actual = hashlib.sha256(file.read()).hexdigest()
        if actual != expected and not said(path):
            problems.append(path + " is not what its crate has, and nothing says that it was changed")
        counts["renewed"] += actual != expected
        kept[name] = actual
    if kept != sums["files"]:
        sums["files"] = kept
        with open(listing, "w", encoding="utf-8") as file:
            json.dump(sums, file, separators=(",", ":"), sort_keys=True)
for problem in problems:
    print(problem, file=sys.stderr)
print("checksums: %(renewed)d renewed, %(dropped)d dropped" % counts)
sys.exit(1 if problems else 0)
`;

/** `locks.py LOCK…`: every crate that these lock files name must be in `vendor`; those that are not there are left out. */
export const checkLocks = `import os, re, sys

def fields(text):
    return dict(re.findall(r'^(name|version|source) = "(.*)"$', text, re.M))

there = set()
for crate in os.listdir("vendor"):
    manifest = os.path.join("vendor", crate, "Cargo.toml")
    if os.path.isfile(manifest):
        with open(manifest, encoding="utf-8", errors="surrogateescape") as file:
            package = re.search(r"^\\[package\\]$(.*?)(?=^\\[|\\Z)", file.read(), re.M | re.S)
        about = fields(package.group(1)) if package else {}
        there.add((about.get("name"), about.get("version")))

problems = 0
for path in sys.argv[1:]:
    if not os.path.exists(path):
        continue
    with open(path, encoding="utf-8") as file:
        packages = file.read().split("[[package]]")[1:]
    for package in map(fields, packages):
        if "source" in package and (package["name"], package["version"]) not in there:
            print("%s needs %s %s, which is not in vendor" % (path, package["name"], package["version"]), file=sys.stderr)
            problems += 1
sys.exit(1 if problems else 0)
`;

/** What makes Cargo take crates from `vendor`, for releases whose sources come without it. */
export const cargoConfig = `[source.crates-io]
replace-with = "vendored-sources"

[source.vendored-sources]
directory = "vendor"
`;

/**
 * `stage0.sh TRIPLE RUSTC CARGO LIBRARIES TREE…`: a compiler, its Cargo and its standard library, and nothing else, in `$OUT`: the
 * build system copies all libraries that lie beside the compiler, which in /usr are thousands. LIBRARIES is `all`, or `rust` for
 * trees that hold those of a whole system.
 */
export const stage0Root = `set -eu
triple=$1 rustc=$2 cargo=$3 libraries=$4
shift 4
mkdir -p "$OUT/bin" "$OUT/lib/rustlib"
take() {
    for program in rustc cargo; do
        if [ -f "$1/bin/$program" ]; then cp -L "$1/bin/$program" "$OUT/bin/$program"; fi
    done
    for folder in "$1/lib" "$1/lib64" "$1"/lib/*-*-*; do
        for library in "$folder"/lib*.so*; do
            if [ ! -f "$library" ]; then continue; fi
            case $libraries:\${library##*/} in
                all:* | rust:librustc*.so | rust:libstd-*.so | rust:libtest-*.so)
                    cp -L "$library" "$OUT/lib/" ;;
            esac
        done
    done
    if [ -d "$1/lib/rustlib/$triple" ]; then cp -R "$1/lib/rustlib/$triple" "$OUT/lib/rustlib/"; fi
    # The next tree may have more for the same folders, and copies of folders are closed as the trees are.
    chmod -R u+w "$OUT"
}
for tree; do
    take "$tree"
    take "$tree/usr"
    # An archive for Rust's own installer: its components lie in folders, each as below a prefix.
    if [ -f "$tree/components" ]; then
        while read -r component; do take "$tree/$component"; done <"$tree/components"
    fi
done
# Libraries that are links out of the standard library's folder are beside the compiler now.
find "$OUT/lib/rustlib" -type l | while read -r link; do
    name=\${link##*/}
    if [ ! -e "$link" ] && [ -e "$OUT/lib/$name" ]; then ln -sf "../../../$name" "$link"; fi
done
# A compiler of a distribution finds its libraries in folders of the system; here they are beside it.
relocate() { patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$OUT/bin/$1"; }
if [ "$("$OUT/bin/rustc" --print sysroot 2>/dev/null)" != "$OUT" ]; then relocate rustc; fi
if ! "$OUT/bin/cargo" --version >/dev/null 2>&1; then relocate cargo; fi
sysroot=$("$OUT/bin/rustc" --print sysroot)
if [ "$sysroot" != "$OUT" ]; then
    echo "the bootstrap compiler takes its standard library from $sysroot, not from $OUT" >&2
    exit 1
fi
bin=$OUT/bin whose='the bootstrap'
${versionCheck}check rustc "$rustc"
check cargo "$cargo"
`;
