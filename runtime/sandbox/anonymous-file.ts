// Files without a name, for handing bytes to a program by descriptor. They vanish with the last descriptor, so that no
// crash leaves one behind, and cost less than a pipe, which would need the event loop.
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** Linux' O_TMPFILE, which node does not name. */
const unnamed = 0o20_000_000 | constants.O_DIRECTORY;

/** A descriptor for reading and writing at the start of a private file that holds `content`. The caller closes it. */
export function anonymousFile(content: string | Uint8Array): number {
    const descriptor = openUnnamed();
    try {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content;
        // An explicit position leaves the descriptor's own at zero, where the other program starts to read.
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, done);
        return descriptor;
    } catch (error) {
        closeSync(descriptor);
        throw error;
    }
}

function openUnnamed(): number {
    try {
        return openSync('/dev/shm', constants.O_RDWR | unnamed, 0o600);
    } catch {
        // Some containers have no /dev/shm, and some file systems no unnamed files.
        const path = join(tmpdir(), `rpkg-${randomUUID()}`);
        const descriptor = openSync(path, 'wx+', 0o600);
        unlinkSync(path);
        return descriptor;
    }
}
