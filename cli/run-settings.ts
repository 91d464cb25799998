// The options that `build` and `verify` share: how many jobs, which sandbox.
import { availableParallelism } from 'node:os';
import type { Tier } from '../runtime/sandbox/sandbox.ts';
import type { Arguments } from './command.ts';

export interface RunSettings {
    readonly jobs: number;
    readonly tier: Tier | 'auto';
}

/** The settings, or what is wrong with the words. */
export function runSettings(args: Arguments): RunSettings | { readonly problem: string } {
    const jobs = args.value('jobs');
    const tier = tierOf(args.value('sandbox'));
    if (jobs !== undefined && !/^[1-9]\d{0,4}$/.test(jobs)) return { problem: '`--jobs` takes a whole number from 1' };
    if (tier === undefined) return { problem: '`--sandbox` takes bwrap or unshare' };
    return { jobs: jobs === undefined ? availableParallelism() : Number(jobs), tier };
}

const tiers: Readonly<Record<string, Tier | 'auto'>> = { auto: 'auto', bwrap: 'bwrap', unshare: 'unshare' };

/** Undefined for a word that names no tier. */
export function tierOf(word: string | undefined): Tier | 'auto' | undefined {
    if (word === undefined) return 'auto';
    return Object.hasOwn(tiers, word) ? tiers[word] : undefined;
}
