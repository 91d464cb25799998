// Several unit graphs of one workspace → one, in which a unit that more than one of them has is there once. What is built
// and what is tested are asked for apart, as with Cargo, and share what is the same.
import type { Unit, UnitGraph } from './unit.ts';
import { hashUnits, type NamingOptions } from './unit-names.ts';

export interface MergedGraph {
    readonly graph: UnitGraph;
    /** What each of the graphs asked for, as indices into the merged one. */
    readonly roots: readonly (readonly number[])[];
}

/** The first graph keeps its units and their order. Of the others, only what their roots need is taken. */
export function mergeGraphs(graphs: readonly UnitGraph[], options: NamingOptions): MergedGraph {
    const units: Unit[] = [];
    const known = new Map<string, number>();
    const roots = graphs.map((graph, position) => {
        const wanted = position === 0 ? [...graph.units.keys()] : needed(graph);
        const hashes = hashUnits(graph, options);
        const places = new Map<number, number>();
        const fresh: number[] = [];
        for (const index of wanted) {
            const place = position === 0 ? undefined : known.get(hashes[index] ?? '');
            places.set(index, place ?? units.length + fresh.length);
            if (place === undefined) fresh.push(index);
        }
        const placeOf = (index: number): number => places.get(index) ?? 0;
        for (const index of fresh) {
            const unit = graph.units[index];
            if (unit === undefined) throw new Error(`the graph has no unit ${index}`);
            known.set(hashes[index] ?? '', placeOf(index));
            const dependencies = unit.dependencies.map((one) => ({ ...one, unit: placeOf(one.unit) }));
            units.push({ ...unit, dependencies });
        }
        return graph.roots.map(placeOf);
    });
    return { graph: { units, roots: [...new Set(roots.flat())] }, roots };
}

/** Units that are reached from the roots, in the graph's order. */
function needed({ units, roots }: UnitGraph): readonly number[] {
    const seen = new Set<number>();
    const waiting = [...roots];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        if (seen.has(index)) continue;
        seen.add(index);
        waiting.push(...(units[index]?.dependencies ?? []).map(({ unit }) => unit));
    }
    return [...seen].sort((a, b) => a - b);
}
