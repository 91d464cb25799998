// How long rpkg takes before it does anything: against the emptiest program of the same Node.
import { join } from 'node:path';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, timed, type Times, wallMs } from './support/command.ts';
import { compare, type Figure } from './support/compare.ts';
import type { Row } from './support/row.ts';
import { rpkg } from './support/rpkg.ts';
import type { Workbench } from './support/workbench.ts';

export const startUp: Benchmark = {
    name: 'start-up',
    title: 'start-up, against `node -e 0` of the same Node',
    async measure(bench) {
        const recipe = join(bench.root, 'examples/hello/hello.rpkg');
        return [
            ...(await against(bench, rpkg(bench, '--version'), 1.5)),
            ...(await against(bench, rpkg(bench, 'fmt', '--check', recipe))),
            ...(await against(bench, rpkg(bench, 'check', recipe))),
        ];
    },
};

function against(bench: Workbench, command: Command, goal?: number): Promise<readonly Row[]> {
    const words = command.args.map((word) => (word.startsWith('/') ? 'FILE' : word));
    const peer = 'node -e 0';
    const emptyProgram: Command = { program: bench.node, args: ['-e', '0'] };
    const figure: Figure<Times> = { what: `rpkg ${words.join(' ')}`, unit: 'ms', of: wallMs };
    return compare({
        rounds: bench.rounds(25),
        warmUps: 3,
        ours: () => timed(bench, command),
        peers: [{ name: peer, once: () => timed(bench, emptyProgram) }],
        figures: [goal === undefined ? figure : { ...figure, goals: { [peer]: goal } }],
    });
}
