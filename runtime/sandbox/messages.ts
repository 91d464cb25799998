// What a failing set-up has to say, taken from where it said it.
import { fstatSync, readFileSync } from 'node:fs';

const longestMessage = 4096;

/** Call before the start; the result gives the beginning of what has been written since. Only regular files can be read back. */
export function messagesOf(descriptor: number): () => string {
    const before = fstatSync(descriptor);
    if (!before.isFile()) return () => '';
    return () =>
        readFileSync(`/proc/self/fd/${descriptor}`)
            .subarray(before.size, before.size + longestMessage)
            .toString('utf8')
            .trim();
}
