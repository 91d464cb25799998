// Where programs are: a PATH is searched as execvp does.
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** All that a sandbox with the host's /usr lets a command find. */
export const sandboxFolders: readonly string[] = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Absolute folders of the user's PATH, in order. Relative ones would depend on where rpkg was started. */
export function userFolders(environment: NodeJS.ProcessEnv): readonly string[] {
    return (environment['PATH'] ?? sandboxFolders.join(':')).split(':').filter(isAbsolute);
}

/** The first executable regular file of that name; undefined when there is none. `look` is told each path that was tried. */
export function findProgram(
    name: string,
    folders: readonly string[],
    look: (path: string) => void = () => undefined,
): string | undefined {
    for (const folder of folders) {
        const path = join(folder, name);
        look(path);
        if (isProgram(path)) return path;
    }
    return undefined;
}

function isProgram(path: string): boolean {
    try {
        if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
