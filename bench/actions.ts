// What rpkg adds to an action: 300 that do nearly nothing and do not depend on each other, with an empty store and with a
// full one, against Nix (store and sandbox) and against Ninja (the same sandbox without a store).
import type { Benchmark } from './support/benchmark.ts';
import { timed, type Times, wallMs } from './support/command.ts';
import { compare, type Figure, type Peer } from './support/compare.ts';
import {
    type Absent,
    type Contestant,
    ninjaContestant,
    ninjaName,
    nixContestant,
    nixName,
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
        const contestants = [await nixContestant(bench, count), await ninjaContestant(bench, count)];
        return [
            ...(await coldRows(bench, contestants)),
            ...(await warmRows(bench, contestants)),
            ...(await threadRows(bench)),
        ];
    },
};

type Contestants = readonly (Contestant | Absent)[];

const coldFigures: readonly Figure<Times>[] = [
    { what: `${count} actions, empty store`, unit: 'ms', of: wallMs, goals: { [nixName]: 0.3, [ninjaName]: 1.5 } },
    // Hardly touched by what else the machine does, and what is left of the time above when there are many cores.
    { what: 'the same, time on processors', unit: 'ms', of: ({ processorMs }) => processorMs },
];

async function coldRows(bench: Workbench, contestants: Contestants): Promise<readonly Row[]> {
    return await compare({
        rounds: bench.rounds(5),
        ours: () => onceCold(bench, rpkgFolder(bench, count)),
        peers: contestants.map((contestant) =>
            'missing' in contestant ? contestant : { ...contestant, once: () => onceCold(bench, contestant.prepare()) },
        ),
        figures: coldFigures,
    });
}

/**
 * Only the command is measured, not what prepares it. What it made stays until the end of the run: for a minute after many
 * files were deleted, ext4 takes far longer to make new ones near them, and would charge it to whoever comes next.
 */
async function onceCold(bench: Workbench, { command }: Prepared): Promise<Times> {
    return await timed(bench, command);
}

async function warmRows(bench: Workbench, contestants: Contestants): Promise<readonly Row[]> {
    const { folder, command } = rpkgFolder(bench, count);
    await timed(bench, command);
    const peers: Peer<Times>[] = [];
    for (const contestant of contestants) peers.push(await warmPeer(bench, contestant));
    let edits = 0;
    const edited = async (): Promise<Times> => {
        edits += 1;
        writeRecipe(folder, count, `Edited ${edits} times.`);
        return await timed(bench, command);
    };
    const common = { rounds: bench.rounds(9), warmUps: 1, peers };
    const figure = (what: string): readonly Figure<Times>[] => [
        { what: `all ${count} in the store, ${what}`, unit: 'ms', of: wallMs },
    ];
    return [
        ...(await compare({ ...common, ours: edited, figures: figure('a comment edited') })),
        ...(await compare({ ...common, ours: () => timed(bench, command), figures: figure('nothing edited') })),
    ];
}

async function warmPeer(bench: Workbench, contestant: Contestant | Absent): Promise<Peer<Times>> {
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
