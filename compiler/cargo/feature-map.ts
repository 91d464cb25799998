// The features of a package: those of the manifest, and one for every optional dependency that nothing names as `dep:`.
// (The Cargo Book, "Features".)
import type { Dependency } from './package.ts';
import { type Table, tableAt, textsAt } from './toml-table.ts';

export function readFeatures(
    manifest: Table,
    dependencies: readonly Dependency[],
): ReadonlyMap<string, readonly string[]> {
    const table = tableAt(manifest, 'features');
    const features = new Map(Object.keys(table).map((name) => [name, textsAt(table, name) ?? []]));
    const named = new Set([...features.values()].flat().filter((value) => value.startsWith('dep:')));
    for (const { name, optional } of dependencies) {
        if (optional && !features.has(name) && !named.has(`dep:${name}`)) features.set(name, [`dep:${name}`]);
    }
    return features;
}
