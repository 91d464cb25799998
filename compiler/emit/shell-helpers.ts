// The functions that the emitted script's actions are made of. They do what the executor does: the same sandbox, the same
// paths, trees with the same modes and times.
import { sortedEntries } from '../plan/bytes.ts';
import { shellWord } from '../plan/quote.ts';
import {
    bubblewrapIsolation,
    etcFiles,
    fixedMtimeSeconds,
    hostDirectories,
    ownPlaces,
    sandboxRoot,
} from '../plan/sandbox.ts';

const etc = sortedEntries(etcFiles)
    .map(([name, text]) => `    printf %s ${shellWord(text)} >"$etc/${name}"\n`)
    .join('');

/** What bubblewrap does after the mounts of an action, in this order. The script's `$world`. */
const world = '--proc /proc --dev /dev --perms 1777 --tmpfs /tmp --remount-ro /proc --remount-ro /';

export const shellHelpers = `die() {
    printf 'build.sh: %s\\n' "$*" >&2
    exit 1
}

# program NAME PACKAGE: where it is.
program() {
    command -v "$1" || die "$1 is not installed; it is in the package $2"
}

# Removes a folder that may hold folders without write permission.
discard() {
    if [ -e "$1" ]; then
        # Not files: they may have names in other trees.
        find "$1" -type d ! -perm -700 -exec chmod u+rwx {} \\;
        rm -rf "$1"
    fi
}

# need ACTION…: those whose trees the current action uses.
need() {
    for each in "$@"; do
        [ -e "$work/done/$each" ] || die "$id needs $each, which is not done"
    done
}

# unpack SHA256 ORIGIN: a source, checked before it is opened.
unpack() {
    file=$sources/$id.tar
    [ -f "$file" ] || die "missing $file ($2)"
    [ "$(sha256sum <"$file")" = "$1  -" ] || die "$file does not have the SHA-256 $1 ($2)"
    tar -x -f - -C "$tmp/out" --no-same-owner <"$file"
    publish out "$tmp/out"
}

# settle FOLDER: times and modes of a folder's content do not tell when or by whom it was made.
settle() {
    find "$1" -type d -exec chmod u=rwx,go=rx,ug-s,-t {} + \\
        -o -type f -perm -100 -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
    find "$1" -exec touch -h -d @${fixedMtimeSeconds} {} +
}

# grant WEIGHT: how many jobs the action may use; 0 stands for all.
grant() {
    granted=$jobs
    if [ "$1" -gt 0 ] && [ "$1" -lt "$jobs" ]; then granted=$1; fi
}

# copy TREE NAME: a private copy to work on.
copy() {
    to=$tmp/rpkg/$2
    mkdir -p "\${to%/*}"
    cp -RPp "$trees/$1" "$to"
    settle "$to"
}

# fresh NAME…: empty folders.
fresh() {
    for each in "$@"; do mkdir -p "$tmp/rpkg/$each"; done
    (cd "$tmp/rpkg" && chmod u=rwx,go=rx,ug-s "$@" && touch -d @${fixedMtimeSeconds} "$@")
}

# unite TREE…: publishes one tree that has the files of these, which get further names.
unite() {
    for each in "$@"; do
        for file in "$trees/$each"/..?* "$trees/$each"/.[!.]* "$trees/$each"/*; do
            [ -e "$file" ] || [ -L "$file" ] || continue
            [ -f "$file" ] && [ ! -L "$file" ] || die "$id cannot unite $each: $file is no file"
            name=\${file##*/}
            if [ -e "$tmp/out/$name" ]; then
                same_file "$file" "$tmp/out/$name" || die "$id unites different files with the name $name"
            else
                ln "$file" "$tmp/out/$name" 2>/dev/null || cp -p "$file" "$tmp/out/$name"
            fi
        done
    done
    discard "$trees/$id"
    mv "$tmp/out" "$trees/$id"
    chmod 555 "$trees/$id"
    touch -d @${fixedMtimeSeconds} "$trees/$id"
}

# take_out PATH: removes it from $tmp/out, unless it leads through a link.
take_out() {
    at=$tmp/out
    rest=$1
    while [ -d "$at" ] && [ ! -L "$at" ]; do
        case $rest in
            */*)
                at=$at/\${rest%%/*}
                rest=\${rest#*/}
                ;;
            *)
                chmod u+w "$at"
                discard "$at/$rest"
                rm -f "$at/$rest"
                return 0
                ;;
        esac
    done
}

# same_file FILE FILE: whether content and execute bit are the same.
same_file() {
    [ ! "$1" -ef "$2" ] || return 0
    if [ -x "$1" ]; then [ -x "$2" ] || return 1; else [ ! -x "$2" ] || return 1; fi
    [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]
}

# publish NAME FOLDER [PLACE]: makes what an action left into a tree: only contents, names, links and execute bits count.
publish() {
    # One by one, so that each folder is open before find goes into it.
    find "$2" -type d ! -perm -700 -exec chmod u+rwx {} \\;
    odd=$(find "$2" ! -type d ! -type f ! -type l -o -name '*[[:cntrl:]]*' | head -n 1 | tr -d '[:cntrl:]')
    [ -z "$odd" ] || die "$id left $odd: it is no file, folder or link, or its name has a control character"
    if [ $# -eq 3 ]; then
        find "$2" -type l | while IFS= read -r link; do relative_link "$link" "$2" "$3"; done
    fi
    settle "$2"
    name=$id
    [ "$1" = out ] || name=$id#$1
    discard "$trees/$name"
    mv "$2" "$trees/$name"
    find "$trees/$name" -depth ! -type l -exec chmod a-w {} +
}

# relative_link LINK FOLDER PLACE: an absolute link into the output becomes a relative one; none may lead out of it.
relative_link() {
    target=$(readlink "$1")
    from=/\${1#"$2"/}
    from=\${from%/*}
    case $target in
        "$3" | "$3"/*) rest=\${target#"$3"}/ to='' ;;
        /*) die "$id left a link to $target, outside of its output" ;;
        *) rest=$target/ to=$from ;;
    esac
    while [ -n "$rest" ]; do
        part=\${rest%%/*}
        rest=\${rest#*/}
        case $part in
            '' | .) ;;
            ..)
                [ -n "$to" ] || die "$id left a link to $target, outside of its output"
                to=\${to%/*}
                ;;
            *) to=$to/$part ;;
        esac
    done
    case $target in /*) ;; *) return 0 ;; esac
    part=\${from#/}
    part=\${part%%/*}
    while [ -n "$part" ]; do
        case $to/ in "/$part"/*) ;; *) break ;; esac
        to=\${to#/"$part"}
        from=\${from#/"$part"}
        part=\${from#/}
        part=\${part%%/*}
    done
    up=''
    while [ -n "$from" ]; do
        up=../$up
        from=\${from%/*}
    done
    target=$up\${to#/}
    target=\${target%/}
    ln -sfn -- "\${target:-.}" "$1"
}

# prepare_etc: what /etc is inside, made once for all actions of this run.
etc=''
prepare_etc() {
    [ -z "$etc" ] || return 0
    etc=$work/tmp/etc.$$
    trap 'discard "$etc"' EXIT
    discard "$etc"
    mkdir -p "$etc"
    for each in ld.so.cache ld.so.conf ld.so.conf.d alternatives; do
        if [ -e "/etc/$each" ]; then cp -RP "/etc/$each" "$etc/"; fi
    done
${etc}    find "$etc" -type f -exec chmod a-x {} +
    settle "$etc"
}

world='${world}'

# sandbox SECONDS KIBIBYTES OPTION… -- COMMAND…: bubblewrap with everything that all actions have in common. Around /rpkg
# lies the root file system $root, or what the machine has.
sandbox() {
    seconds=$1
    memory=$2
    shift 2
    bwrap=$(program bwrap bubblewrap)
    timeout=$(program timeout coreutils)
    setpriv=$(program setpriv util-linux)
    # Folders that bubblewrap makes by itself are closed to others.
    set -- --perms 0755 --dir ${sandboxRoot} "$@"
    if [ -n "$root" ]; then
        places=''
        for each in "$root"/.[!.]* "$root"/*; do
            case /\${each##*/} in
                ${ownPlaces.map((name) => `/${name}`).join(' | ')}) ;;
                *) places="$places /\${each##*/}" ;;
            esac
        done
    else
        places='${hostDirectories.join(' ')}'
        prepare_etc
        set -- --ro-bind "$etc" /etc "$@"
    fi
    for each in $places; do
        if [ -L "$root$each" ]; then
            set -- --symlink "$(readlink "$root$each")" "$each" "$@"
        elif [ -d "$root$each" ]; then
            set -- --ro-bind "$root$each" "$each" "$@"
        fi
    done
    # In the foreground, so that Ctrl-C reaches it; and it does not outlive this script. A shell can close ten files.
    (
        if [ "$memory" != unlimited ]; then
            ulimit -v "$memory"
            ulimit -c 0
        fi
        exec env -i "$setpriv" --pdeathsig KILL -- "$timeout" --foreground -k 10 "$seconds" "$bwrap" \\
            ${bubblewrapIsolation.map(shellWord).join(' ')} \\
            --new-session --clearenv "$@" </dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
    ) || die "$id failed with status $?; its folders are in $tmp"
}

export_tree() {
    [ -e "$trees/$1" ] || die "$1 is not done"
    discard "$result/$2"
    mkdir -p "$result"
    cp -RPp "$trees/$1" "$result/$2"
    chmod -R u+w "$result/$2"
    printf '%s\\n' "$result/$2"
}
`;
