import type { CratesOrigin } from '../../compiler/plan/plan.ts';
import type { CommandRun } from '../command.ts';
import { cratesSummary } from '../crates-summary.ts';
import { exitCodes } from '../exit-codes.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg crates RECIPE` */
export const crates: CommandRun = (context, args) =>
    withPlan(context, args, args.operands[0] ?? '', 'fetch', ({ plan, json }) => {
        const origin = plan.provenance.crates;
        if (json) context.out.write(`${JSON.stringify(origin ?? { changes: [] }, undefined, 2)}\n`);
        else if (origin === undefined) context.out.write('the crates are those of the lock file\n');
        else context.out.write(changesText(origin));
        return Promise.resolve((origin?.changes.length ?? 0) > 0 ? exitCodes.finding : exitCodes.ok);
    });

function changesText(origin: CratesOrigin): string {
    const width = Math.max(0, ...origin.changes.map(({ name }) => name.length));
    const lines = origin.changes.map(({ name, locked, used }) => {
        const before = locked.length === 0 ? '-' : locked.join(', ');
        return `${name.padEnd(width)}  ${before} → ${used.join(', ')}\n`;
    });
    return `${lines.join('')}${cratesSummary(origin)}\n`;
}
