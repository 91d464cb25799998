// The POSIX shell script that turns what a build script printed into argument files and environment files. It is part of
// the plan, so the emitted Makefile and script need neither rpkg nor Cargo for it. (The Cargo Book, "Outputs of the Build
// Script"; the order and the exceptions are those of Cargo 1.95, `custom_build.rs`.)

/**
 * Files of a package's own units, one rustc argument a line, but for `env` with a variable a line. A unit takes one file of linker
 * arguments: what the script said for all targets and for its kind, in the order in which it was said.
 */
export const ownFiles = {
    libraries: 'link-lib',
    cfg: 'cfg',
    checkCfg: 'check-cfg',
    linkArguments: 'link-arg',
    cdylib: 'link-arg-cdylib',
    tests: 'link-arg-tests',
    benches: 'link-arg-benches',
    examples: 'link-arg-examples',
    env: 'env',
} as const;

/** File with all linker arguments of one program. */
export function programFile(program: string): string {
    return `link-arg-bin.${program}`;
}

/** Files for every unit that links the package, behind `TAG.`: search paths below OUT_DIRs, all others, and what shared libraries behind it get. */
export const searchFiles = { inner: 'inner', outer: 'outer', shared: 'cdylib' } as const;

/**
 * `sh directives.sh LOG TAG LINKS TWO-COLONS OWN SEARCH METADATA PROGRAM…`: LOG is what the build script printed, TAG begins the names
 * of files in SEARCH, LINKS is the package's `links` in capitals (or empty), TWO-COLONS says whether `cargo::` may be used (`yes`, or
 * the rust-version that is too old). OWN, SEARCH and METADATA are folders.
 */
export const directiveScript = `# Made from a build script's output: see spec/units.md.
set -eu
log=$1 tag=$2 links=$3 modern=$4 own=$5 search=$6 metadata=$7
shift 7
newline='
'
for file in ${Object.values(ownFiles).join(' ')}; do : >"$own/$file"; done
for file in ${Object.values(searchFiles).join(' ')}; do : >"$search/$tag.$file"; done
: >"$metadata/$tag"
for program in "$@"; do : >"$own/link-arg-bin.$program"; done

bad() {
    printf 'error: the build script printed \`%s\`: %s\\n' "$line" "$1" >&2
    exit 1
}

# pair VALUE: splits KEY=VALUE.
pair() {
    case $1 in *=*) ;; *) bad 'expected KEY=VALUE' ;; esac
    left=\${1%%=*}
    right=\${1#*=}
}

search_path() {
    path=$1
    case $path in dependency=* | crate=* | native=* | framework=* | all=*) path=\${path#*=} ;; esac
    case $path in /rpkg/out | /rpkg/out/*) where=inner ;; *) where=outer ;; esac
    printf -- '-L\\n%s\\n' "$1" >>"$search/$tag.$where"
}

library() { printf -- '-l\\n%s\\n' "$1" >>"$own/link-lib"; }

# link_arg VALUE FILE...
link_arg() {
    value=$1
    shift
    for file in "$@"; do [ ! -e "$file" ] || printf -- '-C\\nlink-arg=%s\\n' "$value" >>"$file"; done
}

# flags VALUE: -l and -L in either spelling.
flags() {
    set -f
    # shellcheck disable=SC2086
    set -- $1
    set +f
    while [ $# -gt 0 ]; do
        word=$1
        shift
        case $word in
            -l | -L)
                [ $# -gt 0 ] || bad "$word has no value"
                value=$1
                shift
                ;;
            -l* | -L*) value=\${word#-?} ;;
            *) bad 'only -l and -L flags are allowed here' ;;
        esac
        case $word in -l*) library "$value" ;; *) search_path "$value" ;; esac
    done
}

variable() {
    pair "$1"
    case $left in
        RUSTC_BOOTSTRAP) bad 'a build script may not turn on unstable features; allow them for this crate in the recipe' ;;
    esac
    printf '%s=%s\\n' "$left" "$right" >>"$own/env"
}

meta() {
    pair "$1"
    [ -n "$links" ] || return 0
    name=$(printf %s "$left" | tr 'abcdefghijklmnopqrstuvwxyz-' 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_')
    printf 'DEP_%s_%s=%s\\n' "$links" "$name" "$right" >>"$metadata/$tag"
}

directive() {
    key=$1
    value=$2
    case $key in
        rustc-link-lib) library "$value" ;;
        rustc-link-search) search_path "$value" ;;
        rustc-flags) flags "$value" ;;
        rustc-cfg) printf -- '--cfg\\n%s\\n' "$value" >>"$own/cfg" ;;
        rustc-check-cfg) printf -- '--check-cfg\\n%s\\n' "$value" >>"$own/check-cfg" ;;
        rustc-env) variable "$value" ;;
        rustc-link-arg) link_arg "$value" "$own"/link-arg* ;;
        rustc-link-arg-bins) link_arg "$value" "$own"/link-arg-bin.* ;;
        rustc-link-arg-tests) link_arg "$value" "$own/link-arg-tests" ;;
        rustc-link-arg-benches) link_arg "$value" "$own/link-arg-benches" ;;
        rustc-link-arg-examples) link_arg "$value" "$own/link-arg-examples" ;;
        rustc-link-arg-bin)
            pair "$value"
            [ -e "$own/link-arg-bin.$left" ] || bad "the package has no program $left"
            link_arg "$right" "$own/link-arg-bin.$left"
            ;;
        rustc-link-arg-cdylib | rustc-cdylib-link-arg) link_arg "$value" "$own/link-arg-cdylib" "$search/$tag.cdylib" ;;
        warning) printf 'warning: %s\\n' "$value" >&2 ;;
        error)
            printf 'error: %s\\n' "$value" >&2
            failed=yes
            ;;
        rerun-if-changed | rerun-if-env-changed) ;;
        metadata) meta "$value" ;;
        *) return 1 ;;
    esac
}

failed=
while IFS= read -r line || [ -n "$line" ]; do
    # Blanks around a line do not count, carriage returns among them.
    line=\${line#"\${line%%[![:space:]]*}"}
    line=\${line%"\${line##*[![:space:]]}"}
    case $line in
        cargo::*)
            [ "$modern" = yes ] || bad "\\\`cargo::\\\` needs a package with rust-version 1.77 or later; this one says $modern"
            text=\${line#cargo::}
            pair "$text"
            directive "$left" "$right" || bad 'no such directive'
            ;;
        cargo:*)
            text=\${line#cargo:}
            pair "$text"
            case $left in
                metadata | error) meta "$text" ;;
                *) directive "$left" "$right" || meta "$text" ;;
            esac
            ;;
    esac
done <"$log"
[ -z "$failed" ] || exit 1
`;
