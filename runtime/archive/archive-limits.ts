// How much an archive may hold. The bound on its size follows from the size of the file, as Cargo's does, so that a
// small download cannot fill the disk.
import { defaultTreeLimits, type TreeLimits } from '../store/tree-rules.ts';

const alwaysAllowedBytes = 512 * 1024 * 1024;
const allowedRatio = 20;

/** Policy for an archive file of this size. */
export function archiveLimits(archiveBytes: number): TreeLimits {
    return { ...defaultTreeLimits, totalBytes: Math.max(alwaysAllowedBytes, allowedRatio * archiveBytes) };
}
