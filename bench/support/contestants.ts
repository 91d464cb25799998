// Who runs many trivial actions: rpkg, Nix and Ninja, each in folders of their own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareEtc } from '../../runtime/sandbox/host-root.ts';
import type { Command } from './command.ts';
import { manyDerivations, manySteps } from './many-steps.ts';
import { findNinja, ninjaCommand, writeNinjaFolder } from './ninja.ts';
import { findNix, nixBuild } from './nix.ts';
import { planOf } from './plan-of.ts';
import { rpkgIn } from './rpkg.ts';
import { newFolder, type Workbench } from './workbench.ts';

/** A folder in which everything is still to do, and the command that does it. */
export interface Prepared {
    readonly folder: string;
    readonly command: Command;
}

export interface Contestant {
    readonly name: string;
    readonly prepare: () => Prepared;
}

export const nixName = 'nix-build';
export const ninjaName = 'ninja + bwrap';

export interface Absent {
    readonly name: string;
    readonly missing: string;
}

/** A recipe of so many steps and an empty store. */
export function rpkgFolder(bench: Workbench, steps: number): Prepared {
    const folder = newFolder(bench, 'rpkg');
    writeRecipe(folder, steps, 'Not edited yet.');
    const command = rpkgIn(bench, join(folder, 'store'), 'build', '--jobs', String(bench.jobs), recipeIn(folder));
    return { folder, command };
}

/** Writes the recipe of a folder, again with another comment. */
export function writeRecipe(folder: string, steps: number, comment: string): void {
    writeFileSync(recipeIn(folder), manySteps(steps, comment));
}

export function recipeIn(folder: string): string {
    return join(folder, 'many.rpkg');
}

/** Nix with so many derivations and an empty store. */
export async function nixContestant(bench: Workbench, steps: number): Promise<Contestant | Absent> {
    const nix = await findNix(bench);
    if ('missing' in nix) return { name: nixName, ...nix };
    const prepare = (): Prepared => {
        const folder = newFolder(bench, 'nix');
        const file = join(folder, 'many.nix');
        writeFileSync(file, manyDerivations(steps));
        return { folder, command: nixBuild(bench, nix, folder, file) };
    };
    return { name: nixName, prepare };
}

/** Ninja with the commands of rpkg's own plan of so many steps. */
export async function ninjaContestant(bench: Workbench, steps: number): Promise<Contestant | Absent> {
    const ninja = findNinja(bench);
    if ('missing' in ninja) return { name: ninjaName, ...ninja };
    const { folder } = rpkgFolder(bench, steps);
    const plan = await planOf(bench, join(folder, 'store'), recipeIn(folder));
    const etc = join(folder, 'etc');
    const made = await prepareEtc(etc);
    if (!made.ok) throw new Error(`cannot make ${etc}`);
    const prepare = (): Prepared => {
        const fresh = newFolder(bench, 'ninja');
        writeNinjaFolder(fresh, plan, { bwrap: ninja.bwrap, etc });
        return { folder: fresh, command: ninjaCommand(bench, ninja, fresh) };
    };
    return { name: ninjaName, prepare };
}
