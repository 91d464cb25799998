// rustdoc writes by crate name: of several documentations of one name, those of the product and of newer versions stay.
import type { DraftUnit } from './draft-unit.ts';
import { crateName } from './package.ts';
import { comparePackageIds } from './package-order.ts';

/** Takes units out of the graph, and with them what only they needed. */
export function removeDuplicateDocs(
    units: readonly DraftUnit[],
    roots: readonly DraftUnit[],
    preferProduct: boolean,
): void {
    const kept = new Set(roots);
    const removed = new Set<DraftUnit>();
    const remove = (group: readonly DraftUnit[], isWorse: (unit: DraftUnit) => boolean): readonly DraftUnit[] => {
        const worse = group.filter((unit) => !kept.has(unit) && isWorse(unit));
        for (const unit of worse) removed.add(unit);
        return group.filter((unit) => !worse.includes(unit));
    };
    const documented = units.filter(({ mode, dependencies }) => mode === 'doc' && dependencies !== undefined);
    for (const group of Map.groupBy(documented, ({ target }) => crateName(target)).values()) {
        if (group.length === 1) continue;
        const rest = preferProduct ? remove(group, ({ kind }) => kind === 'host') : group;
        if (rest.length === 1) continue;
        const bySource = Map.groupBy(rest, ({ node, kind }) => JSON.stringify([originOf(node.package.id), kind]));
        for (const versions of bySource.values()) {
            const newest = versions
                .map(({ node }) => node.package.id)
                .sort(comparePackageIds)
                .at(-1);
            if (versions.length > 1) remove(versions, ({ node }) => node.package.id.version !== newest?.version);
        }
    }
    dropUnreachable(units, roots, removed);
}

/** Commits of one repository are one source. */
function originOf({
    name,
    source,
}: {
    readonly name: string;
    readonly source: string | undefined;
}): readonly unknown[] {
    return [name, source?.split('#')[0] ?? null];
}

function dropUnreachable(
    units: readonly DraftUnit[],
    roots: readonly DraftUnit[],
    removed: ReadonlySet<DraftUnit>,
): void {
    const reached = new Set<DraftUnit>();
    const waiting = [...roots];
    for (let unit = waiting.pop(); unit !== undefined; unit = waiting.pop()) {
        if (reached.has(unit)) continue;
        reached.add(unit);
        unit.dependencies = unit.dependencies?.filter((one) => !removed.has(one.unit));
        waiting.push(...(unit.dependencies ?? []).map((one) => one.unit));
    }
    for (const unit of units) if (!reached.has(unit)) unit.dependencies = undefined;
}
