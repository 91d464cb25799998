// How the planner looks at sources without touching a disk: the caller hands in what it may see.

/** Paths are absolute, with `/`, and without `.` or `..`. */
export interface FolderView {
    /** Text of a file; undefined when there is none. */
    readonly read: (path: string) => string | undefined;
    readonly isFile: (path: string) => boolean;
    readonly isFolder: (path: string) => boolean;
    /** Names in a folder, byte order; empty when there is none. */
    readonly list: (folder: string) => readonly string[];
}
