// `--sandbox` words.
import type { Tier } from '../runtime/sandbox/sandbox.ts';

const tiers: Readonly<Record<string, Tier | 'auto'>> = { auto: 'auto', bwrap: 'bwrap', unshare: 'unshare' };

/** Undefined for a word that names no tier. */
export function tierOf(word: string | undefined): Tier | 'auto' | undefined {
    return word === undefined ? 'auto' : Object.hasOwn(tiers, word) ? tiers[word] : undefined;
}
