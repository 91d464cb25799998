import type { Plan } from '../../compiler/plan/plan.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { defaultJobs } from '../prepare.ts';
import { endWithFailures } from '../report.ts';
import { positiveNumber, tellUsage } from '../request.ts';
import { runPlan } from '../run-plan.ts';
import { tierOf } from '../tier.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg verify RECIPE`: builds what is missing, then runs every command again and compares the outputs. */
export const verify: CommandRun = async (context, args) => {
    const jobs = positiveNumber(args.value('jobs'), defaultJobs);
    const tier = tierOf(args.value('sandbox'));
    if (jobs === undefined || tier === undefined) {
        tellUsage(context, jobs === undefined ? '`--jobs` takes a whole number from 1' : '`--sandbox` takes bwrap or unshare');
        return exitCodes.usage;
    }
    return await withPlan(context, args, args.operands[0] ?? '', true, async (planned) => {
        for (const mode of ['build', 'verify'] as const) {
            const executed = await runPlan(context, args, planned, { mode, jobs, tier });
            if (!executed.ok) return endWithFailures(context, [executed.failure], planned);
            if (executed.value.failures.length > 0) return endWithFailures(context, executed.value.failures, planned);
        }
        const count = commandCount(planned.plan);
        if (planned.json) context.out.write(`${JSON.stringify({ reproducible: true, actions: count }, undefined, 2)}\n`);
        else context.out.write(`${count} actions run again, every output the same\n`);
        return exitCodes.ok;
    });
};

function commandCount(plan: Plan): number {
    return Object.values(plan.actions).filter(({ kind }) => kind === 'run').length;
}
