// From manifests to a plan of units, against Cargo's own unit graph; and how that grows with the number of units.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, timed } from './support/command.ts';
import { compare, type Figure } from './support/compare.ts';
import { writeMadeUpWorkspace } from './support/made-up-workspace.ts';
import { type OwnMemory, withOwnMemory } from './support/own-memory.ts';
import { findCargo } from './support/peers.ts';
import type { Row } from './support/row.ts';
import {
    cargoFetch,
    cargoOn,
    type CargoSettings,
    cargoUnits,
    copyMain,
    justUnits,
    recipeFolder,
    ripgrepUnits,
    rpkgOn,
    tripleOf,
    type UnitsApp,
} from './support/units-app.ts';
import { rpkgIn } from './support/rpkg.ts';
import { newFolder, type Workbench } from './support/workbench.ts';

const cargoName = 'cargo --unit-graph';

/** The largest that is asked for has a goal. */
const apps: readonly { readonly app: UnitsApp; readonly goal?: number }[] = [
    { app: ripgrepUnits },
    { app: justUnits },
    { app: cargoUnits, goal: 2 },
];

const few = 30;
const many = 400;

export const planning: Benchmark = {
    name: 'planning',
    title: 'plans of builds without Cargo, against `cargo build --unit-graph`',
    async measure(bench) {
        const cargo = findCargo(bench);
        if ('missing' in cargo) {
            return [{ kind: 'not-measured', what: 'planning', peer: cargoName, reason: cargo.missing, goal: 2 }];
        }
        const settings = { cargo: cargo.path, triple: await tripleOf(bench, cargo.path) };
        const rows: Row[] = [];
        for (const { app, goal } of apps) rows.push(...(await appRows(bench, settings, app, goal)));
        return [...rows, ...(await growthRows(bench, settings))];
    },
};

async function appRows(
    bench: Workbench,
    settings: CargoSettings,
    app: UnitsApp,
    goal: number | undefined,
): Promise<readonly Row[]> {
    const sources = join(newFolder(bench, `${app.name}-sources`), 'sources');
    const store = join(newFolder(bench, `${app.name}-store`), 'store');
    await copyMain(bench, app, store, sources);
    await cargoFetch(bench, settings, sources);
    const theirs = unitGraph(bench, settings, app.program, sources);
    const ours = rpkgOn(bench, app, { folder: recipeFolder(bench, app), store }, 'plan', '--output', '/dev/null');
    const what = `${app.name}, ${await countUnits(bench, theirs)} units`;
    return await compare({
        rounds: bench.rounds(9),
        warmUps: 1,
        ours: () => withOwnMemory(bench, ours),
        peers: [{ name: cargoName, once: () => withOwnMemory(bench, theirs) }],
        figures: [
            {
                ...{ what, unit: 'ms', of: ({ wallMs }: OwnMemory) => wallMs },
                ...(goal === undefined ? {} : { goals: { [cargoName]: goal } }),
            },
            { what: `${what}, memory of its own`, unit: 'MB', of: ({ peakMB }: OwnMemory) => peakMB },
        ],
    });
}

/** One size after the other in each round. */
interface Growth {
    readonly few: OwnMemory;
    readonly many: OwnMemory;
}

async function growthRows(bench: Workbench, settings: CargoSettings): Promise<readonly Row[]> {
    const sizes = [few, many].map((packages) => {
        const folder = newFolder(bench, 'made-up');
        writeMadeUpWorkspace(folder, packages);
        const store = join(newFolder(bench, 'made-up-store'), 'store');
        return {
            ours: { ...rpkgIn(bench, store, 'plan', '--output', '/dev/null', 'made-up.rpkg'), cwd: folder },
            theirs: unitGraph(bench, settings, `part-${String(packages - 1).padStart(4, '0')}`, folder),
        };
    });
    const [small, large] = sizes;
    if (small === undefined || large === undefined) throw new Error('there are two sizes');
    const counted = [await countUnits(bench, small.theirs), await countUnits(bench, large.theirs)];
    if (counted[0] !== few || counted[1] !== many)
        throw new Error(`the workspaces have ${counted.join(' and ')} units`);
    const both = async (command: 'ours' | 'theirs'): Promise<Growth> => ({
        few: await withOwnMemory(bench, small[command]),
        many: await withOwnMemory(bench, large[command]),
    });
    return await compare({
        rounds: bench.rounds(9),
        warmUps: 1,
        ours: () => both('ours'),
        peers: [{ name: cargoName, once: () => both('theirs') }],
        figures: growthFigures,
    });
}

const growthFigures: readonly Figure<Growth>[] = [
    { what: `made up, ${few} units`, unit: 'ms', of: (growth) => growth.few.wallMs },
    { what: `made up, ${many} units`, unit: 'ms', of: (growth) => growth.many.wallMs },
    { what: 'each unit more', unit: 'ms', of: (growth) => (growth.many.wallMs - growth.few.wallMs) / (many - few) },
    { what: `made up, ${few} units, memory`, unit: 'MB', of: (growth) => growth.few.peakMB },
    { what: `made up, ${many} units, memory`, unit: 'MB', of: (growth) => growth.many.peakMB },
];

function unitGraph(bench: Workbench, settings: CargoSettings, program: string, folder: string): Command {
    const target = join(newFolder(bench, 'graph'), 'target');
    const app: UnitsApp = { name: program, options: [], program };
    const command = cargoOn(bench, settings, { app, folder, target }, '--unit-graph', '-Z', 'unstable-options');
    return { ...command, env: { ...command.env, RUSTC_BOOTSTRAP: '1' } };
}

async function countUnits(bench: Workbench, graph: Command): Promise<number> {
    await timed(bench, graph);
    const lines = readFileSync(join(bench.folder, 'output'), 'utf8').split('\n');
    const answer = lines.find((line) => line.startsWith('{')) ?? '{}';
    return (JSON.parse(answer) as { readonly units?: readonly unknown[] }).units?.length ?? 0;
}
