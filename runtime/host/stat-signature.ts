// What the file system says of a path without reading it. Two equal signatures, taken a while after the last change,
// mean equal content: a change of content or mode always moves ctime, which no program can set.
import { type BigIntStats, lstatSync, statSync } from 'node:fs';

export interface Signature {
    /** `absent`, or inode, mode, size, mtime and ctime. */
    readonly text: string;
    /** Zero when there is nothing. */
    readonly changedNs: bigint;
}

const options = { bigint: true, throwIfNoEntry: false } as const;

/** Of what the path leads to in the end. */
export function signatureOf(path: string): Signature {
    return describe(() => statSync(path, options));
}

/** Of the entry itself, also when it is a symbolic link. */
export function entrySignatureOf(path: string): Signature {
    return describe(() => lstatSync(path, options));
}

function signatureFrom(stats: BigIntStats): Signature {
    const { ino, mode, size, mtimeNs, ctimeNs } = stats;
    return { text: `${ino}:${mode.toString(8)}:${size}:${mtimeNs}:${ctimeNs}`, changedNs: ctimeNs };
}

/** Clocks of file systems are coarse: what changed shortly before a look may change again and keep its signature. */
export function isSettled(changedNs: bigint, lookedAtMs: number): boolean {
    return changedNs < BigInt(Math.floor(lookedAtMs - settleMs)) * 1_000_000n;
}

const settleMs = 2000;

function describe(look: () => BigIntStats | undefined): Signature {
    try {
        const stats = look();
        return stats === undefined ? { text: 'absent', changedNs: 0n } : signatureFrom(stats);
    } catch (error) {
        return { text: `refused ${(error as NodeJS.ErrnoException).code ?? ''}`, changedNs: 0n };
    }
}
