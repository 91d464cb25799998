// The second tier, for machines without bubblewrap: namespaces through util-linux. It has no system call filter; see
// spec/sandbox.md for what that leaves open.
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import { exitOfCode, outcomeOf } from './outcome.ts';
import { type Ended, launch, reportDescriptor } from './launch.ts';
import { withMemoryLimit } from './memory-limit.ts';
import { messagesOf } from './messages.ts';
import type { Exit, SandboxIo, SandboxSpec } from './spec.ts';
import { setupFailure } from './unavailable.ts';
import { unshareScript } from './unshare-script.ts';

export interface UtilLinux {
    readonly unshare: string;
    readonly setpriv: string;
    readonly prlimit: string | undefined;
}

/** Runs a checked request. */
export async function runInNamespaces(
    tools: UtilLinux,
    spec: SandboxSpec,
    io: SandboxIo,
): Promise<Result<Exit, Failure>> {
    const start = withMemoryLimit(
        { program: tools.setpriv, arguments: ['--pdeathsig', 'KILL', tools.unshare, ...namespaces, '/bin/sh', script] },
        spec.limits,
        tools.prlimit,
    );
    if (!start.ok) return start;
    const messages = messagesOf(io.stderr);
    const files = [unshareScript(spec, io)];
    const ended = await launch({ ...start.value, files, firstProcess, endedWell, limits: spec.limits, io });
    return outcomeOf(ended, start.value.program) ?? ownOutcome(ended, messages);
}

const script = `/proc/self/fd/${reportDescriptor + 1}`;

const namespaces: readonly string[] = [
    ...['--user', '--map-root-user', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL'],
    ...['--net', '--ipc', '--uts', '--cgroup'],
];

function firstProcess(report: string): number | undefined {
    const [, first] = /^first (\d+)$/m.exec(report) ?? [];
    return first === undefined ? undefined : Number(first);
}

function endedWell(code: number | null, report: string): boolean {
    return code === 0 && isStarted(report);
}

function isStarted(report: string): boolean {
    return /^started$/m.test(report);
}

function ownOutcome(ended: Ended, messages: () => string): Result<Exit, Failure> {
    if (!isStarted(ended.report)) return failure(setupFailure('unshare', messages()));
    return success(exitOfCode(ended.code ?? 1));
}
