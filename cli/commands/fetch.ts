import type { CommandRun } from '../command.ts';
import { counted } from '../counted.ts';
import { exitCodes } from '../exit-codes.ts';
import { fetchAll } from '../fetch-all.ts';
import { endWithFailures } from '../report.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg fetch RECIPE` */
export const fetch: CommandRun = (context, args) =>
    withPlan(context, args, args.operands[0] ?? '', 'pin', async (planned) => {
        const { plan, store, folder, json } = planned;
        const quiet = args.flag('quiet') || json;
        const fetched = await fetchAll(plan, {
            store,
            baseDir: folder,
            offline: false,
            environment: context.env,
            report: (text) => {
                if (!quiet) context.err.write(`  ${text}\n`);
            },
            signal: context.signal,
        });
        if (!fetched.ok) return endWithFailures(context, [fetched.failure], planned);
        const trees = Object.fromEntries(fetched.value);
        if (json) context.out.write(`${JSON.stringify({ sources: trees }, undefined, 2)}\n`);
        else
            context.out.write(
                `${counted(fetched.value.size, 'source')} of ${plan.subject.name} ${plan.subject.version} in the store\n`,
            );
        return exitCodes.ok;
    });
