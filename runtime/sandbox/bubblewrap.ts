// The default tier. All settings go through a descriptor and none through the command line or the environment, because
// process 1 inside is bubblewrap itself and everybody inside can read its /proc entry.
import { compareBytes, sortedEntries } from '../../compiler/plan/bytes.ts';
import { sandboxRoot } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import { exitOfCode, outcomeOf } from './outcome.ts';
import { type Ended, launch, reportDescriptor } from './launch.ts';
import { withMemoryLimit } from './memory-limit.ts';
import { messagesOf } from './messages.ts';
import type { Starters } from './starters.ts';
import type { Exit, SandboxIo, SandboxSpec } from './spec.ts';
import { setupFailure } from './unavailable.ts';

export interface Bubblewrap {
    readonly bwrap: string;
    readonly prlimit: string | undefined;
    /** The system call filter; undefined where rpkg has none for this processor. */
    readonly filter: Uint8Array | undefined;
    /** Who commands are: the isolation switches, as in `bubblewrapIsolation`. */
    readonly isolation: readonly string[];
    readonly starters: Starters | undefined;
}

/** Runs a checked request. */
export async function runInBubblewrap(
    tools: Bubblewrap,
    spec: SandboxSpec,
    io: SandboxIo,
): Promise<Result<Exit, Failure>> {
    const settings = bubblewrapSettings(tools, spec, io);
    const start = withMemoryLimit(
        { program: tools.bwrap, arguments: ['--args', String(settingsDescriptor), '--', ...spec.argv] },
        spec.limits,
        tools.prlimit,
    );
    if (!start.ok) return start;
    const files = [settings.map((word) => `${word}\0`).join(''), ...(tools.filter === undefined ? [] : [tools.filter])];
    const messages = messagesOf(io.stderr);
    const { starters } = tools;
    const { limits } = spec;
    const ended = await launch({ ...start.value, files, firstProcess, endedWell, limits, io, starters });
    return outcomeOf(ended, start.value.program) ?? ownOutcome(ended, messages);
}

/** Reported before anything inside may run. */
function firstProcess(report: string): number | undefined {
    const [, first] = /"child-pid": (\d+)/.exec(report) ?? [];
    return first === undefined ? undefined : Number(first);
}

/** Bubblewrap reports a code only when the command has replaced it. */
function endedWell(_: number | null, report: string): boolean {
    return codeIn(report) === 0;
}

function codeIn(report: string): number | undefined {
    const [, code] = /"exit-code": (\d+)/.exec(report) ?? [];
    return code === undefined ? undefined : Number(code);
}

const settingsDescriptor = reportDescriptor + 1;
const filterDescriptor = reportDescriptor + 2;

/** Everything but the command, in the order in which bubblewrap carries it out. */
function bubblewrapSettings({ filter, isolation }: Bubblewrap, spec: SandboxSpec, io: SandboxIo): readonly string[] {
    return [
        ...isolation,
        ...(io.terminal ? [] : ['--new-session']),
        ...['--json-status-fd', String(reportDescriptor)],
        ...(filter !== undefined ? ['--seccomp', String(filterDescriptor)] : []),
        '--clearenv',
        ...sortedEntries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]),
        // Made before anything is mounted in them: parents that bubblewrap makes itself are closed to others.
        ...parentsOf(spec.binds).flatMap((path) => ['--perms', '0755', '--dir', path]),
        ...spec.binds.flatMap(({ at, from, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
        ...spec.links.flatMap(({ at, to }) => ['--symlink', to, at]),
        ...['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/tmp'],
        // When rpkg runs as root, the command has root's number outside, and with it may write to the machine's settings
        // in /proc/sys: bubblewrap itself leaves them open.
        ...['--remount-ro', '/proc', '--remount-ro', '/', '--chdir', spec.cwd],
    ];
}

/** Folders above the mount points, outermost first, and the root of all packages, which is there even when nothing is in it. */
function parentsOf(binds: SandboxSpec['binds']): readonly string[] {
    const parents = new Set([sandboxRoot]);
    for (const { at } of binds) {
        const names = at.split('/').slice(1, -1);
        for (let length = 1; length <= names.length; length++) parents.add(`/${names.slice(0, length).join('/')}`);
    }
    return [...parents].sort(compareBytes);
}

function ownOutcome(ended: Ended, messages: () => string): Result<Exit, Failure> {
    const code = codeIn(ended.report);
    if (code !== undefined) return success(exitOfCode(code));
    // Its own failures end with a message alone.
    const message = messages();
    const [, reason] = /^bwrap: execvp (?:.*): ([^:]*)$/m.exec(message) ?? [];
    if (reason === undefined) return failure(setupFailure('bwrap', message));
    return success({ kind: 'exit', code: reason === 'No such file or directory' ? notFound : notExecutable });
}

/** What shells and env(1) say of a program that they cannot start. */
const notFound = 127;
const notExecutable = 126;
