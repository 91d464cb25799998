// A program that stands in for another one and notes how it was called: each argument, the whole environment, the folder.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { shellWord } from '../../compiler/plan/quote.ts';
import type { Call } from './call.ts';

/** Writes it; `next` is what it does in the end, in the words of a shell. */
export function writeRecorder(file: string, notes: string, next: string): void {
    fs.writeFileSync(file, `${noteCall(notes)}${next}\n`, { mode: 0o755 });
}

/** In place of rustc: goes on with the real one, and puts a recorder in the place of every build script. */
export function writeRustcRecorder(file: string, notes: string, rustc: string): void {
    const real = shellWord(rustc);
    writeRecorder(
        file,
        notes,
        `previous= name= folder= suffix=
for word in "$@"; do
    case $previous in --crate-name) name=$word ;; --out-dir) folder=$word ;; esac
    case $word in extra-filename=*) suffix=\${word#*=} ;; esac
    previous=$word
done
case $name in build_script_*) ;; *) exec ${real} "$@" ;; esac
${real} "$@" || exit
program=$folder/$name$suffix
mv "$program" "$program.real"
printf '%sexec "%s.real" "$@"\\n' ${shellWord(noteCall(notes))} "$program" >"$program"
chmod 755 "$program"`,
    );
}

/** What the kernel knows of the process: a shell would have changed its own variables by now. */
function noteCall(notes: string): string {
    return `#!/bin/sh
note=$(mktemp -d ${shellWord(notes)}/XXXXXXXX) || exit
cat /proc/$$/cmdline >"$note/argv"
cat /proc/$$/environ >"$note/env"
readlink -n /proc/$$/cwd >"$note/cwd"
`;
}

export function readCalls(notes: string): readonly Call[] {
    return fs.readdirSync(notes).map((name) => {
        const read = (what: string): string => fs.readFileSync(path.join(notes, name, what), 'utf8');
        const words = (what: string): readonly string[] => read(what).split('\0').slice(0, -1);
        const variables = words('env').map((text) => {
            const equals = text.indexOf('=');
            return [text.slice(0, equals), text.slice(equals + 1)] as const;
        });
        // The shell that runs the recorder comes first.
        return { argv: words('argv').slice(1), env: new Map(variables), cwd: read('cwd') };
    });
}
