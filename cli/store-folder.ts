// Where the user's store is.
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';

/** `--store`, else RPKG_STORE, else `rpkg` in the user's cache folder. */
export function storeFolder(context: Context, args: Arguments): string {
    const named = args.value('store') ?? context.env['RPKG_STORE'];
    if (named !== undefined && named !== '') return resolve(context.cwd, named);
    const cache = context.env['XDG_CACHE_HOME'];
    const home = context.env['HOME'];
    if (cache !== undefined && cache.startsWith('/')) return join(cache, 'rpkg');
    return join(home === undefined || home === '' ? homeOfUser() : home, '.cache', 'rpkg');
}

/** As the system knows it; a user that it does not know has none. */
function homeOfUser(): string {
    try {
        return userInfo().homedir;
    } catch {
        return '/nonexistent';
    }
}
