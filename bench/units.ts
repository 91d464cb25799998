// Builds without Cargo against builds with it: from nothing, with nothing to do, and in a new checkout.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { timed } from './support/command.ts';
import { compare, type Figure } from './support/compare.ts';
import { withOwnMemory } from './support/own-memory.ts';
import { findCargo } from './support/peers.ts';
import type { Row } from './support/row.ts';
import { summarise } from './support/summary.ts';
import {
    cargoFetch,
    cargoOn,
    type CargoSettings,
    cargoUnits,
    copyMain,
    fetchInto,
    justUnits,
    recipeFolder,
    ripgrepUnits,
    rpkgOn,
    tripleOf,
    type UnitsApp,
} from './support/units-app.ts';
import { newFolder, type Workbench } from './support/workbench.ts';

const cargoName = 'cargo build';

/** Rounds: a build of Cargo is minutes for either side. */
const apps: readonly { readonly app: UnitsApp; readonly rounds: number; readonly isLong: boolean }[] = [
    { app: ripgrepUnits, rounds: 5, isLong: false },
    { app: justUnits, rounds: 3, isLong: false },
    { app: cargoUnits, rounds: 3, isLong: true },
];

export const units: Benchmark = {
    name: 'units',
    title: 'builds without Cargo, against Cargo in the same sources',
    async measure(bench) {
        const cargo = findCargo(bench);
        if ('missing' in cargo) return apps.flatMap(({ app }) => figuresOf(app).map(missing(cargo.missing)));
        const settings = { cargo: cargo.path, triple: await tripleOf(bench, cargo.path) };
        const rows: Row[] = [];
        for (const { app, rounds, isLong } of apps) {
            const leftOut = bench.quick && isLong;
            if (leftOut) rows.push(...figuresOf(app).map(missing('left out by --quick')));
            else rows.push(...(await rowsOf(bench, settings, app, bench.rounds(rounds))));
        }
        return rows;
    },
};

/** What one round measures of one side. */
interface Round {
    readonly coldMs: number;
    readonly coldProcessorMs: number;
    readonly peakMB: number;
    readonly noOpMs: number;
    readonly checkoutMs: number;
}

function figuresOf({ name }: UnitsApp): readonly Figure<Round>[] {
    const goals = (largest: number): Readonly<Record<string, number>> => ({ [cargoName]: largest });
    return [
        { what: `${name}, nothing built yet`, unit: 'ms', of: ({ coldMs }) => coldMs, goals: goals(1.05) },
        { what: `${name}, the same, time on processors`, unit: 'ms', of: ({ coldProcessorMs }) => coldProcessorMs },
        { what: `${name}, the same, memory of its own`, unit: 'MB', of: ({ peakMB }) => peakMB },
        { what: `${name}, nothing to do`, unit: 'ms', of: ({ noOpMs }) => noOpMs, goals: goals(1) },
        { what: `${name}, new checkout`, unit: 'ms', of: ({ checkoutMs }) => checkoutMs, goals: goals(0.1) },
    ];
}

function missing(reason: string): (figure: Figure<Round>) => Row {
    return ({ what, goals }) => {
        const goal = goals?.[cargoName];
        return { kind: 'not-measured', what, peer: cargoName, reason, ...(goal === undefined ? {} : { goal }) };
    };
}

async function rowsOf(
    bench: Workbench,
    settings: CargoSettings,
    app: UnitsApp,
    rounds: number,
): Promise<readonly Row[]> {
    const sources = join(newFolder(bench, `${app.name}-sources`), 'sources');
    const store = join(newFolder(bench, `${app.name}-store`), 'store');
    await copyMain(bench, app, store, sources);
    await cargoFetch(bench, settings, sources);
    await removeTree(store);
    return await compare({
        rounds,
        ours: () => ourRound(bench, app),
        peers: [{ name: cargoName, once: () => cargoRound(bench, settings, app, sources) }],
        figures: figuresOf(app),
    });
}

/** An empty store but for the sources. */
async function ourRound(bench: Workbench, app: UnitsApp): Promise<Round> {
    const store = join(newFolder(bench, `${app.name}-store`), 'store');
    const folder = await fetchInto(bench, app, store);
    bench.note(`building ${app.name} without Cargo`);
    const build = (at: string) =>
        rpkgOn(bench, app, { folder: at, store }, 'build', '--offline', '--jobs', String(bench.jobs));
    const cold = await withOwnMemory(bench, build(folder));
    const noOpMs = await nothingToDo(bench, () => timed(bench, build(folder)));
    // Another folder with the same recipe: everything is in the store, and nothing known of the folder.
    const checkout = await timed(bench, build(recipeFolder(bench, app)));
    await removeTree(store);
    return { ...coldFigures(cold), noOpMs, checkoutMs: checkout.wallMs };
}

/** An empty target folder, in a new copy of the sources. */
async function cargoRound(bench: Workbench, settings: CargoSettings, app: UnitsApp, sources: string): Promise<Round> {
    const place = newFolder(bench, `${app.name}-cargo`);
    const folder = join(place, 'sources');
    cpSync(sources, folder, { recursive: true });
    bench.note(`building ${app.name} with Cargo`);
    const target = join(place, 'target');
    const build = cargoOn(bench, settings, { app, folder, target }, '--jobs', String(bench.jobs));
    const cold = await withOwnMemory(bench, build);
    const noOpMs = await nothingToDo(bench, () => timed(bench, build));
    await removeTree(place);
    // What Cargo has in one checkout is of no use to it in another.
    return { ...coldFigures(cold), noOpMs, checkoutMs: cold.wallMs };
}

function coldFigures(cold: Awaited<ReturnType<typeof withOwnMemory>>): Omit<Round, 'noOpMs' | 'checkoutMs'> {
    return { coldMs: cold.wallMs, coldProcessorMs: cold.processorMs, peakMB: cold.peakMB };
}

/** How long after a change rpkg takes the times of files for reliable. */
const settleMs = 4000;

/** Median of a few, the first of which fills caches. */
async function nothingToDo(bench: Workbench, once: () => Promise<{ readonly wallMs: number }>): Promise<number> {
    await setTimeout(settleMs, undefined, { signal: bench.signal });
    await once();
    const samples: number[] = [];
    for (let count = 0; count < 7; count++) samples.push((await once()).wallMs);
    return summarise(samples).median;
}
