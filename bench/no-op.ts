// A build that has nothing to do, of a real package: the most frequent build of all.
import type { Benchmark } from './support/benchmark.ts';
import { timed, type Times, wallMs } from './support/command.ts';
import { compare, type Peer } from './support/compare.ts';
import { findCargo } from './support/peers.ts';
import { cargoBuild } from './support/ripgrep.ts';
import { rpkgIn } from './support/rpkg.ts';
import type { Ripgrep, Workbench } from './support/workbench.ts';

export const noOp: Benchmark = {
    name: 'no-op',
    title: 'second build of ripgrep, against Cargo with nothing to do',
    async measure(bench) {
        const ripgrep = await bench.ripgrep();
        const build = rpkgIn(bench, ripgrep.store, 'build', ripgrep.recipe);
        return await compare({
            rounds: bench.rounds(25),
            warmUps: 3,
            ours: () => timed(bench, build),
            peers: [await cargoPeer(bench, ripgrep)],
            figures: [{ what: 'rpkg build, nothing to do', unit: 'ms', of: wallMs, goals: { [cargoName]: 1 } }],
        });
    },
};

const cargoName = 'cargo build';

async function cargoPeer(bench: Workbench, ripgrep: Ripgrep): Promise<Peer<Times>> {
    const cargo = findCargo(bench);
    if ('missing' in cargo) return { name: cargoName, ...cargo };
    const command = cargoBuild(bench, cargo.path, ripgrep);
    bench.note('building ripgrep with Cargo: a minute');
    await timed(bench, command);
    return { name: cargoName, once: () => timed(bench, command) };
}
