// What a failed action printed, as far as it helps at once: its last lines, and what is known about messages that
// packagers meet often.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { visible } from '../lang/visible.ts';
import type { Failure } from '../runtime/failure.ts';

const shownLines = 12;
const readBytes = 16 * 1024;

/** The last lines of the action's log, safe to show in a terminal; empty for failures without a log. */
export function lastLines(failure: Failure): readonly string[] {
    return logText(failure)
        .split('\n')
        .slice(-shownLines - 1)
        .map((line) => visible(line.replaceAll('\t', '    ').trimEnd()))
        .filter((line) => line !== '');
}

/** What a message in the log means for a packager; undefined when it says nothing known. */
export function knownReason(failure: Failure): { readonly message: string; readonly help: string } | undefined {
    const text = logText(failure);
    return text === '' ? undefined : reasons.find(({ pattern }) => pattern.test(text));
}

const reasons: readonly { readonly pattern: RegExp; readonly message: string; readonly help: string }[] = [
    {
        pattern: /lock file .*(?:needs to be updated|because --(?:frozen|locked) was passed)/,
        message: '`Cargo.lock` does not match `Cargo.toml`',
        help: 'update the lock file where the sources are maintained, or with a patch: `cargo update --workspace`',
    },
    {
        pattern: /no matching package named .*\n *location searched: directory source/,
        message: '`Cargo.toml` asks for a crate that `Cargo.lock` does not name',
        help: 'update the lock file where the sources are maintained, or with a patch: `cargo update --workspace`',
    },
    {
        pattern: /No space left on device|\(os error 28\)/,
        message: 'the disk is full',
        help: 'free some space, or set RPKG_STORE to a folder on another disk; nothing finished is lost',
    },
];

/** The end of what it printed: standard error, or standard output when it wrote no errors. */
function logText(failure: Failure): string {
    if (!('kept' in failure)) return '';
    const errors = endOf(failure.log);
    return errors === '' ? endOf(join(dirname(failure.log), 'stdout')) : errors;
}

function endOf(path: string): string {
    try {
        const file = openSync(path, 'r');
        try {
            const from = Math.max(0, fstatSync(file).size - readBytes);
            const buffer = Buffer.alloc(readBytes);
            const text = buffer.subarray(0, readSync(file, buffer, 0, readBytes, from)).toString('utf8');
            return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
        } finally {
            closeSync(file);
        }
    } catch {
        // A log that cannot be read is no second failure.
        return '';
    }
}
