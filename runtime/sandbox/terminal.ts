// A command that shares the user's terminal could type into it (TIOCSTI, CVE-2017-5226) and so run commands outside.
import { readFileSync } from 'node:fs';
import type { Failure } from '../failure.ts';

/** Whether the kernel itself refuses, for tiers whose system call filter does not. */
export function canProtectTerminal(): boolean {
    try {
        return readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() === '0';
    } catch {
        return false;
    }
}

export function terminalFailure(tier: string): Failure {
    return {
        kind: 'sandbox-unavailable',
        tier,
        cause: 'without a system call filter a command could type into your terminal',
        remedy: 'apt install bubblewrap, or sysctl dev.tty.legacy_tiocsti=0',
    };
}
