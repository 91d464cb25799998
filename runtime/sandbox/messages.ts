// What a failing set-up has to say, taken from where it said it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const longestMessage = 4096;

/** Call before the start; the result gives the beginning of what has been written since. Only regular files can be read back. */
export function messagesOf(descriptor: number): () => string {
    const before = fstatSync(descriptor);
    return () => (before.isFile() ? textAfter(descriptor, before.size) : '');
}

/** Opened anew, because the descriptor may be for writing only. */
function textAfter(descriptor: number, start: number): string {
    const readable = openSync(`/proc/self/fd/${descriptor}`, 'r');
    try {
        const bytes = Buffer.alloc(longestMessage);
        return bytes.toString('utf8', 0, readSync(readable, bytes, 0, longestMessage, start)).trim();
    } finally {
        closeSync(readable);
    }
}
