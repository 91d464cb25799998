import { join, resolve } from 'node:path';
import { outputTrees } from '../../runtime/execute.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { Arguments, CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { exportTree } from '../export-tree.ts';
import { type Answer, lastAnswer, rememberAnswer } from '../last-build.ts';
import { openUserStore } from '../open-store.ts';
import { endWithFailures } from '../report.ts';
import { recipeRequest, tellUsage } from '../request.ts';
import { runSettings } from '../run-settings.ts';

/** `rpkg build RECIPE` */
export const build: CommandRun = async (context, args) => {
    const settings = runSettings(args);
    const request = recipeRequest(args.operands[0] ?? '', args);
    if ('problem' in settings || 'problem' in request) {
        tellUsage(context, 'problem' in settings ? settings.problem : 'problem' in request ? request.problem : '');
        return exitCodes.usage;
    }
    const json = args.flag('json');
    const store = await openUserStore(context, args);
    if (!store.ok) return endWithFailures(context, [store.failure], { json });
    const known = await lastAnswer(context, request, store.value);
    if (known !== undefined) {
        if (!json && !args.flag('quiet')) context.err.write(`${known.subject.name} ${known.subject.version}: nothing to do\n`);
        return await deliver(context, args, store.value, known);
    }
    // Only a build that has something to do loads the compiler and the executor.
    const [{ withPlan }, { runPlan }] = await Promise.all([import('../with-plan.ts'), import('../run-plan.ts')]);
    return await withPlan(context, args, args.operands[0] ?? '', true, async (planned) => {
        const executed = await runPlan(context, args, planned, { mode: 'build', ...settings });
        if (!executed.ok) return endWithFailures(context, [executed.failure], planned);
        if (executed.value.failures.length > 0) return endWithFailures(context, executed.value.failures, planned);
        const { plan, basis } = planned;
        const answer = {
            subject: plan.subject,
            execution: plan.digest.execution,
            outputs: outputTrees(plan, executed.value).flatMap(({ name, tree }) => (tree === undefined ? [] : [{ name, tree }])),
        };
        await rememberAnswer(context, request, planned.store, basis, answer);
        return await deliver(context, args, planned.store, answer);
    });
};

/** Prints where the outputs are; copies them out of the store first when a folder is named. */
async function deliver(context: Context, args: Arguments, store: Store, answer: Answer): Promise<ExitCode> {
    const json = args.flag('json');
    const folder = args.value('output');
    const places: { name: string; digest: string; path: string }[] = [];
    for (const { name, tree } of answer.outputs) {
        const path = folder === undefined ? store.objectPath(tree) : outputFolder(resolve(context.cwd, folder), name, answer.outputs.length);
        if (folder !== undefined) {
            const copied = await exportTree(store, tree, path);
            if (!copied.ok) return endWithFailures(context, [copied.failure], { json });
        }
        places.push({ name, digest: tree, path });
    }
    await store.close();
    const { subject, execution } = answer;
    if (json) context.out.write(`${JSON.stringify({ subject, execution, outputs: places }, undefined, 2)}\n`);
    else for (const { name, digest, path } of places) context.out.write(`${subject.name} ${name}  ${digest}\n${path}\n`);
    return exitCodes.ok;
}

/** A single output is the folder itself. */
function outputFolder(folder: string, name: string, count: number): string {
    return count === 1 ? folder : join(folder, name);
}
