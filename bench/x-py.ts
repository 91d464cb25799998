// What x.py makes, by rpkg and by hand: the same sources, configuration, compiler, environment and sandbox. By hand its calls follow
// each other in one folder; rpkg also has it read the configuration first, and keeps the folder after each call.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, withGrants } from '../compiler/plan/command-line.ts';
import type { Plan, RunAction } from '../compiler/plan/plan.ts';
import { bubblewrapIsolation } from '../compiler/plan/sandbox.ts';
import type { Event } from '../runtime/event.ts';
import { readEventLog, recordedRuns } from '../runtime/event-log.ts';
import { rootPlaces } from '../runtime/rootfs/root-places.ts';
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, timed, type Times } from './support/command.ts';
import { compare } from './support/compare.ts';
import { findPeer } from './support/peers.ts';
import { planOf } from './support/plan-of.ts';
import { rpkgIn } from './support/rpkg.ts';
import { sizeBelow } from './support/size-below.ts';
import { newFolder, type Workbench } from './support/workbench.ts';

const byHand = 'x.py by hand';

/** A library takes minutes. The whole toolchain, `recipes/debian/rustc.rpkg#trixie`, takes hours for each side. */
const usualRecipe = 'recipes/debian/rustc.rpkg#trixie-i586';

interface Round extends Times {
    readonly diskMB: number;
}

export const xPy: Benchmark = {
    name: 'x-py',
    title: 'what x.py makes of the sources of rustc, against x.py by hand in the same sandbox',
    async measure(bench) {
        const figures = [
            { what: 'build and install', unit: 'ms', of: ({ wallMs }: Round) => wallMs, goals: { [byHand]: 1.03 } },
            { what: 'the same, time on processors', unit: 'ms', of: ({ processorMs }: Round) => processorMs },
            { what: 'the same, what is kept', unit: 'MB', of: ({ diskMB }: Round) => diskMB },
        ] as const;
        const bwrap = findPeer(bench, 'bwrap');
        if ('missing' in bwrap)
            return figures.map(({ what }) => ({ kind: 'not-measured', what, peer: byHand, reason: bwrap.missing }));
        const subject = await prepare(bench);
        return await compare({
            rounds: bench.rounds(3),
            ours: () => ourRound(bench, subject),
            peers: [{ name: byHand, once: () => handRound(bench, subject, bwrap.path) }],
            figures,
        });
    },
};

interface Subject {
    readonly recipe: string;
    readonly store: string;
    readonly plan: Plan;
    /** Calls of x.py in their order, the dry run first. */
    readonly calls: readonly (readonly [string, RunAction])[];
    /** Action → the folder in the store that it gives. */
    readonly folders: ReadonlyMap<string, string>;
    /** Files that stand for what the calls have done. */
    readonly records: readonly string[];
}

/** Everything is built once, so that sources, environment and compiler are in the store. `RPKG_BENCH_STORE` names one that has them. */
async function prepare(bench: Workbench): Promise<Subject> {
    const recipe = join(bench.root, process.env['RPKG_BENCH_RECIPE'] ?? usualRecipe);
    const store = process.env['RPKG_BENCH_STORE'] ?? join(newFolder(bench, 'store'), 'store');
    const plan = await planOf(bench, store, recipe);
    bench.note('building once: minutes');
    await timed(bench, buildOf(bench, { recipe, store }));
    const events = readEventLog(store, recordedRuns(store)[0] ?? '') ?? [];
    const calls = inOrder(plan);
    return {
        ...{ recipe, store, plan, calls },
        folders: new Map(events.flatMap((event) => folderOf(store, event))),
        records: calls.flatMap(([id]) => events.flatMap((event) => recordOf(store, event, id))),
    };
}

function buildOf(bench: Workbench, { recipe, store }: Pick<Subject, 'recipe' | 'store'>): Command {
    return rpkgIn(bench, store, 'build', '--jobs', String(bench.jobs), recipe);
}

/** Actions that work on the folder that is built in, each after the one that it goes on from. */
function inOrder({ actions, outputs }: Plan): readonly (readonly [string, RunAction])[] {
    const found: (readonly [string, RunAction])[] = [];
    for (let id = outputs['out']; id !== undefined; ) {
        const action: Plan['actions'][string] | undefined = actions[id];
        if (action?.kind !== 'run') break;
        found.unshift([id, action]);
        id = Object.values(action.mounts).find(({ writable }) => writable)?.tree;
    }
    return found;
}

function folderOf(store: string, event: Event): readonly (readonly [string, string])[] {
    if (event.kind !== 'action-cached' && event.kind !== 'action-finished') return [];
    const tree = event.outputs['out'];
    return tree === undefined ? [] : [[event.action, join(store, 'objects', fileName(tree))]];
}

function recordOf(store: string, event: Event, id: string): readonly string[] {
    if ((event.kind !== 'action-cached' && event.kind !== 'action-finished') || event.action !== id) return [];
    return event.key === undefined ? [] : [join(store, 'records', 'action', `${fileName(event.key)}.json`)];
}

/** `sha256:HEX/SIZE` as a name. */
function fileName(digest: string): string {
    return digest.replace(/^sha256:/, '').replace('/', '-');
}

async function ourRound(bench: Workbench, subject: Subject): Promise<Round> {
    const kept = subject.calls.flatMap(([id]) => subject.folders.get(id) ?? []);
    for (const record of subject.records) rmSync(record, { force: true });
    for (const folder of kept) await removeTree(folder);
    rmSync(join(subject.store, 'builds'), { recursive: true, force: true });
    bench.note('building with rpkg');
    const times = await timed(bench, buildOf(bench, subject));
    return { ...times, diskMB: kept.reduce((sum, folder) => sum + sizeBelow(folder).diskBytes, 0) / 1e6 };
}

async function handRound(bench: Workbench, subject: Subject, bwrap: string): Promise<Round> {
    const place = newFolder(bench, 'by-hand');
    const [, last] = subject.calls.at(-1) ?? [];
    if (last === undefined) throw new Error('the recipe has no call of x.py');
    const binds = Object.entries(last.mounts).flatMap(([at, { tree, writable }]) =>
        writable ? [] : ['--ro-bind', givenBy(subject, tree, place), at],
    );
    const own = [last.scratch, ...Object.values(last.outputs), ...writableOf(last)];
    const ownBinds = own.flatMap((at, number) => {
        const from = join(place, `own-${String(number)}`);
        mkdirSync(from);
        return ['--bind', from, at];
    });
    const root = rootPlaces(givenBy(subject, last.root ?? '', place), { writable: false });
    // All but the first, which only reads the configuration.
    const lines = subject.calls.slice(1).map(([, action]) => commandLine(action).at(-1) ?? '');
    const words = [
        ...bubblewrapIsolation,
        '--clearenv',
        ...Object.entries(last.env).flatMap(([name, value]) => [
            '--setenv',
            name,
            withGrants(value, { jobs: bench.jobs, jobserver: '' }),
        ]),
        ...root.binds.flatMap(({ at, from }) => ['--ro-bind', from, at]),
        ...root.links.flatMap(({ at, to }) => ['--symlink', to, at]),
        ...['--dir', '/rpkg', ...binds, ...ownBinds, '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
        ...['--chdir', last.cwd, '--', '/bin/sh', '-eu', '-c', lines.join('\n')],
    ];
    bench.note('building by hand');
    const times = await timed(bench, { program: bwrap, args: words });
    const diskMB = sizeBelow(place).diskBytes / 1e6;
    await removeTree(place);
    return { ...times, diskMB };
}

function writableOf({ mounts }: RunAction): readonly string[] {
    return Object.entries(mounts).flatMap(([at, { writable }]) => (writable ? [at] : []));
}

/** A tree of the store; what the plan itself holds is written into the place. */
function givenBy({ plan, folders }: Subject, tree: string, place: string): string {
    const action = plan.actions[tree];
    if (action?.kind !== 'write') return folders.get(tree) ?? '';
    const folder = join(place, tree);
    mkdirSync(folder, { recursive: true });
    for (const [name, { text }] of Object.entries(action.files)) writeFileSync(join(folder, name), text);
    return folder;
}
