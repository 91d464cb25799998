import { join, resolve } from 'node:path';
import { outputTrees } from '../../runtime/execute.ts';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Arguments, CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { defaultJobs } from '../prepare.ts';
import { endWithFailures } from '../report.ts';
import { positiveNumber, tellUsage } from '../request.ts';
import { runPlan } from '../run-plan.ts';
import { exportTree } from '../export-tree.ts';
import { tierOf } from '../tier.ts';
import { type Planned, withPlan } from '../with-plan.ts';

/** `rpkg build RECIPE` */
export const build: CommandRun = async (context, args) => {
    const jobs = positiveNumber(args.value('jobs'), defaultJobs);
    const tier = tierOf(args.value('sandbox'));
    if (jobs === undefined || tier === undefined) {
        tellUsage(context, jobs === undefined ? '`--jobs` takes a whole number from 1' : '`--sandbox` takes bwrap or unshare');
        return exitCodes.usage;
    }
    return await withPlan(context, args, args.operands[0] ?? '', true, async (planned) => {
        const executed = await runPlan(context, args, planned, { mode: 'build', jobs, tier });
        if (!executed.ok) return endWithFailures(context, [executed.failure], planned);
        if (executed.value.failures.length > 0) return endWithFailures(context, executed.value.failures, planned);
        const outputs = outputTrees(planned.plan, executed.value).flatMap(({ name, tree }) => (tree === undefined ? [] : [{ name, tree }]));
        return await deliver(context, args, planned, outputs);
    });
};

interface Built {
    readonly name: string;
    readonly tree: TreeDigest;
}

/** Prints where the outputs are; copies them out of the store first when a folder is named. */
async function deliver(context: Context, args: Arguments, planned: Planned, outputs: readonly Built[]): Promise<ExitCode> {
    const folder = args.value('output');
    const places: { name: string; digest: string; path: string }[] = [];
    for (const { name, tree } of outputs) {
        const path = folder === undefined ? planned.store.objectPath(tree) : outputFolder(resolve(context.cwd, folder), name, outputs.length);
        if (folder !== undefined) {
            const copied = await exportTree(planned.store, tree, path);
            if (!copied.ok) return endWithFailures(context, [copied.failure], planned);
        }
        places.push({ name, digest: tree, path });
    }
    const { plan, json } = planned;
    if (json) {
        const answer = { subject: plan.subject, execution: plan.digest.execution, outputs: places };
        context.out.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    } else {
        for (const { name, digest, path } of places) context.out.write(`${plan.subject.name} ${name}  ${digest}\n${path}\n`);
    }
    return exitCodes.ok;
}

/** A single output is the folder itself. */
function outputFolder(folder: string, name: string, count: number): string {
    return count === 1 ? folder : join(folder, name);
}
