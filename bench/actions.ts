// What rpkg adds to an action: 300 that do nearly nothing and do not depend on each other, with an empty store and with a
// full one, against Nix (store and sandbox) and against Ninja (the same sandbox without a store).
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { timed } from './support/command.ts';
import { compare, type Peer } from './support/compare.ts';
import {
    type Absent,
    type Contestant,
    ninjaContestant,
    nixContestant,
    type Prepared,
    rpkgFolder,
    writeRecipe,
} from './support/contestants.ts';
import { threadTimes } from './support/main-thread.ts';
import type { Row } from './support/row.ts';
import { summarise } from './support/summary.ts';
import type { Workbench } from './support/workbench.ts';

const count = 300;

export const actions: Benchmark = {
    name: 'actions',
    title: `${count} trivial independent actions, against Nix and Ninja`,
    async measure(bench) {
        const nix = await nixContestant(bench, count);
        const ninja = await ninjaContestant(bench, count);
        return [
            ...(await coldRows(bench, nix, ninja)),
            ...(await warmRows(bench, [nix, ninja])),
            ...(await threadRows(bench)),
        ];
    },
};

async function coldRows(
    bench: Workbench,
    nix: Contestant | Absent,
    ninja: Contestant | Absent,
): Promise<readonly Row[]> {
    return await compare({
        what: `${count} actions, empty store`,
        unit: 'ms',
        rounds: bench.rounds(5),
        ours: () => onceCold(bench, rpkgFolder(bench, count)),
        peers: [coldPeer(bench, nix, 0.3), coldPeer(bench, ninja, 1.5)],
    });
}

function coldPeer(bench: Workbench, contestant: Contestant | Absent, goal: number): Peer {
    const { name } = contestant;
    if ('missing' in contestant) return { ...contestant, goal };
    return { name, goal, once: () => onceCold(bench, contestant.prepare()) };
}

/** Only the command is measured, not what prepares it and tidies up after it. */
async function onceCold(bench: Workbench, { folder, command }: Prepared): Promise<number> {
    const tookMs = await timed(bench, command);
    await removeTree(folder);
    return tookMs;
}

async function warmRows(bench: Workbench, contestants: readonly (Contestant | Absent)[]): Promise<readonly Row[]> {
    const { folder, command } = rpkgFolder(bench, count);
    await timed(bench, command);
    const peers: Peer[] = [];
    for (const contestant of contestants) peers.push(await warmPeer(bench, contestant));
    let edits = 0;
    const edited = async (): Promise<number> => {
        edits += 1;
        writeRecipe(folder, count, `Edited ${edits} times.`);
        return await timed(bench, command);
    };
    const common = { unit: 'ms', rounds: bench.rounds(9), warmUps: 1, peers } as const;
    const what = `all ${count} in the store`;
    return [
        ...(await compare({ ...common, what: `${what}, a comment edited`, ours: edited })),
        ...(await compare({ ...common, what: `${what}, nothing edited`, ours: () => timed(bench, command) })),
    ];
}

async function warmPeer(bench: Workbench, contestant: Contestant | Absent): Promise<Peer> {
    if ('missing' in contestant) return contestant;
    const { command } = contestant.prepare();
    await timed(bench, command);
    return { name: contestant.name, once: () => timed(bench, command) };
}

/** How long an action holds the one thread that starts them all: no number of jobs makes a build faster than that. */
async function threadRows(bench: Workbench): Promise<readonly Row[]> {
    const busy: number[] = [];
    const processor: number[] = [];
    for (let round = 0; round < bench.rounds(3); round++) {
        const many = await threadTimes(bench, rpkgFolder(bench, count).command);
        const one = await threadTimes(bench, rpkgFolder(bench, 1).command);
        busy.push((many.busyMs - one.busyMs) / (count - 1));
        processor.push((many.processorMs - one.processorMs) / (count - 1));
    }
    return [
        { kind: 'sole', what: 'main thread held, for one action', unit: 'ms', ours: summarise(busy) },
        { kind: 'sole', what: 'main thread on a processor, for one', unit: 'ms', ours: summarise(processor) },
    ];
}
