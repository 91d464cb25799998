// Urls `debian:///pool/…` name a file of Debian's archive. Which mirrors have it, apt knows; rpkg knows none.
import type { Failure } from '../failure.ts';
import { aptTargets } from '../host/apt-targets.ts';
import { missingTool } from '../host/missing-tool.ts';
import { findProgram, sandboxFolders } from '../host/programs.ts';
import { runProgram } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';

export const debianScheme = 'debian:';

/** The same file at each mirror that apt is configured for, in apt's order. */
export async function debianUrls(
    url: URL,
    environment: NodeJS.ProcessEnv,
    signal?: AbortSignal,
): Promise<Result<readonly URL[], Failure>> {
    const program = findProgram('apt-get', sandboxFolders);
    if (program === undefined) return failure(missingTool('apt-get', 'finding files of the Debian archive'));
    const asked = {
        program,
        cwd: '/',
        environment: { PATH: sandboxFolders.join(':'), APT_CONFIG: environment['APT_CONFIG'], LC_ALL: 'C' },
        timeoutMs: 20_000,
        signal,
    };
    const { targets, answer } = await aptTargets((args) => runProgram({ ...asked, args }));
    const mirrors = new Set(targets.map(({ uri }) => uri));
    if (mirrors.size > 0) return success([...mirrors].map((mirror) => new URL(`${mirror}${url.pathname}`)));
    const said = answer.exitCode === 0 ? 'it has no source' : `${answer.stderr.trim()} ${answer.cause}`.trim();
    return failure({ kind: 'unreachable', what: 'the Debian archive', cause: `apt-get names no mirror: ${said}` });
}
