// One line about crates that a lock file did not decide.
import type { CratesOrigin } from '../compiler/plan/plan.ts';

export function cratesSummary({ lock, count, changes }: CratesOrigin): string {
    if (lock === undefined) return `without a lock file, ${count} packages were chosen from what is there`;
    return `${changes.length} of ${count} packages are of other versions than in ${lock}`;
}
