// The second tier, for machines without bubblewrap: namespaces through util-linux. It has no system call filter; see
// spec/sandbox.md for what that leaves open.
import type { Failure } from '../failure.ts';
import { type Result, failure, success } from '../result.ts';
import { exitFromOutside, exitOfCode } from './exit.ts';
import { type Ended, launch, reportDescriptor } from './launch.ts';
import { withMemoryLimit } from './memory-limit.ts';
import { messagesOf } from './messages.ts';
import { namespaceEnded } from './namespace-end.ts';
import type { Exit, SandboxIo, SandboxSpec } from './spec.ts';
import { setupFailure, startFailure, stuckFailure } from './unavailable.ts';
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
    const ended = await launch({ ...start.value, files: [unshareScript(spec, io)], limits: spec.limits, io });
    if (ended.error !== undefined) return failure(startFailure(start.value.program, ended.error));
    return outcome(ended, messages);
}

const script = `/proc/self/fd/${reportDescriptor + 1}`;

const namespaces: readonly string[] = [
    ...['--user', '--map-root-user', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=KILL'],
    ...['--net', '--ipc', '--uts', '--cgroup'],
];

async function outcome(ended: Ended, messages: () => string): Promise<Result<Exit, Failure>> {
    const [, first] = /^first (\d+)$/m.exec(ended.report) ?? [];
    if (first !== undefined && !(await namespaceEnded(Number(first)))) return failure(stuckFailure());
    const outside = exitFromOutside(ended);
    if (outside !== undefined) return success(outside);
    const [, code] = /^started\ncode (\d+)$/m.exec(ended.report) ?? [];
    return code === undefined ? failure(setupFailure('unshare', messages())) : success(exitOfCode(Number(code)));
}
