// Where the programs that make a sandbox are looked for: the usual places first, then the user's PATH.
import { userFolders } from '../runtime/host/programs.ts';
import { usualFolders } from '../runtime/sandbox/sandbox.ts';
import type { Context } from './context.ts';

export function sandboxFolders({ env }: Context): readonly string[] {
    return [...usualFolders, ...userFolders(env)];
}
