// Patterns for folders as `[workspace] members` has them: `*`, `?`, `[…]` inside a name, `**` for any number of folders.
import type { FolderView } from './folder-view.ts';
import { joinPath } from './folder-path.ts';

/** Folders that a pattern names, in byte order; a plain path is itself, whether it is there or not. */
export function expandFolders(view: FolderView, root: string, pattern: string): readonly string[] {
    if (!/[*?[]/.test(pattern)) return [joinPath(root, pattern)];
    const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
    return expand(view, [root], parts);
}

function expand(view: FolderView, folders: readonly string[], [part, ...rest]: readonly string[]): readonly string[] {
    if (part === undefined) return folders;
    if (part === '..')
        return expand(
            view,
            folders.map((folder) => joinPath(folder, '..')),
            rest,
        );
    if (part === '**') return [...new Set(folders.flatMap((folder) => expand(view, below(view, folder), rest)))];
    const name = namePattern(part);
    const next = folders.flatMap((folder) =>
        view
            .list(folder)
            .filter((entry) => name.test(entry) && view.isFolder(`${folder}/${entry}`))
            .map((entry) => `${folder}/${entry}`),
    );
    return expand(view, next, rest);
}

/** The folder and all folders below it. */
function below(view: FolderView, folder: string): readonly string[] {
    const inside = view.list(folder).filter((entry) => view.isFolder(`${folder}/${entry}`));
    return [folder, ...inside.flatMap((entry) => below(view, `${folder}/${entry}`))];
}

function namePattern(part: string): RegExp {
    const source = part.replaceAll(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (token) => {
        if (token === '*') return '.*';
        if (token === '?') return '.';
        return token.length > 1 ? token.replace('[!', '[^') : `\\${token}`;
    });
    return new RegExp(`^${source}$`, 'u');
}
