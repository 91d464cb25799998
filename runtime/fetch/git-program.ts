// The system's git, called so that only the transport is the user's: configuration, credentials, proxies and ssh work as
// always, while hooks, filters, submodules and a surrounding repository have no part.
import { join } from 'node:path';
import type { Failure } from '../failure.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, userFolders } from '../host/programs.ts';
import { type Finished, runProgram } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';
import type { FetchContext } from './context.ts';
import { withoutCredentials } from './credentials.ts';

export interface Git {
    readonly program: string;
    /** Private and bare; nothing but this fetch ever sees it. */
    readonly repository: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly signal: AbortSignal | undefined;
}

/** Variables by which another repository than ours would be used. */
const foreign = [
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
    'GIT_ATTR_SOURCE',
    'GIT_COMMON_DIR',
    'GIT_CONFIG',
    'GIT_DEFAULT_HASH',
    'GIT_DIR',
    'GIT_GRAFT_FILE',
    'GIT_INDEX_FILE',
    'GIT_NAMESPACE',
    'GIT_OBJECT_DIRECTORY',
    'GIT_PREFIX',
    'GIT_REPLACE_REF_BASE',
    'GIT_SHALLOW_FILE',
    'GIT_TEMPLATE_DIR',
    'GIT_WORK_TREE',
];

const settings = [
    'core.attributesFile=/dev/null',
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'fetch.recurseSubmodules=false',
    'gc.auto=0',
    'http.lowSpeedLimit=1',
    'http.lowSpeedTime=60',
    'maintenance.auto=false',
    'submodule.recurse=false',
];

/** Git with an empty repository in `folder`. */
export async function startGit(
    folder: string,
    objectFormat: 'sha1' | 'sha256',
    context: FetchContext,
): Promise<Result<Git, Failure>> {
    const program = findProgram('git', userFolders(context.environment));
    if (program === undefined) return failure(missingTool('git', 'fetching from a repository'));
    const own = Object.entries(context.environment).filter(([name]) => !foreign.includes(name));
    const environment = {
        ...Object.fromEntries(own),
        // A local repository may be a partial clone, which would fetch what it lacks from elsewhere.
        GIT_NO_LAZY_FETCH: '1',
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
    };
    const git = { program, repository: join(folder, 'repository'), environment, signal: context.signal };
    const made = await runGit(git, [
        'init',
        '--quiet',
        '--bare',
        '--template=',
        `--object-format=${objectFormat}`,
        git.repository,
    ]);
    return made.exitCode === 0 ? success(git) : failure({ kind: 'unreachable', what: 'git', cause: complaint(made) });
}

/** `protocols` is all that the call may speak; local commands need none. */
export async function runGit(git: Git, args: readonly string[], protocols: readonly string[] = []): Promise<Finished> {
    return await runProgram({
        program: git.program,
        args: gitArguments(git, args),
        cwd: '/',
        environment: { ...git.environment, GIT_ALLOW_PROTOCOL: protocols.join(':') },
        timeoutMs: 4 * 3_600_000,
        signal: git.signal,
        outputBytes: 1 << 29,
    });
}

export function gitArguments(git: Git, args: readonly string[]): string[] {
    return [`--git-dir=${git.repository}`, ...settings.flatMap((setting) => ['-c', setting]), ...args];
}

/** What git said, without progress and hints. */
export function complaint({ stderr, cause }: Finished): string {
    const lines = stderr.split('\n').filter((line) => /^(?:fatal|error|ssh|remote):/.test(line));
    const said = lines.length > 0 ? lines.join('; ') : stderr.trim();
    return withoutCredentials(said === '' ? cause : said);
}
