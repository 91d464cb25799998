// The folder for unfinished work. Every open store has a folder of its own in it whose name says which process it
// belongs to, so that what a killed process left can be told from what is in use.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { hasCode, refuse } from './guard.ts';
import { deleteTree } from './remove-tree.ts';

/** Owners of another boot or container cannot be asked whether they live; after this time nobody waits for them. */
const unknownOwnerMs = 7 * 24 * 3600 * 1000;

const ownerPattern = /^(\d+)\.(\d+)\.([0-9a-f]{12})\.[A-Za-z0-9]+$/;

export type OwnerState = 'live' | 'dead' | 'foreign';

/** A private folder below `temporary` for this process, removed as a whole when the process is gone. */
export function makeOwnerFolder(temporary: string): string {
    const ticks = startTicks(process.pid);
    // Without it this folder would look like a dead process's to all others.
    if (ticks === undefined) refuse({ kind: 'missing-path', what: 'the process table', path: '/proc/self/stat' });
    const owner = `${process.pid}.${ticks}.${processSpace()}.`;
    return fs.mkdtempSync(`${temporary}/${owner}`);
}

/** Whether the process a folder belongs to is still there; `foreign` when rpkg did not make the folder. */
export function ownerState(temporary: string, name: string): OwnerState {
    const [, pid = '', ticks = '', space = ''] = ownerPattern.exec(name) ?? [];
    if (pid === '') return 'foreign';
    if (space === processSpace()) return startTicks(Number(pid)) === Number(ticks) ? 'live' : 'dead';
    const status = fs.lstatSync(`${temporary}/${name}`, { throwIfNoEntry: false });
    return status !== undefined && Date.now() - status.mtimeMs < unknownOwnerMs ? 'live' : 'dead';
}

/** Removes what dead processes left. Several processes may do so at once. */
export async function removeDeadOwners(temporary: string): Promise<void> {
    for (const name of fs.readdirSync(temporary)) {
        if (ownerState(temporary, name) === 'dead') await deleteTree(`${temporary}/${name}`);
    }
}

/** When a process started, in ticks since boot; undefined when there is no such process. A number is never used twice. */
function startTicks(pid: number): number | undefined {
    try {
        const status = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
        // The second field is the program's name in parentheses and may hold anything; the 22nd is wanted.
        const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
        return fields[0] === 'Z' ? undefined : Number(fields[19]);
    } catch (error) {
        if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
        throw error;
    }
}

let space: string | undefined;

/** Names the range in which a process number means one process: this boot and this process namespace. */
function processSpace(): string {
    if (space === undefined) {
        const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
        const namespace = fs.readlinkSync('/proc/self/ns/pid');
        space = createHash('sha256').update(boot).update(namespace).digest('hex').slice(0, 12);
    }
    return space;
}
