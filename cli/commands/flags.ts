import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeFiles, showsAll } from '../../compiler/flags/expected-facts.ts';
import { type Invocation, parseRecord } from '../../compiler/flags/invocation.ts';
import { judge } from '../../compiler/flags/judge.ts';
import { requestedFlags } from '../../compiler/flags/requested.ts';
import { recordFile } from '../../compiler/lower/recorder-places.ts';
import { recordOutput } from '../../compiler/lower/recorder.ts';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { elfFilesBelow } from '../../runtime/elf/read-elf.ts';
import type { Executed } from '../../runtime/execute.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { type FlagsAnswer, flagsJson, flagsText } from '../flags-text.ts';
import { outputTrees } from '../output-trees.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { runPlan } from '../run-plan.ts';
import { runSettings } from '../run-settings.ts';
import { type Planned, withPlan } from '../with-plan.ts';

/** `rpkg flags RECIPE`: builds with a record of calls, and compares calls and built files with what the recipe asks for. */
export const flags: CommandRun = async (context, args) => {
    const settings = runSettings(args);
    if ('problem' in settings) {
        tellUsage(context, settings.problem);
        return exitCodes.usage;
    }
    const recording = { ...args, flag: (name: string) => name === 'record' || args.flag(name) };
    return await withPlan(context, recording, args.operands[0] ?? '', 'run', async (planned) => {
        const executed = await runPlan(context, args, planned, { mode: 'build', ...settings });
        const failures = executed.ok ? executed.value.failures : [executed.failure];
        if (!executed.ok || failures.length > 0) return endWithFailures(context, failures, planned);
        const answer = answerFor(planned, executed.value);
        if (planned.json) context.out.write(`${JSON.stringify(flagsJson(answer), undefined, 2)}\n`);
        else context.out.write(flagsText(answer, args.flag('full')));
        return answer.ok ? exitCodes.ok : exitCodes.finding;
    });
};

function answerFor(planned: Planned, executed: Executed): FlagsAnswer {
    const { plan, evaluated, store } = planned;
    const requested = requestedFlags(evaluated, plan);
    const judgement = judge(recordedCalls(planned, executed), requested);
    const files = outputTrees(plan, executed).flatMap(({ tree }) => elfFilesBelow(store.objectPath(tree)));
    const readable = files.flatMap((file) => ('facts' in file ? [file] : []));
    const traces = judgeFiles(readable, requested);
    return { subject: plan.subject, judgement, files, traces, ok: judgement.ok && showsAll(traces) };
}

/** By action, in byte order. */
function recordedCalls({ store }: Planned, { trees }: Executed): readonly Invocation[] {
    return [...trees.keys()].sort(compareBytes).flatMap((action) => {
        const record = trees.get(action)?.[recordOutput];
        if (record === undefined) return [];
        return parseRecord(action, readFileSync(join(store.objectPath(record), recordFile), 'utf8'));
    });
}
