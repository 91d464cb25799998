// Urls `debian:///pool/…` name a file of Debian's archive. Which mirrors have it, apt knows; rpkg knows none.
import type { Failure } from '../failure.ts';
import { sandboxFolders, findProgram } from '../host/programs.ts';
import { missingTool } from '../host/missing-tool.ts';
import { runProgram } from '../host/run-program.ts';
import { failure, type Result, success } from '../result.ts';

export const debianScheme = 'debian:';

/** The same file at each mirror that apt is configured for, in apt's order. */
export async function debianUrls(
    url: URL,
    environment: NodeJS.ProcessEnv,
    signal?: AbortSignal,
): Promise<Result<readonly URL[], Failure>> {
    const mirrors = await mirrorsOf(environment, signal);
    if (!mirrors.ok) return mirrors;
    return success(mirrors.value.map((mirror) => new URL(`${mirror}${url.pathname}`)));
}

/** Bases of apt's sources. Asks for what an update would get and changes nothing. */
async function mirrorsOf(
    environment: NodeJS.ProcessEnv,
    signal: AbortSignal | undefined,
): Promise<Result<readonly string[], Failure>> {
    const program = findProgram('apt-get', sandboxFolders);
    if (program === undefined) return failure(missingTool('apt-get', 'finding files of the Debian archive'));
    const { exitCode, stdout, stderr, cause } = await runProgram({
        program,
        args: ['-o', 'Debug::NoLocking=1', 'update', '--print-uris'],
        cwd: '/',
        environment: { PATH: sandboxFolders.join(':'), APT_CONFIG: environment['APT_CONFIG'], LC_ALL: 'C' },
        timeoutMs: 20_000,
        signal,
    });
    const bases = baseUrls(stdout.toString());
    if (exitCode === 0 && bases.length > 0) return success(bases);
    const said = exitCode === 0 ? 'it has no source' : `${stderr.trim()} ${cause}`.trim();
    return failure({ kind: 'unreachable', what: 'the Debian archive', cause: `apt-get names no mirror: ${said}` });
}

/** Lines `'BASE/dists/SUITE/…' NAME SIZE`. */
export function baseUrls(answer: string): readonly string[] {
    const bases = answer.split('\n').flatMap((line) => /^'([^']+?)\/dists\/[^']+'/.exec(line)?.[1] ?? []);
    return [...new Set(bases)];
}
