// How what a build is made of differs from a lock file.
import { compareBytes } from '../plan/bytes.ts';
import type { LockedPackage } from './lock-file.ts';

export interface LockChange {
    readonly name: string;
    /** Versions of the lock file, and those of the build; both in the lock's order, with where they are from unless it is a registry. */
    readonly locked: readonly string[];
    readonly used: readonly string[];
}

/** Of the names that the build uses, those with a version that the lock does not have. What it leaves out is not told. */
export function lockChanges(lock: readonly LockedPackage[], used: readonly LockedPackage[]): readonly LockChange[] {
    const before = Map.groupBy(lock, ({ name }) => name);
    const fetched = used.filter(({ source }) => source !== undefined);
    return [...Map.groupBy(fetched, ({ name }) => name)]
        .map(([name, packages]): LockChange => {
            return { name, locked: (before.get(name) ?? []).map(titleOf), used: packages.map(titleOf) };
        })
        .filter((change) => change.used.some((one) => !change.locked.includes(one)))
        .sort((a, b) => compareBytes(a.name, b.name));
}

function titleOf({ version, source }: LockedPackage): string {
    return source?.startsWith('git+') === true ? `${version} (${source})` : version;
}
