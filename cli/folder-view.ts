// The disk as the planner sees it. Answers are remembered: one plan asks for the same file many times.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { FolderView } from '../compiler/cargo/folder-view.ts';
import { compareBytes } from '../compiler/plan/bytes.ts';

type Kind = 'file' | 'folder' | undefined;

/** `real` gives the path on the disk; undefined for what the view does not have. */
export function folderView(real: (path: string) => string | undefined): FolderView {
    const kinds = new Map<string, Kind>();
    const kind = (path: string): Kind => {
        if (!kinds.has(path)) kinds.set(path, kindOf(real(path)));
        return kinds.get(path);
    };
    return {
        read: (path) => readText(real(path)),
        isFile: (path) => kind(path) === 'file',
        isFolder: (path) => kind(path) === 'folder',
        list: (folder) => (kind(folder) === 'folder' ? readdirSync(real(folder) ?? '').sort(compareBytes) : []),
    };
}

function kindOf(path: string | undefined): Kind {
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? 'file' : stat?.isDirectory() === true ? 'folder' : undefined;
}

function readText(path: string | undefined): string | undefined {
    try {
        return path === undefined ? undefined : readFileSync(path, 'utf8');
    } catch {
        return undefined;
    }
}
