// The places where a command of a package may run. A tier is chosen once, and never lowered because it did not work.
import { statSync } from 'node:fs';
import { bubblewrapIsolation } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { findProgram } from '../host/programs.ts';
import { type Result, failure, success } from '../result.ts';
import { runInBubblewrap } from './bubblewrap.ts';
import { checkSpec } from './check-spec.ts';
import { filterArchitecture, seccompFilter } from './seccomp.ts';
import { badSource } from './sources.ts';
import { Starters } from './starters.ts';
import type { Exit, SandboxIo, SandboxSpec } from './spec.ts';
import { canProtectTerminal, terminalFailure } from './terminal.ts';
import { specFailure } from './unavailable.ts';
import { runInNamespaces } from './unshare.ts';

export type Tier = 'bwrap' | 'unshare';

export interface Sandbox {
    readonly tier: Tier;
    /** One line for people. */
    readonly description: string;
    /** A command can give its files attributes beyond modes and times. */
    readonly keepsAttributes: boolean;
    /** Resolves when the command has ended and none of its processes is left. To be called on the main thread. */
    run(spec: SandboxSpec, io: SandboxIo): Promise<Result<Exit, Failure>>;
}

/**
 * Finds the programs of a tier in `folders`, in their order; nothing is started, so what does not work shows with the
 * first command. `auto` takes bubblewrap, and the tools of util-linux only when bubblewrap is not installed.
 */
export function openSandbox(
    request: Tier | 'auto',
    folders: readonly string[] = usualFolders,
): Promise<Result<Sandbox, Failure>> {
    const find: Find = (name) => findProgram(name, folders);
    const bwrap = request === 'unshare' ? undefined : find('bwrap');
    if (bwrap !== undefined) return Promise.resolve(openBubblewrap(bwrap, find));
    if (request === 'bwrap') return Promise.resolve(failure(missing('bwrap', 'bubblewrap')));
    return Promise.resolve(openUtilLinux(find));
}

/** Where the tools of a sandbox usually are; to be followed by the user's own folders. */
export const usualFolders: readonly string[] = ['/usr/bin', '/bin', '/usr/local/bin'];

type Find = (name: string) => string | undefined;

function openBubblewrap(bwrap: string, find: Find): Result<Sandbox, Failure> {
    if (isSetId(bwrap)) {
        return failure({
            kind: 'sandbox-unavailable',
            tier: 'bwrap',
            cause: `${bwrap} is set-user-ID, and then trusts whoever starts it with more than a sandbox needs`,
            remedy: `allow user namespaces for ordinary users and remove the bit: chmod u-s ${bwrap}`,
        });
    }
    const architecture = filterArchitecture(process.arch);
    const filter = architecture === undefined ? undefined : seccompFilter(architecture);
    const filtered =
        architecture === undefined ? 'without a system call filter' : `with a system call filter for ${architecture}`;
    const setpriv = find('setpriv');
    const shell = find('sh');
    const starters = setpriv === undefined || shell === undefined ? undefined : new Starters({ setpriv, shell });
    const tools = { bwrap, prlimit: find('prlimit'), filter, isolation: bubblewrapIsolation, starters };
    return success({
        tier: 'bwrap',
        description: `bubblewrap (${bwrap}) ${filtered}`,
        keepsAttributes: filter === undefined,
        run: (spec, io) => checked('bwrap', filter !== undefined, spec, io) ?? runInBubblewrap(tools, spec, io),
    });
}

function openUtilLinux(find: Find): Result<Sandbox, Failure> {
    const unshare = find('unshare');
    const setpriv = find('setpriv');
    if (unshare === undefined || setpriv === undefined) return failure(missing('unshare', 'bubblewrap'));
    const tools = { unshare, setpriv, prlimit: find('prlimit') };
    return success({
        tier: 'unshare',
        description: `util-linux (${unshare}) without a system call filter`,
        keepsAttributes: true,
        run: (spec, io) => checked('unshare', false, spec, io) ?? runInNamespaces(tools, spec, io),
    });
}

/** The refusal of a request that must not start; undefined when it may. */
function checked(
    tier: Tier,
    filtered: boolean,
    spec: SandboxSpec,
    io: SandboxIo,
): Promise<Result<Exit, Failure>> | undefined {
    const [problem] = checkSpec(spec);
    if (problem !== undefined) return Promise.resolve(failure(specFailure(tier, problem)));
    const source = badSource(spec.binds);
    if (source !== undefined) return Promise.resolve(failure(source));
    if (io.terminal && !filtered && !canProtectTerminal()) return Promise.resolve(failure(terminalFailure(tier)));
    return undefined;
}

function missing(tier: Tier, what: string): Failure {
    return { kind: 'sandbox-unavailable', tier, cause: `${what} is not installed`, remedy: `apt install ${what}` };
}

function isSetId(program: string): boolean {
    return (statSync(program).mode & 0o6000) !== 0;
}
