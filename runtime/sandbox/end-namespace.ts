// Ending a process-id namespace, and waiting until it is empty. Its first process becomes a zombie or disappears only
// after the kernel has killed and reaped all others in it, so that one process tells everything.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** SIGKILL cannot be refused, but a process in an uninterruptible system call may take its time. */
const patienceMs = 30_000;

/**
 * Kills what is left in the namespace of `firstProcess` (its number here, outside); true when nothing is. To be called
 * when the process that watches over the namespace has ended: everything inside asks the kernel to be killed with it, but
 * when that happens during the set-up, it may not have asked yet.
 */
export async function endNamespace(firstProcess: number): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    for (let round = 0; ; round++) {
        if (!isAlive(firstProcess)) return true;
        kill(firstProcess);
        if (performance.now() > deadline) return false;
        // Nearly always the kernel needs a fraction of a millisecond to take the mounts down.
        await setTimeout(Math.min(20, 1 + round));
    }
}

function isAlive(firstProcess: number): boolean {
    try {
        const status = readFileSync(`/proc/${firstProcess}/status`, 'utf8');
        const [, state] = /^State:\s+(\S)/m.exec(status) ?? [];
        // A number that is no longer the first of a nested namespace has been given to somebody else.
        return state !== 'Z' && state !== 'X' && /^NSpid:.*\s1$/m.test(status);
    } catch {
        return false;
    }
}

function kill(firstProcess: number): void {
    try {
        process.kill(firstProcess, 'SIGKILL');
    } catch {
        // It has just gone.
    }
}
