// Why no sandbox can be had, in the words of the tool that failed, and what to do about it.
import type { Failure } from '../failure.ts';
import type { SpecProblem } from './check-spec.ts';

/** The set-up failed before the command started; `message` is what the set-up said. */
export function setupFailure(tier: string, message: string): Failure {
    const cause = message === '' ? 'the set-up ended without saying why' : message;
    return { kind: 'sandbox-unavailable', tier, cause, remedy: remedyFor(cause) };
}

/** What to do when bubblewrap, unshare or mount said this. */
export function remedyFor(message: string): string {
    const [, remedy] = remedies.find(([pattern]) => pattern.test(message)) ?? [undefined, askTheDoctor];
    return remedy;
}

/** The program of the tier could not be started. */
export function startFailure(program: string, error: NodeJS.ErrnoException): Failure {
    return { kind: 'system', code: error.code ?? 'unknown', operation: 'start the sandbox', path: program };
}

/** Processes in the sandbox did not die when they were killed. */
export function stuckFailure(): Failure {
    return { kind: 'system', code: 'EBUSY', operation: 'wait for the last process of the sandbox', path: '/proc' };
}

/** rpkg asked for something that no sandbox gives. */
export function specFailure(tier: string, { subject, message }: SpecProblem): Failure {
    return {
        kind: 'sandbox-unavailable',
        tier,
        cause: `asked for what it cannot be: ${subject}: ${message}`,
        remedy: 'this is a mistake in rpkg: report it',
    };
}

const askTheDoctor = 'run rpkg doctor, which tries each thing that a sandbox needs';

const allowNamespaces =
    'let ordinary users create user namespaces: sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1, ' +
    'kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor profile; in a container, a seccomp profile that permits them';

/** The first pattern that fits is taken. */
const remedies: readonly (readonly [RegExp, string])[] = [
    [/unknown option|unrecognized option/i, 'install bubblewrap 0.8 or util-linux 2.38, or newer ones'],
    [/seccomp/i, 'use a kernel with CONFIG_SECCOMP_FILTER'],
    [
        /mount proc|\/proc: permission denied|\/proc: operation not permitted/i,
        'in a container, start it with the whole of /proc visible (systempaths=unconfined), or build outside of it',
    ],
    [/namespace|unshare failed|uid.map|gid.map|RTM_NEWADDR|setgroups/i, allowNamespaces],
    [/not found/, 'install bubblewrap; without it the packages util-linux, mount, iproute2, hostname and coreutils'],
];
