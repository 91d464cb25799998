// The POSIX shell scripts that write down every call of a compiler, linker or archiver inside an action. They are part of the
// plan, so the emitted Makefile and script record the same. `compiler/flags/invocation.ts` reads what they write.
import { recorderPlaces } from './recorder-places.ts';

/** Names of programs that are written down, as patterns of the shell. The assembler is called by the compilers alone. */
const recordedPrograms: readonly string[] = [
    'rustc',
    ...['cc', 'c89', 'c99', 'c++', '*-cc', '*-c++'],
    ...['gcc', 'g++', 'clang', 'clang++'].flatMap((name) => [name, `${name}-[0-9]*`, `*-${name}`, `*-${name}-[0-9]*`]),
    ...['ld', 'ld.bfd', 'ld.gold', 'ld.lld', 'ld.mold', '*-ld', '*-ld.bfd', '*-ld.gold'],
    ...['ar', 'llvm-ar', '*-ar'],
];

/** Parts of names that programs draw at random, which would make each record another one. Basic regular expressions of sed. */
const randomNames: readonly (readonly [expression: string, replacement: string])[] = [
    // Temporary files of gcc, and folders of rustc.
    ['/tmp/cc[A-Za-z0-9]\\{6\\}', '/tmp/ccXXXXXX'],
    ['/rustc[A-Za-z0-9]\\{6\\}/', '/rustcXXXXXX/'],
    ['/rmeta[A-Za-z0-9]\\{6\\}/', '/rmetaXXXXXX/'],
    // Tests of CMake.
    ['TryCompile-[A-Za-z0-9]\\{6\\}', 'TryCompile-XXXXXX'],
    ['cmTC_[0-9a-f]\\{5\\}', 'cmTC_XXXXX'],
    // The crate `cc` asks a compiler what it is with a file of its own.
    ['/[0-9]\\{1,\\}detect_compiler_family', '/Ndetect_compiler_family'],
];

/** Makes one program for each that PATH has; words are further names. */
export const beginScript = `# One program for each compiler, linker and archiver on PATH: it writes down how it is called, and becomes the real one.
set -eu
programs=${recorderPlaces.programs}
mkdir -p "$programs"
set -f
set -- ${recordedPrograms.join(' ')} "$@"
IFS=:
for folder in $PATH; do
    [ "$folder" != "$programs" ] || continue
    for pattern in "$@"; do
        set +f
        for file in "$folder"/$pattern; do
            [ -f "$file" ] && [ -x "$file" ] && [ ! -e "$programs/\${file##*/}" ] || continue
            printf '#!/bin/sh\\nrpkg_real=%s\\n. %s\\n' "'$file'" ${recorderPlaces.scripts}/call.sh >"$programs/\${file##*/}"
        done
        set -f
    done
done
set +f
# For a build system that calls compilers by their places, but through a program of ours when it is asked to.
printf '#!/bin/sh\\nrpkg_real=$1\\nshift\\n. %s\\n' ${recorderPlaces.scripts}/call.sh >${recorderPlaces.wrapper}
chmod 755 "$programs"/*
`;

/**
 * What each program does. A line has: side, program, working folder, number of arguments, the arguments, and for each response
 * file its argument and its content; separated by tabs, with \`\\\`, tab and end of line as \`\\\\\`, \`\\t\`, \`\\n\`.
 */
export const callScript = `# Sourced with rpkg_real set. Variables have long names, since any other could be one of the caller's.
rpkg_tab='	'
rpkg_newline='
'

# Sets rpkg_field to $1 without tabs and ends of lines.
rpkg_escape() {
    rpkg_field=$1
    case $rpkg_field in *[\\\\"$rpkg_tab$rpkg_newline"]*) ;; *) return 0 ;; esac
    rpkg_rest=$1
    rpkg_field=
    while [ -n "$rpkg_rest" ]; do
        rpkg_head=\${rpkg_rest%%[\\\\"$rpkg_tab$rpkg_newline"]*}
        rpkg_field=$rpkg_field$rpkg_head
        rpkg_rest=\${rpkg_rest#"$rpkg_head"}
        case $rpkg_rest in
            '') ;;
            \\\\*) rpkg_field="$rpkg_field\\\\\\\\" ;;
            "$rpkg_tab"*) rpkg_field="$rpkg_field\\\\t" ;;
            *) rpkg_field="$rpkg_field\\\\n" ;;
        esac
        rpkg_rest=\${rpkg_rest#?}
    done
}

# Without a word from the action, rustc itself tells for what it compiles, and what it starts is of the same side.
rpkg_side=\${RPKG_RECORD_SIDE-}
if [ "$rpkg_real" = "\${RPKG_RECORD_HOST-}" ]; then
    rpkg_side=host
    export RPKG_RECORD_SIDE="$rpkg_side"
fi
if [ -z "$rpkg_side" ]; then
    rpkg_side=target
    case \${rpkg_real##*/} in
        rustc)
            case " $* " in *' --target'[=\\ ]*) ;; *) rpkg_side=host ;; esac
            export RPKG_RECORD_SIDE="$rpkg_side"
            ;;
    esac
fi
rpkg_escape "$PWD"
rpkg_line=$rpkg_side$rpkg_tab$rpkg_real$rpkg_tab$rpkg_field$rpkg_tab$#
rpkg_responses=
for rpkg_word in "$@"; do
    rpkg_escape "$rpkg_word"
    rpkg_line=$rpkg_line$rpkg_tab$rpkg_field
    case $rpkg_word in @*) ;; *) continue ;; esac
    [ -f "\${rpkg_word#@}" ] || continue
    rpkg_responses=$rpkg_responses$rpkg_tab$rpkg_field
    rpkg_escape "$(cat "\${rpkg_word#@}")"
    rpkg_responses=$rpkg_responses$rpkg_tab$rpkg_field
done

# A file for each call: lines of several processes in one file could get mixed up. Numbers of processes come again.
rpkg_file=${recorderPlaces.record}/$$
set -C
until [ ! -d ${recorderPlaces.record} ] || command : 2>/dev/null >"$rpkg_file"; do rpkg_file=$rpkg_file.1; done
set +C
printf '%s\\n' "$rpkg_line$rpkg_responses" >>"$rpkg_file" || exit 125
exec "$rpkg_real" "$@"
`;

/** Makes one file of all, in an order that does not depend on time. */
export const endScript = `set -eu
cd ${recorderPlaces.record}
find . -type f -exec cat {} + | sed ${randomNames.map(([from, to]) => `-e 's|${from}|${to}|g'`).join(' ')} |
    LC_ALL=C sort >${recorderPlaces.programs}/.all
find . -type f -exec rm -f {} +
mv ${recorderPlaces.programs}/.all ${recorderPlaces.file}
`;
