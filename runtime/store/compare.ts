// Where two trees differ, for people: paths, not contents.
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { compareBytes } from '../../compiler/plan/bytes.ts';

const shown = 20;

/** Relative paths that only one tree has, or that are not the same in both; at most twenty. */
export function differingPaths(first: string, second: string): readonly string[] {
    const found: string[] = [];
    const waiting = [''];
    for (let path = waiting.pop(); path !== undefined && found.length < shown; path = waiting.pop()) {
        const names = [...new Set([...readdirSync(first + path), ...readdirSync(second + path)])].sort(compareBytes);
        for (const name of names) {
            const at = `${path}/${name}`;
            const [a, b] = [kindOf(first + at), kindOf(second + at)];
            if (a === 'directory' && b === 'directory') waiting.push(at);
            else if (a !== b || !sameContent(first + at, second + at, a)) found.push(at.slice(1));
        }
    }
    return found.sort(compareBytes).slice(0, shown);
}

function kindOf(path: string): string {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'nothing';
    if (stats.isDirectory()) return 'directory';
    if (stats.isSymbolicLink()) return 'link';
    return (stats.mode & 0o100) === 0 ? 'file' : 'program';
}

function sameContent(first: string, second: string, kind: string): boolean {
    if (kind === 'link') return readlinkSync(first) === readlinkSync(second);
    return lstatSync(first).size === lstatSync(second).size && sameBytes(first, second);
}

const chunkBytes = 1024 * 1024;

/** Piece by piece: an output may be larger than what fits into one buffer. */
function sameBytes(first: string, second: string): boolean {
    const files = [openSync(first, 'r'), openSync(second, 'r')];
    const buffers = files.map(() => Buffer.alloc(chunkBytes));
    try {
        for (;;) {
            const [a, b] = files.map((file, index) => {
                const buffer = buffers[index] ?? Buffer.alloc(0);
                return buffer.subarray(0, readSync(file, buffer, 0, chunkBytes, null));
            });
            if (a === undefined || b?.equals(a) !== true) return false;
            if (a.length === 0) return true;
        }
    } finally {
        files.forEach(closeSync);
    }
}
