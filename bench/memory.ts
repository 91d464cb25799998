// How much memory rpkg holds at most: for nothing, for a real package, for few and for many actions.
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, peakMemory } from './support/command.ts';
import { compare } from './support/compare.ts';
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
        if ('missing' in time) {
            return [{ kind: 'not-measured', what: 'peak memory', peer: 'all', reason: time.missing }];
        }
        const peak: Peak = (command) => peakMemory(bench, time.path, command);
        return [
            ...(await smallRows(bench, peak)),
            ...(await coldRows(bench, peak, few, [await nixContestant(bench, few), await ninjaContestant(bench, few)])),
            ...(await coldRows(bench, peak, many, [await ninjaContestant(bench, many)])),
        ];
    },
};

type Peak = (command: Command) => Promise<number>;

async function smallRows(bench: Workbench, peak: Peak): Promise<readonly Row[]> {
    const { store, recipe } = await bench.ripgrep();
    const plan = ['plan', '--output', '/dev/null'];
    const { folder } = rpkgFolder(bench, many);
    const subjects: readonly (readonly [string, Command])[] = [
        ['rpkg --version', rpkg(bench, '--version')],
        ['build of ripgrep, nothing to do', rpkgIn(bench, store, 'build', recipe)],
        ['plan of ripgrep', rpkgIn(bench, store, ...plan, recipe)],
        [`plan of ${many} actions`, rpkgIn(bench, store, ...plan, recipeIn(folder))],
    ];
    const rows: Row[] = [];
    for (const [what, command] of subjects) {
        const compared = await compare({
            rounds: bench.rounds(5),
            ours: () => peak(command),
            peers: [{ name: 'node -e 0', once: () => peak({ program: bench.node, args: ['-e', '0'] }) }],
            figures: [{ what, unit: 'MB', of: Number }],
        });
        rows.push(...compared);
    }
    return rows;
}

async function coldRows(
    bench: Workbench,
    peak: Peak,
    steps: number,
    contestants: readonly (Contestant | Absent)[],
): Promise<readonly Row[]> {
    const once = async ({ folder, command }: Prepared): Promise<number> => {
        const megabytes = await peak(command);
        await removeTree(folder);
        return megabytes;
    };
    bench.note(`running ${steps} actions`);
    return await compare({
        // Memory hardly varies from run to run.
        rounds: 1,
        ours: () => once(rpkgFolder(bench, steps)),
        peers: contestants.map((contestant) =>
            'missing' in contestant ? contestant : { ...contestant, once: () => once(contestant.prepare()) },
        ),
        figures: [{ what: `build of ${steps} actions, empty store`, unit: 'MB', of: Number }],
    });
}
