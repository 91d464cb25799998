// The fixed parts of the emitted script: settings and helpers before the actions, the command line after them.
import { sortedEntries } from '../plan/bytes.ts';
import type { Plan } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import { bubblewrapIsolation, etcFiles, fixedMtimeSeconds, hostDirectories, sandboxUmask } from '../plan/sandbox.ts';
import { toolVariable, treeFolder, workFolder } from './shell-names.ts';

/** Everything before the first action. */
export function scriptHead(plan: Plan): string {
    const { name, version } = plan.subject;
    return `#!/bin/sh
# ${name} ${version}: build script made from a plan. Change the recipe, not this file.
# plan: execution ${plan.digest.execution}
# needs: coreutils, findutils, tar, bubblewrap and the tools that --tools lists
set -eu
umask ${sandboxUmask}
LC_ALL=C
export LC_ALL

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# Where the tar files of the sources are, where to work, where to put the result.
sources=\${RPKG_SOURCES:-$here/sources}
work=\${RPKG_WORK:-$here/work}/${workFolder(plan)}
result=\${RPKG_RESULT:-$here/result}
jobs=\${RPKG_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)}
${toolSettings(plan)}trees=$work/trees

${helpers}`;
}

/** The order of actions, the options, and the main loop. */
export function scriptTail(plan: Plan, order: readonly string[]): string {
    const cases = order.map((id, index) => `        ${shellWord(id)}) action_${index + 1} ;;\n`).join('');
    const outputs = sortedEntries(plan.outputs).map(([name, tree]) => `    export_tree ${shellWord(treeFolder(tree))} ${shellWord(name)}\n`);
    return `actions='
${order.join('\n')}
'

# One action, unless it is done already.
perform() {
    [ ! -e "$work/done/$1" ] || return 0
    id=$1
    tmp=$work/tmp/$1
    echo "$1" >&2
    discard "$tmp"
    mkdir -p "$tmp/out" "$trees" "$work/done"
    case $1 in
${cases}        *) die "there is no action $1; --list shows them" ;;
    esac
    discard "$tmp"
    : >"$work/done/$1"
}

deliver() {
${outputs.join('')}}

case \${1-} in
    '')
        for each in $actions; do perform "$each"; done
        deliver
        ;;
    --only) perform "\${2:?--only needs the id of an action whose inputs are there}" ;;
    --deliver) deliver ;;
    --list) printf '%s' "$actions" | sed '/^$/d' ;;
    --tools) show_tools ;;
    *)
        echo "usage: sh build.sh [--only ACTION | --deliver | --list | --tools]" >&2
        echo "RPKG_SOURCES RPKG_WORK RPKG_RESULT RPKG_JOBS set folders and the number of jobs" >&2
        exit 2
        ;;
esac
`;
}

function toolSettings(plan: Plan): string {
    const tools = Object.values(plan.environments).flatMap(({ tools }) => sortedEntries(tools));
    const settings = new Map<string, string>();
    for (const [, { mount, root }] of tools) {
        if (mount === undefined || root === undefined) continue;
        const variable = toolVariable(mount);
        settings.set(variable, `${variable}=\${RPKG_${variable.toUpperCase()}:-${shellWord(root)}}\n`);
    }
    const shown = tools.map(([name, { path, version, digest }]) => `    echo ${shellWord(`${name}: ${path}, ${version}, ${digest}`)}\n`);
    return `${[...settings.values()].join('')}\nshow_tools() {\n${shown.join('') || '    :\n'}}\n\n`;
}

const etc = sortedEntries(etcFiles)
    .map(([name, text]) => `    printf %s ${shellWord(text)} >"$1/${name}"\n`)
    .join('');

/** Indented for reading; the shell does not care. */
const helpers = `die() {
    echo "build.sh: $*" >&2
    exit 1
}

# Removes a folder that may hold folders without write permission.
discard() {
    if [ -e "$1" ]; then chmod -R u+rwX "$1" && rm -rf "$1"; fi
}

# unpack ID SHA256 ORIGIN: a source, checked before it is opened.
unpack() {
    file=$sources/$1.tar
    [ -f "$file" ] || die "missing $file ($3)"
    echo "$2  $file" | sha256sum -c --status - || die "$file does not have the SHA-256 $2 ($3)"
    tar -x -f "$file" -C "$tmp/out" --no-same-owner
    publish out "$tmp/out"
}

# copy TREE FOLDER: a private copy to work on.
copy() {
    cp -Rp "$trees/$1" "$2"
    chmod -R u+w "$2"
}

# publish NAME FOLDER [PLACE]: makes what an action left into a tree: only contents, names, links and execute bits count.
publish() {
    find "$2" ! -type d ! -type f ! -type l | grep -q . && die "$id left something that is no file, folder or link"
    find "$2" -type d -exec chmod u+rwx {} +
    if [ $# -eq 3 ]; then
        find "$2" -type l | while IFS= read -r link; do relative_link "$link" "$2" "$3"; done
    fi
    find "$2" -type f -perm -100 -exec chmod 555 {} +
    find "$2" -type f ! -perm -100 -exec chmod 444 {} +
    name=$id
    [ "$1" = out ] || name=$id#$1
    discard "$trees/$name"
    mv "$2" "$trees/$name"
    find "$trees/$name" -exec touch -h -d @${fixedMtimeSeconds} {} +
    find "$trees/$name" -depth -type d -exec chmod 555 {} +
}

# relative_link LINK FOLDER PLACE: an absolute link into the output becomes a relative one.
relative_link() {
    target=$(readlink "$1")
    case $target in
        "$3"/*) ;;
        /*) die "$id left a link to $target, outside of its output" ;;
        *) return 0 ;;
    esac
    up=$(printf %s "\${1#"$2"/}" | sed 's,[^/]*$,,; s,[^/][^/]*/,../,g')
    ln -sfn "$up\${target#"$3"/}" "$1"
}

# prepare_etc FOLDER: what /etc is inside.
prepare_etc() {
    mkdir -p "$1"
    for each in ld.so.cache ld.so.conf ld.so.conf.d alternatives; do
        if [ -e "/etc/$each" ]; then cp -RP "/etc/$each" "$1/"; fi
    done
${etc}}

# sandbox SECONDS KIBIBYTES OPTION… -- COMMAND…: bubblewrap with everything that all actions have in common.
sandbox() {
    seconds=$1
    memory=$2
    shift 2
    prepare_etc "$tmp/etc"
    set -- --ro-bind "$tmp/etc" /etc --proc /proc --dev /dev --tmpfs /tmp "$@"
    for each in ${hostDirectories.join(' ')}; do
        if [ -L "$each" ]; then
            set -- --symlink "$(readlink "$each")" "$each" "$@"
        elif [ -d "$each" ]; then
            set -- --ro-bind "$each" "$each" "$@"
        fi
    done
    bwrap=$(command -v bwrap) || die "bubblewrap is not installed"
    (
        [ "$memory" = unlimited ] || ulimit -v "$memory"
        exec env -i "$(command -v timeout)" -k 10 "$seconds" "$bwrap" ${bubblewrapIsolation.map(shellWord).join(' ')} \\
            --new-session --clearenv "$@" </dev/null
    ) || die "$id failed with status $?"
}

export_tree() {
    discard "$result/$2"
    mkdir -p "$result"
    cp -Rp "$trees/$1" "$result/$2"
    chmod -R u+w "$result/$2"
    echo "$result/$2"
}
`;
