// Paths of recipe files as text: forward slashes, no disk behind them.

/** Removes `.` and resolves `..` as far as the text goes. */
export function normalPath(path: string): string {
    const root = path.startsWith('/') ? '/' : '';
    const segments: string[] = [];
    for (const segment of path.split('/')) {
        if (segment === '' || segment === '.') continue;
        const last = segments.at(-1);
        if (segment !== '..' || last === '..' || (last === undefined && root === '')) segments.push(segment);
        else if (last !== undefined) segments.pop();
    }
    return root + segments.join('/');
}

/** The file that `path` means inside `file`. */
export function importedPath(file: string, path: string): string {
    return normalPath(`${file.slice(0, file.lastIndexOf('/') + 1)}${path}`);
}

/** `../policy.rpkg` → `policy`: what an import is called that names no alias. */
export function defaultAlias(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1).replace(/\.rpkg$/, '');
}
