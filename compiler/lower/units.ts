// Unit graph → actions: one for every call of rustc and every run of a build script, and the trees that lie between them.
// Paths are the same for every machine and every application, so a unit that two applications need is one action.
import { cargoStub } from '../cargo/cargo-stub.ts';
import { directiveScript } from '../cargo/directive-script.ts';
import { closuresOf } from '../cargo/native-links.ts';
import { nameUnits, type UnitName } from '../cargo/unit-names.ts';
import type { Action } from '../plan/plan.ts';
import { addCompilation } from './compile-unit.ts';
import { addScriptRun } from './script-run.ts';
import { nameOf, unitOf, type UnitsRequest, type Work } from './unit-work.ts';

export interface LoweredUnits {
    readonly actions: ReadonlyMap<string, Action>;
    readonly names: readonly UnitName[];
    /** Action → labels of the `crate` blocks that had a say in it. */
    readonly touched: ReadonlyMap<string, readonly string[]>;
}

export function lowerUnits(request: UnitsRequest): LoweredUnits {
    const { graph, naming } = request;
    const names = nameUnits(graph, naming);
    const shared = { actions: new Map<string, Action>(), touched: new Map<string, readonly string[]>() };
    const work: Work = {
        ...request,
        ...shared,
        names,
        primary: new Set(graph.roots.flatMap((root) => graph.units[root]?.package ?? [])),
        hasNoDebug: hasNoDebug(request),
        closures: closuresOf(graph),
    };
    if (graph.units.some(({ mode }) => mode === 'run-custom-build')) addSupport(work);
    const unused = replacedScripts(work);
    for (const [index, unit] of graph.units.entries()) {
        if (unused.has(index)) continue;
        if (unit.mode === 'run-custom-build') addScriptRun(work, index, unit);
        else addCompilation(work, index, unit);
        const labels = work.overrides(unit.package)?.labels;
        if (labels !== undefined) work.touched.set(nameOf(work, index).id, labels);
    }
    return { actions: work.actions, names, touched: work.touched };
}

/** Neither profiles nor flags ask for debug information. */
function hasNoDebug({ graph: { units }, flags, overrides }: UnitsRequest): boolean {
    const own = units.flatMap((unit) => overrides(unit.package)?.rustflags ?? []);
    const all = [...flags.target, ...flags.host, ...own];
    return units.every(({ profile }) => profile.debuginfo === 0) && !all.some(asksForDebug);
}

/** `-g`, `-Cdebuginfo=1`, `-C debuginfo=2`, and what puts arguments where they cannot be seen. */
function asksForDebug(flag: string): boolean {
    return flag === '-g' || flag.includes('debuginfo') || flag.startsWith('@');
}

/** Units that only serve build scripts which the recipe replaces: neither the script nor what it is made of is compiled. */
function replacedScripts(work: Work): ReadonlySet<number> {
    const { units, roots } = work.graph;
    const needed = new Set<number>();
    const waiting = [...roots];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        if (needed.has(index)) continue;
        needed.add(index);
        const unit = unitOf(work, index);
        const isReplaced =
            unit.mode === 'run-custom-build' && (work.overrides(unit.package)?.script ?? 'run') !== 'run';
        for (const { unit: next } of unit.dependencies) {
            if (!isReplaced || unitOf(work, next).mode === 'run-custom-build') waiting.push(next);
        }
    }
    return new Set([...units.keys()].filter((index) => !needed.has(index)));
}

/** What every run of a build script has beside it. */
function addSupport({ actions, rustc }: Work): void {
    const version = rustc.version.replace(/^rustc/, 'cargo');
    actions.set('cargo-stub', {
        kind: 'write',
        files: { cargo: { text: cargoStub(version), executable: true } },
    });
    actions.set('directives', { kind: 'write', files: { 'directives.sh': { text: directiveScript } } });
}
