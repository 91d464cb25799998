// Where two trees differ, for people: paths, not contents.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
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
    return readFileSync(first).equals(readFileSync(second));
}
