// The order of package ids, which is the order in which Cargo walks dependencies.
import { compareBytes } from '../plan/bytes.ts';
import type { PackageId } from './package.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

const versions = new Map<string, Version | undefined>();

/** `parseVersion`, remembered: a graph asks for the same few hundred versions all the time. */
export function versionOf(text: string): Version | undefined {
    if (!versions.has(text)) versions.set(text, parseVersion(text));
    return versions.get(text);
}

/** By name, then version, then source: folders, registries, sparse registries, repositories. */
export function comparePackageIds(a: PackageId, b: PackageId): number {
    return (
        compareBytes(a.name, b.name) || compareVersionTexts(a.version, b.version) || compareSources(a.source, b.source)
    );
}

function compareVersionTexts(a: string, b: string): number {
    const [x, y] = [versionOf(a), versionOf(b)];
    return x === undefined || y === undefined ? compareBytes(a, b) : compareVersions(x, y);
}

const kinds = ['registry+', 'sparse+', 'git+'];

function compareSources(a: string | undefined, b: string | undefined): number {
    if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
    const kind = (source: string): number => kinds.findIndex((prefix) => source.startsWith(prefix));
    return Math.sign(kind(a) - kind(b)) || compareBytes(a, b);
}
