// `links`: the run of a build script waits for the runs of those whose metadata it is told.
import type { DraftDependency, DraftUnit } from './draft-unit.ts';
import { isLibrary, isLinkable } from './package.ts';

/**
 * Adds an edge from each run of a build script to the runs of packages with `links` that stand beside it. Dependencies
 * for development do not count: they may lead back, and runs may not wait for each other.
 */
export function addLinksEdges(units: readonly DraftUnit[]): void {
    const parents = new Map<DraftUnit, DraftUnit[]>();
    for (const unit of units)
        for (const { unit: below } of unit.dependencies ?? [])
            if (below.mode === 'run-custom-build') parents.set(below, [...(parents.get(below) ?? []), unit]);
    const added = new Map<DraftUnit, readonly DraftDependency[]>();
    for (const [run, users] of parents) {
        const runs = new Map<string, DraftDependency>();
        for (const user of users)
            for (const sibling of user.dependencies ?? []) {
                const found = runBeside(run, sibling);
                if (found === undefined) continue;
                // One run for two reasons counts twice in what is shared, as with Cargo.
                const { hostFeatures, root } = found.unitFor;
                runs.set(`${found.unit.index} ${hostFeatures} ${root}`, found);
            }
        added.set(run, [...runs.values()]);
    }
    for (const [run, runs] of added) run.dependencies = [...(run.dependencies ?? []), ...runs];
}

function runBeside(run: DraftUnit, { unit, development }: DraftDependency): DraftDependency | undefined {
    if (unit.node === run.node || development) return undefined;
    if (unit.node.package.links === undefined || !isLibrary(unit.target) || !isLinkable(unit.target)) return undefined;
    return unit.dependencies?.find(({ unit: below }) => below.mode === 'run-custom-build');
}
