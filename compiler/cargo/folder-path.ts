// Arithmetic on absolute paths with `/`; no disk is looked at.

/** The path from a folder, `.` and `..` worked out. */
export function joinPath(folder: string, path: string): string {
    const parts: string[] = [];
    for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '' && part !== '.') parts.push(part);
    }
    return `/${parts.join('/')}`;
}

export function parentOf(path: string): string {
    return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function baseOf(path: string): string {
    return path.slice(path.lastIndexOf('/') + 1);
}

export function isInside(path: string, folder: string): boolean {
    return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
