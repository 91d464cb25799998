// How rpkg is called by benchmarks.
import type { Command } from './command.ts';
import type { Workbench } from './workbench.ts';

/** A call of rpkg that has nothing to do with any store. */
export function rpkg(bench: Workbench, ...args: readonly string[]): Command {
    return { program: bench.rpkg, args };
}

/** A call of rpkg with its own store. */
export function rpkgIn(bench: Workbench, store: string, ...args: readonly string[]): Command {
    return { program: bench.rpkg, args, env: { RPKG_STORE: store } };
}
