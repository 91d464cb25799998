// A build that has something to do: plan, run, remember, deliver. Kept apart from the command, so that a build with
// nothing to do loads neither the compiler nor the executor.
import { watchedFor } from '../runtime/host/remembered.ts';
import { toolQuestion } from '../runtime/host/tool-question.ts';
import type { Executed } from '../runtime/execute.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { deliver } from './deliver.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { rememberAnswer } from './last-build.ts';
import type { Answer } from './print-answer.ts';
import { endWithFailures } from './report.ts';
import { runPlan } from './run-plan.ts';
import type { RunSettings } from './run-settings.ts';
import { outputTrees } from './output-trees.ts';
import { type Planned, withPlan } from './with-plan.ts';

export async function buildPlan(context: Context, args: Arguments, settings: RunSettings): Promise<ExitCode> {
    return await withPlan(context, args, args.operands[0] ?? '', 'run', async (planned) => {
        const executed = await runPlan(context, args, planned, { mode: 'build', ...settings });
        const failures = executed.ok ? executed.value.failures : [executed.failure];
        if (!executed.ok || failures.length > 0) {
            await planned.store.close();
            return endWithFailures(context, failures, planned);
        }
        const answer = answerOf(planned, executed.value);
        const watched = watchedFor(
            planned.store,
            planned.basis.tools.map((name) => toolQuestion(name, context.env)),
        );
        if (watched !== undefined) rememberAnswer(context, planned, watched, answer);
        const delivered = await deliver(context, args, planned.store, answer);
        await planned.store.close();
        return delivered.ok ? exitCodes.ok : endWithFailures(context, [delivered.failure], planned);
    });
}

function answerOf({ plan }: Planned, executed: Executed): Answer {
    return { subject: plan.subject, execution: plan.digest.execution, outputs: outputTrees(plan, executed) };
}
