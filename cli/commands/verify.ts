import { checkCertificate } from '../check-certificate.ts';
import type { CommandRun } from '../command.ts';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { runPlan } from '../run-plan.ts';
import { runSettings } from '../run-settings.ts';
import { withPlan } from '../with-plan.ts';

/**
 * `rpkg verify RECIPE`: builds what is missing, then runs every command again and compares the outputs. With a certificate, that is
 * looked at instead.
 */
export const verify: CommandRun = async (context, args) => {
    const settings = runSettings(args);
    if ('problem' in settings) {
        tellUsage(context, settings.problem);
        return exitCodes.usage;
    }
    const certificate = args.value('certificate');
    if (certificate !== undefined)
        return await withPlan(context, args, args.operands[0] ?? '', 'fetch', (planned) =>
            checkCertificate(context, certificate, planned),
        );
    return await withPlan(context, args, args.operands[0] ?? '', 'run', async (planned) => {
        for (const mode of ['build', 'verify'] as const) {
            const executed = await runPlan(context, args, planned, { mode, ...settings });
            if (!executed.ok) return endWithFailures(context, [executed.failure], planned);
            if (executed.value.failures.length > 0) return endWithFailures(context, executed.value.failures, planned);
        }
        await planned.store.close();
        const actions = Object.values(planned.plan.actions).filter(({ kind }) => kind === 'run').length;
        if (planned.json) context.out.write(`${JSON.stringify({ reproducible: true, actions }, undefined, 2)}\n`);
        else context.out.write(`${counted(actions, 'action')} run again, every output the same\n`);
        return exitCodes.ok;
    });
};
