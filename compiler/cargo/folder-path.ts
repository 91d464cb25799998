// Absolute paths with `/`; no disk is looked at.

/** Whether the path is the folder or lies below it. */
export function isInside(path: string, folder: string): boolean {
    return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
