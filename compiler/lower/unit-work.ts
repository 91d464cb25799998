// What all units of a graph share while they become actions: the request, names and closures, the actions so far, and the
// mounts that more than one kind of action has.
import type { Closures } from '../cargo/native-links.ts';
import type { Package } from '../cargo/package.ts';
import type { Unit, UnitGraph } from '../cargo/unit.ts';
import type { NamingOptions, UnitName } from '../cargo/unit-names.ts';
import type { Action, Limits, Mount, TreeRef } from '../plan/plan.ts';
import type { Surroundings } from './context.ts';
import type { CrateOverride, CrateOverrides } from './crate-overrides.ts';
import { unitPlaces } from './unit-places.ts';

export interface UnitsRequest {
    readonly graph: UnitGraph;
    readonly host: string;
    /** Lines of `rustc --print cfg` for the build machine and for the target. */
    readonly hostCfg: readonly string[];
    readonly targetCfg: readonly string[];
    readonly rustc: { readonly program: string; readonly rustdoc: string; readonly version: string };
    readonly flags: { readonly target: readonly string[]; readonly host: readonly string[] };
    readonly linker: { readonly target: string | undefined; readonly host: string | undefined };
    /** What compiling for the target sees in addition: its standard library. */
    readonly targetMounts: Readonly<Record<string, Mount>>;
    readonly naming: NamingOptions;
    /** Where a package's sources lie in the sandbox, and the tree that lies there. */
    readonly sourceOf: (which: Package) => { readonly at: string; readonly tree: TreeRef };
    /** What every action finds outside of `/rpkg`. */
    readonly surroundings: Surroundings;
    /** Variables of every action, and those of build scripts for either side. */
    readonly env: Readonly<Record<string, string>>;
    readonly scriptEnv: {
        readonly target: Readonly<Record<string, string>>;
        readonly host: Readonly<Record<string, string>>;
    };
    readonly limits: Limits;
    readonly overrides: CrateOverrides;
    /** Flags for one unit, by its index. */
    readonly unitFlags: (unit: number) => readonly string[];
    /** Sandbox folder of a source of the recipe → its tree, for crates that ask for it. */
    readonly inputs: (source: string) => Readonly<Record<string, Mount>>;
}

export interface Work extends UnitsRequest {
    readonly names: readonly UnitName[];
    readonly closures: Closures;
    readonly actions: Map<string, Action>;
    readonly touched: Map<string, readonly string[]>;
    /** Packages that were asked for. */
    readonly primary: ReadonlySet<Package>;
    /** No debug information anywhere: then hashes of source files reach no code behind a library. */
    readonly hasNoDebug: boolean;
}

export function unitOf({ graph }: Pick<Work, 'graph'>, index: number): Unit {
    const unit = graph.units[index];
    if (unit === undefined) throw new Error(`the graph has no unit ${index}`);
    return unit;
}

export function nameOf({ names }: Work, index: number): UnitName {
    const name = names[index];
    if (name === undefined) throw new Error(`the graph has no unit ${index}`);
    return name;
}

/** Runs of the packages whose `DEP_*` a script sees. */
export function linkedRuns(work: Work, run: number): readonly number[] {
    return unitOf(work, run)
        .dependencies.map(({ unit }) => unit)
        .filter((unit) => unitOf(work, unit).mode === 'run-custom-build');
}

export function sourceMount({ sourceOf }: Work, which: Package): Readonly<Record<string, Mount>> {
    const { at, tree } = sourceOf(which);
    return { [at]: mount(tree) };
}

export function inputMounts(work: Work, override: CrateOverride | undefined): Readonly<Record<string, Mount>> {
    return Object.assign({}, ...(override?.inputs ?? []).map((source) => work.inputs(source))) as Record<string, Mount>;
}

/** What every action for the unit's side has. */
export function sideMounts({ targetMounts }: Work, { platform }: Unit): Readonly<Record<string, Mount>> {
    return platform === undefined ? {} : targetMounts;
}

export function outMount(work: Work, run: number): readonly [string, Mount] {
    return [outFolder(unitOf(work, run).package), mount(`${nameOf(work, run).id}#out`)];
}

/** One path for the script and for everything that is compiled after it. */
export function outFolder({ id }: Package): string {
    return `${unitPlaces.out}/${id.name}-${id.version}`;
}

export function mount(tree: TreeRef): Mount {
    return { tree, writable: false };
}
