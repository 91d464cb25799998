// The part of `rpkg.lock` that pins root file systems: recipes that build in the same one share its entry.
import { compareBytes } from '../compiler/plan/bytes.ts';
import { parseHash, parseTreeDigest } from '../compiler/plan/digest.ts';
import type { DebianPackage } from '../compiler/plan/plan.ts';
import { isRecord } from './is-record.ts';

export interface LockedEnvironment {
    /** Hash of what the recipe asks for: suites and names of packages, or the hash of an image. */
    readonly pin: string;
    /** Everything that is installed, with what it depends on; absent for an image. */
    readonly packages?: readonly DebianPackage[];
    readonly tree: string;
}

/** Key of the entry: another list of packages, or another machine, is another environment. */
export function environmentKey(name: string, architecture: string, pin: string): string {
    return `${name}/${architecture}/${pin.slice('sha256:'.length).slice(0, 12)}`;
}

/** Whether two keys differ in the architecture alone. */
export function isSameElsewhere(key: string, other: string): boolean {
    const [name, , pin] = key.split('/');
    const [otherName, , otherPin] = other.split('/');
    return name === otherName && pin === otherPin;
}

export function areEnvironments(value: unknown): boolean {
    return isRecord(value) && Object.values(value).every(isLockedEnvironment);
}

function isLockedEnvironment(value: unknown): boolean {
    if (!isRecord(value)) return false;
    const { pin, packages, tree } = value;
    if (typeof pin !== 'string' || typeof tree !== 'string' || parseTreeDigest(tree) === undefined) return false;
    return packages === undefined || (Array.isArray(packages) && packages.every(isPackage));
}

function isPackage(value: unknown): boolean {
    if (!isRecord(value)) return false;
    const { essential, size, ...texts } = value;
    const names = ['architecture', 'hash', 'name', 'path', 'version'];
    return (
        (essential === undefined || essential === true) &&
        Number.isSafeInteger(size) &&
        Object.keys(texts).sort(compareBytes).join() === names.join() &&
        Object.values(texts).every((text) => typeof text === 'string') &&
        parseHash(String(texts['hash'])) !== undefined
    );
}
