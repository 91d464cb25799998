// How much a folder holds.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Size {
    readonly files: number;
    /** What the files say they are. */
    readonly bytes: number;
    /** What they take on the disk, each inode once. */
    readonly diskBytes: number;
}

export function sizeBelow(folder: string, seen = new Set<number>()): Size {
    let [files, bytes, diskBytes] = [0, 0, 0];
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
            const below = sizeBelow(path, seen);
            files += below.files;
            bytes += below.bytes;
            diskBytes += below.diskBytes;
        } else {
            const { size, blocks, ino } = lstatSync(path);
            files += 1;
            bytes += size;
            if (!seen.has(ino)) diskBytes += blocks * 512;
            seen.add(ino);
        }
    }
    return { files, bytes, diskBytes };
}
