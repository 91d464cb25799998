// Where the sources of a first recipe come from: the folder that was looked at, unless the command line says otherwise.
import * as path from 'node:path';
import { unpinnedSource } from '../compiler/init/errors.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';
import { runProgram } from '../runtime/host/run-program.ts';
import type { Arguments } from './command.ts';

/** Lines of the block `source main`, or what is wrong. `recipe` is the folder of the recipe, `root` that of the workspace. */
export async function sourceLines(
    args: Arguments,
    { recipe, root }: { readonly recipe: string; readonly root: string },
): Promise<readonly string[] | Diagnostic> {
    const hash = args.value('hash') ?? 'todo';
    const [git, url, crate] = [args.value('git'), args.value('url'), args.value('crate')];
    if (git !== undefined) {
        const commit = args.value('commit') ?? (await headOf(root));
        return commit === undefined ? unpinnedSource(git) : [`git = ${text(git)}`, `commit = ${text(commit)}`];
    }
    if (url !== undefined) return [`url = ${text(url)}`, `hash = ${hash}`];
    if (crate !== undefined) return [`crate = ${text(crate)}`, `hash = ${hash}`];
    const relative = path.relative(recipe, root).replaceAll(path.sep, '/');
    return [`path = ${text(relative === '' ? '.' : relative)}`, 'exclude = [".git", "target", "*.rpkg", "rpkg.lock"]'];
}

function text(words: string): string {
    return `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The commit that the folder is at. */
async function headOf(root: string): Promise<string | undefined> {
    const args = ['-C', root, 'rev-parse', '--verify', 'HEAD'];
    const { exitCode, stdout } = await runProgram({
        program: 'git',
        args,
        cwd: '/',
        environment: process.env,
        timeoutMs: 10_000,
    });
    return exitCode === 0 ? stdout.toString().trim() : undefined;
}
