// Patterns of `members`: `*`, `?`, `[…]` inside a path's segment, `**` for any number of segments.
import { normalPath } from '../module-path.ts';
import type { FolderView } from './folder-view.ts';

/** Folders below `folder` that the pattern means, in byte order. A path without a pattern means itself, there or not. */
export function expandFolders(view: FolderView, folder: string, pattern: string): readonly string[] {
    const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
    const start = pattern.startsWith('/') ? '/' : folder;
    if (!segments.some(isPattern)) return [normalPath(`${start}/${pattern}`)];
    return expand(view, start, segments);
}

function isPattern(segment: string): boolean {
    return /[*?[]/.test(segment);
}

function expand(view: FolderView, folder: string, segments: readonly string[]): readonly string[] {
    const [segment, ...rest] = segments;
    if (segment === undefined) return [folder];
    if (!isPattern(segment)) {
        const next = normalPath(`${folder}/${segment}`);
        return view.isFolder(next) ? expand(view, next, rest) : [];
    }
    const below = view.list(folder).map((name) => ({ name, path: normalPath(`${folder}/${name}`) }));
    const folders = below.filter(({ path }) => view.isFolder(path));
    if (segment === '**') {
        const here = rest.length === 0 ? [] : expand(view, folder, rest);
        const deeper = folders.flatMap(({ path }) => [
            ...(rest.length === 0 ? [path] : []),
            ...expand(view, path, segments),
        ]);
        return [...new Set([...here, ...deeper])];
    }
    const expression = segmentExpression(segment);
    return folders.filter(({ name }) => expression.test(name)).flatMap(({ path }) => expand(view, path, rest));
}

/** A pattern for one name. `[!a]` is a set of what must not stand there; an open `[` stands for itself. */
export function segmentExpression(segment: string): RegExp {
    const source = segment.replaceAll(
        /\[(!?)(\]?[^\]]*)\]|[^]/g,
        (token, negation: string | undefined, set?: string) => {
            if (set !== undefined)
                return `[${negation === '!' ? '^' : ''}${set.replaceAll(/[\\\]^]/g, String.raw`\$&`)}]`;
            if (token === '*') return '.*';
            if (token === '?') return '.';
            return token.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
        },
    );
    return new RegExp(`^${source}$`, 'su');
}
