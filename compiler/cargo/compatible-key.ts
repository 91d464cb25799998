// Versions of a crate that count as one: a build has at most one of them.
import type { PackageId } from './package.ts';
import { versionOf } from './package-order.ts';

/** The name, and the version up to its leftmost number that is not zero. */
export function compatibleKey({ name, version: text }: Pick<PackageId, 'name' | 'version'>): string {
    const version = versionOf(text);
    if (version === undefined) return `${name} ${text}`;
    const parts = [version.major, version.minor, version.patch];
    const leading = parts.findIndex((part) => part > 0);
    return `${name} ${parts.slice(0, leading < 0 ? parts.length : leading + 1).join('.')}`;
}
