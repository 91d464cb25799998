// Which build scripts have a say in how a unit is linked, and which crates rustc must be able to find.
import { compareBytes } from '../plan/bytes.ts';
import { isLinkable, packageKey } from './package.ts';
import type { Unit, UnitGraph } from './unit.ts';

export interface Closures {
    /** The run of the unit's own build script; undefined without one. */
    ownRun(unit: number): number | undefined;
    /** Runs whose search paths reach the unit's call of rustc: its own, then those of the libraries it links, by package. */
    searchRuns(unit: number): readonly number[];
    /** Libraries that rustc is given with `--extern`. */
    externs(unit: number): readonly { readonly unit: number; readonly name: string }[];
}

export function closuresOf(graph: UnitGraph): Closures {
    const { units } = graph;
    const at = (index: number): Unit => {
        const unit = units[index];
        if (unit === undefined) throw new Error(`the graph has no unit ${index}`);
        return unit;
    };
    const ownRun = (index: number): number | undefined => {
        const unit = at(index);
        if (unit.mode === 'run-custom-build') return undefined;
        return unit.dependencies.find(({ unit: other }) => {
            const dependency = at(other);
            return dependency.mode === 'run-custom-build' && dependency.package === unit.package;
        })?.unit;
    };
    const memo = new Map<number, readonly number[]>();
    const searchRuns = (index: number): readonly number[] => {
        const known = memo.get(index);
        if (known !== undefined) return known;
        const runs = new Set<number>();
        const own = ownRun(index);
        if (own !== undefined) runs.add(own);
        for (const next of linkedUnits(at, index)) for (const run of searchRuns(next)) runs.add(run);
        const found = [...runs];
        memo.set(index, found);
        return found;
    };
    const externs = (index: number): readonly { readonly unit: number; readonly name: string }[] =>
        at(index).dependencies.flatMap(({ unit, externName }) => {
            const { mode, target } = at(unit);
            const isLibrary = target.kind === 'lib' || target.kind === 'proc-macro';
            return mode === 'build' && isLibrary && isLinkable(target) ? [{ unit, name: externName }] : [];
        });
    return { ownRun, searchRuns, externs };
}

/** Linkable libraries that become part of the unit; proc macros run in the compiler and bring nothing. */
function linkedUnits(at: (index: number) => Unit, index: number): readonly number[] {
    return at(index)
        .dependencies.map(({ unit }) => unit)
        .filter((unit) => {
            const { mode, target } = at(unit);
            return mode === 'build' && target.kind === 'lib' && isLinkable(target);
        })
        .sort((a, b) => compareBytes(packageKey(at(a).package.id), packageKey(at(b).package.id)) || a - b);
}
