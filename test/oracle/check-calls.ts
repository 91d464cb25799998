// The calls that a recipe's plan makes against those of Cargo for the same sources, with a target and without.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Plan } from '../../compiler/plan/plan.ts';
import { answer, type Place } from '../support/whole.ts';
import { withCommonFolders, withCommonPlaces } from './call-folders.ts';
import { cargoCalls } from './cargo-calls.ts';
import { toolchain } from './cargo-graph.ts';
import { type CallsComparison, compareCalls } from './compare-calls.ts';
import { plannedCalls, plannedRustc } from './planned-calls.ts';

export interface CallsCheck extends CallsComparison {
    /** Cargo's command. */
    readonly title: string;
    /** How many calls Cargo made. */
    readonly calls: number;
}

export interface CallsQuestion {
    /** Arguments of `rpkg build`. */
    readonly recipe: readonly string[];
    /** The profile that the recipe asks for. */
    readonly profile: string;
    /** The same sources for Cargo, and the folder of unpacked crates. */
    readonly sources: (plan: Plan) => Promise<{ readonly workspace: string; readonly crates: string }>;
    /** An empty folder. */
    readonly below: string;
}

/** Builds with rpkg once and with Cargo twice. */
export async function checkCalls(place: Place, question: CallsQuestion): Promise<readonly CallsCheck[]> {
    const { recipe, profile, below } = question;
    await answer(place, ['build', ...recipe]);
    const plan = JSON.parse(await answer(place, ['plan', ...recipe])) as Plan;
    const { workspace, crates } = await question.sources(plan);
    const planned = await plannedCalls(plan, { store: place.store, jobs: os.availableParallelism(), below });
    const ours = withCommonPlaces(planned, plannedRustc(plan));
    const checks: CallsCheck[] = [];
    for (const target of [['--target', plan.context.target], []]) {
        const options = ['--profile', profile, ...target];
        const folder = fs.mkdtempSync(path.join(below, 'cargo-'));
        const told = await cargoCalls(workspace, options, folder);
        const theirs = withCommonFolders(told, { workspace, crates, cargo: path.join(toolchain(), 'cargo') });
        const comparison = compareCalls(ours, theirs, { plain: target.length === 0 });
        checks.push({ ...comparison, title: `cargo build ${options.join(' ')}`, calls: theirs.length });
    }
    return checks;
}
