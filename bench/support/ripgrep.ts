// A real package, built once for all benchmarks that need one: by rpkg from the recipe of a distribution, and by Cargo in
// the unpacked sources, from the crates that rpkg fetched.
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { readEventLog, recordedRuns } from '../../runtime/event-log.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { type Command, timed } from './command.ts';
import { planOf } from './plan-of.ts';
import { rpkgIn } from './rpkg.ts';
import { newFolder, type Ripgrep, type Workbench } from './workbench.ts';

/** How long after a change rpkg takes the times of files for reliable. */
const settleMs = 4000;

/** Builds ripgrep with rpkg in a new store. */
export async function buildRipgrep(bench: Workbench): Promise<Ripgrep> {
    const folder = newFolder(bench, 'ripgrep');
    cpSync(join(bench.root, 'recipes'), join(folder, 'recipes'), { recursive: true });
    const recipe = join(folder, 'recipes/debian/ripgrep.rpkg');
    const store = join(folder, 'store');
    bench.note('building ripgrep with rpkg: a minute or two');
    await timed(bench, rpkgIn(bench, store, 'build', recipe));
    const cargoFolder = join(folder, 'cargo');
    await unpack(bench, { store, recipe, cargoFolder });
    await setTimeout(settleMs, undefined, { signal: bench.signal });
    return { store, recipe, cargoFolder };
}

/** Cargo's build in the unpacked sources. It optimises nothing: what is measured is how it finds nothing to do. */
export function cargoBuild(bench: Workbench, cargo: string, { cargoFolder }: Ripgrep): Command {
    return {
        program: cargo,
        args: ['build', '--release', '--frozen'],
        cwd: cargoFolder,
        env: {
            // The compiler that belongs to this Cargo: it asks for its version even when there is nothing to do.
            PATH: `${dirname(cargo)}:${bench.env['PATH'] ?? ''}`,
            CARGO_HOME: join(cargoFolder, '.cargo'),
            CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
            CARGO_PROFILE_RELEASE_DEBUG: '0',
        },
    };
}

/** The main source with all crates in a vendor folder, out of the store. */
async function unpack(bench: Workbench, { store: root, recipe, cargoFolder }: Ripgrep): Promise<void> {
    const store = await openStore(root);
    if (!store.ok) throw new Error('the store cannot be opened');
    const trees = outputsOfLastRun(root);
    const plan = await planOf(bench, root, recipe);
    const copied = await store.value.materialise(treeOf(trees, 'fetch.main'), cargoFolder);
    if (!copied.ok) throw new Error('the sources cannot be copied');
    const vendor = join(cargoFolder, '.cargo', 'vendor');
    mkdirSync(vendor, { recursive: true });
    for (const [id, path] of cratesOf(plan, trees, store.value)) symlinkSync(path, join(vendor, id));
    const config = `[source.crates-io]\nreplace-with = "vendored"\n\n[source.vendored]\ndirectory = ${JSON.stringify(vendor)}\n`;
    writeFileSync(join(cargoFolder, '.cargo', 'config.toml'), config);
    await store.value.close();
}

function cratesOf(
    plan: Plan,
    trees: ReadonlyMap<string, TreeDigest>,
    store: Store,
): readonly (readonly [string, string])[] {
    return Object.entries(plan.actions).flatMap(([id, action]) => {
        if (action.kind !== 'fetch' || action.source.type !== 'crate' || id === 'fetch.main') return [];
        return [[id, store.objectPath(treeOf(trees, id))] as const];
    });
}

/** Action → its output `out`. */
function outputsOfLastRun(store: string): ReadonlyMap<string, TreeDigest> {
    const [run = ''] = recordedRuns(store);
    const trees = new Map<string, TreeDigest>();
    for (const event of readEventLog(store, run) ?? []) {
        if (event.kind !== 'action-cached' && event.kind !== 'action-finished') continue;
        const tree = parseTreeDigest(event.outputs['out'] ?? '');
        if (tree !== undefined) trees.set(event.action, tree);
    }
    return trees;
}

function treeOf(trees: ReadonlyMap<string, TreeDigest>, action: string): TreeDigest {
    const tree = trees.get(action);
    if (tree === undefined) throw new Error(`the run has no action ${action}`);
    return tree;
}
