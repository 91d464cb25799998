// Where the maintainer scripts of a distribution run while a root file system is made of its packages. Like the sandbox
// of an action, without network and with nothing of the host to write to, but the command believes to be root: its
// namespace has that one user, and the filter says yes to whatever asks for another one. An ordinary user needs no more
// for it than for an action.
import { bubblewrapIsolation } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import { findProgram } from '../host/programs.ts';
import { missingTool } from '../host/missing-tool.ts';
import { failure, type Result, success } from '../result.ts';
import { runInBubblewrap } from './bubblewrap.ts';
import { checkSpec } from './check-spec.ts';
import { filterArchitecture, seccompFilter } from './seccomp.ts';
import { badSource } from './sources.ts';
import type { Exit, SandboxIo, SandboxSpec } from './spec.ts';
import { specFailure } from './unavailable.ts';

export interface Installer {
    run(spec: SandboxSpec, io: SandboxIo): Promise<Result<Exit, Failure>>;
}

/** Bubblewrap in `folders`; the other tier has no filter, so it cannot do this. */
export function openInstaller(folders: readonly string[]): Result<Installer, Failure> {
    const bwrap = findProgram('bwrap', folders);
    if (bwrap === undefined) return failure(missingTool('bwrap', 'making a root file system of packages'));
    const architecture = filterArchitecture(process.arch);
    if (architecture === undefined) {
        return failure({
            kind: 'sandbox-unavailable',
            tier: 'bwrap',
            cause: `there is no system call filter for ${process.arch}, without which packages cannot be installed`,
            remedy: 'make the root file system on x86_64 or aarch64, or use `provider = rootfs`',
        });
    }
    const tools = {
        bwrap,
        prlimit: undefined,
        filter: seccompFilter(architecture, 'installer'),
        isolation: installerIsolation,
        starters: undefined,
    };
    return success({
        run: async (spec, io) => {
            const [problem] = checkSpec(spec);
            if (problem !== undefined) return failure(specFailure('bwrap', problem));
            const source = badSource(spec.binds);
            return source === undefined ? await runInBubblewrap(tools, spec, io) : failure(source);
        },
    });
}

/** The switches of an action's sandbox, for user and group 0, who may read and write what modes close. */
const installerIsolation: readonly string[] = [
    ...bubblewrapIsolation.map((word, index) =>
        ['--uid', '--gid'].includes(bubblewrapIsolation[index - 1] ?? '') ? '0' : word,
    ),
    '--cap-add',
    'CAP_DAC_OVERRIDE',
    '--cap-add',
    'CAP_FOWNER',
];
