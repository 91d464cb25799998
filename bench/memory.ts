// How much memory rpkg holds at most: for nothing, for a real package, for few and for many actions.
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, peakMemory } from './support/command.ts';
import { compare, type Peer } from './support/compare.ts';
import {
    type Absent,
    type Contestant,
    ninjaContestant,
    nixContestant,
    type Prepared,
    recipeIn,
    rpkgFolder,
} from './support/contestants.ts';
import { findPeer } from './support/peers.ts';
import type { Row } from './support/row.ts';
import { rpkg, rpkgIn } from './support/rpkg.ts';
import type { Workbench } from './support/workbench.ts';

const few = 300;
const many = 3000;

export const memory: Benchmark = {
    name: 'memory',
    title: 'peak memory (resident), against programs that do the same',
    async measure(bench) {
        const time = findPeer(bench, 'time');
        if ('missing' in time)
            return [{ kind: 'not-measured', what: 'peak memory', peer: 'GNU time', reason: time.missing }];
        const ripgrep = await bench.ripgrep();
        const inStore = (...args: readonly string[]): Command => rpkgIn(bench, ripgrep.store, ...args, ripgrep.recipe);
        const nix = await nixContestant(bench, few);
        const fewEdges = await ninjaContestant(bench, few);
        const manyEdges = await ninjaContestant(bench, many);
        return [
            ...(await againstNode(bench, 'rpkg --version', rpkg(bench, '--version'))),
            ...(await againstNode(bench, 'rpkg build ripgrep, nothing to do', inStore('build'))),
            ...(await againstNode(bench, 'rpkg plan ripgrep', inStore('plan', '--output', '/dev/null'))),
            ...(await againstNode(bench, `rpkg plan, ${many} actions`, planMany(bench))),
            ...(await cold(bench, few, [nix, fewEdges])),
            ...(await cold(bench, many, [manyEdges])),
        ];
    },
};

function planMany(bench: Workbench): Command {
    const { folder, command } = rpkgFolder(bench, many);
    return { ...command, args: ['plan', '--output', '/dev/null', recipeIn(folder)] };
}

function againstNode(bench: Workbench, what: string, command: Command): Promise<readonly Row[]> {
    return compare({
        what,
        unit: 'MB',
        rounds: bench.rounds(5),
        ours: () => peakMemory(bench, command),
        peers: [{ name: 'node -e 0', once: () => peakMemory(bench, { program: bench.node, args: ['-e', '0'] }) }],
    });
}

/** Once is enough for so many actions: memory hardly varies from run to run. */
function cold(bench: Workbench, steps: number, contestants: readonly (Contestant | Absent)[]): Promise<readonly Row[]> {
    const peers = contestants.map((contestant): Peer => {
        if ('missing' in contestant) return contestant;
        return { name: contestant.name, once: () => peakCold(bench, contestant.prepare()) };
    });
    bench.note(`running ${steps} actions`);
    const ours = (): Promise<number> => peakCold(bench, rpkgFolder(bench, steps));
    return compare({ what: `rpkg build, ${steps} actions, empty store`, unit: 'MB', rounds: 1, ours, peers });
}

async function peakCold(bench: Workbench, { folder, command }: Prepared): Promise<number> {
    const peak = await peakMemory(bench, command);
    await removeTree(folder);
    return peak;
}
