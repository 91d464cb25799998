import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { excused, judgeFiles, lacking, showsAll } from '../../compiler/flags/expected-facts.ts';
import { forbiddenUses, judgeInstructions } from '../../compiler/flags/judge-instructions.ts';
import { requestedFlags, type Requested } from '../../compiler/flags/requested.ts';
import { type BuiltFile, builtFile, builtFilesBelow } from '../../runtime/elf/built-files.ts';
import type { Failure } from '../../runtime/failure.ts';
import { type Inspection, inspect } from '../../runtime/isa/inspect.ts';
import { failure, type Result, success } from '../../runtime/result.ts';
import type { Arguments, CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { type Given, givenBy, reasonsOfCopies } from '../copied-files.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type InstructionWords, instructionWords } from '../instruction-words.ts';
import { outputTrees } from '../output-trees.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { runPlan } from '../run-plan.ts';
import { runSettings } from '../run-settings.ts';
import { type VerifiedFlags, verifiedJson, verifiedText } from '../verify-flags-text.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg verify-flags RECIPE` or `rpkg verify-flags FOLDER|FILE`: what built files show, and of what was asked for. */
export const verifyFlags: CommandRun = async (context, args) => {
    const [word = ''] = args.operands;
    const words = instructionWords(args);
    if ('problem' in words) {
        tellUsage(context, words.problem);
        return exitCodes.usage;
    }
    if (/\.rpkg(?:#|$)/.test(word)) return await verifyRecipe(context, args, words);
    const path = resolve(context.cwd, word);
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind === undefined || !(kind.isFile() || kind.isDirectory())) {
        tellUsage(context, `\`${word}\` is no file, no folder and no recipe (a file that ends with .rpkg)`);
        return exitCodes.usage;
    }
    const files = filesAt(path, kind.isDirectory());
    if (!files.ok) return endWithFailures(context, [files.failure], { json: args.flag('json') });
    return await tell(context, args, { name: word, files: files.value, requested: [], words });
};

/** A file is called by its name, those of a folder by their paths in it. */
function filesAt(path: string, isFolder: boolean): Result<readonly BuiltFile[], Failure> {
    try {
        if (isFolder) return success(builtFilesBelow(path));
        const file = builtFile(basename(path), path);
        return success(file === undefined ? [] : [file]);
    } catch (error) {
        const { code, path: where } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        return failure({ kind: 'system', code, operation: 'read', path: where ?? path });
    }
}

async function verifyRecipe(context: Context, args: Arguments, words: InstructionWords): Promise<ExitCode> {
    const settings = runSettings(args);
    if ('problem' in settings) {
        tellUsage(context, settings.problem);
        return exitCodes.usage;
    }
    return await withPlan(context, args, args.operands[0] ?? '', 'run', async (planned) => {
        const executed = await runPlan(context, args, planned, { mode: 'build', ...settings });
        const failures = executed.ok ? executed.value.failures : [executed.failure];
        if (!executed.ok || failures.length > 0) return endWithFailures(context, failures, planned);
        const { plan, evaluated, store } = planned;
        const files = outputTrees(plan, executed.value).flatMap(({ tree }) => builtFilesBelow(store.objectPath(tree)));
        const name = `${plan.subject.name} ${plan.subject.version}`;
        const given = Object.values(plan.environments).flatMap((each) => givenBy(each, store));
        return await tell(context, args, { name, files, requested: requestedFlags(evaluated, plan), words, given });
    });
}

interface Subject {
    readonly name: string;
    readonly files: readonly BuiltFile[];
    readonly requested: readonly Requested[];
    readonly words: InstructionWords;
    /** What it was built in. */
    readonly given?: readonly Given[];
}

async function tell(context: Context, args: Arguments, subject: Subject): Promise<ExitCode> {
    const json = args.flag('json');
    const { isAllowed, disassembles } = subject.words;
    const request = { environment: context.env, isAllowed, signal: context.signal };
    const inspected = disassembles ? await inspect(subject.files, request) : undefined;
    if (inspected?.ok === false) return endWithFailures(context, [inspected.failure], { json });
    const answer = answerFor(subject, inspected?.value);
    context.out.write(json ? `${JSON.stringify(verifiedJson(answer), undefined, 2)}\n` : verifiedText(answer));
    return answer.ok ? exitCodes.ok : exitCodes.finding;
}

function answerFor(subject: Subject, inspection: Inspection | undefined): VerifiedFlags {
    const { name, files, requested, words } = subject;
    const objects = files.flatMap((file) => file.objects);
    const readable = objects.flatMap((object) => {
        if ('refused' in object) return [];
        const { path, facts, producers } = object;
        const instructions = inspection?.objects.get(path);
        return [{ path, facts, producers, ...(instructions === undefined ? {} : { instructions }) }];
    });
    const refused = objects.flatMap((object) => ('refused' in object ? [object] : []));
    const judged = [...judgeFiles(readable, requested), ...judgeInstructions(readable, requested)];
    const reasons = reasonsOfCopies(files, subject.given ?? [], new Set(judged.flatMap(lacking)));
    const traces = judged.map((trace) => excused(trace, reasons));
    const unjudged = words.forbidden.length === 0 ? [] : refused.map(({ path, refused: reason }) => ({ path, reason }));
    const forbidden = [...forbiddenUses(readable, words.forbidden), ...unjudged];
    const isEmpty = objects.length === 0;
    // Nothing was checked: that is no success, unless nothing was asked for.
    const ok = showsAll(traces) && forbidden.length === 0 && !(isEmpty && isAsking(requested, words));
    const disassemblers = inspection?.disassemblers ?? [];
    return {
        name,
        requested,
        forbid: words.forbidden,
        objects: readable,
        refused,
        traces,
        forbidden,
        disassemblers,
        ok,
    };
}

function isAsking(requested: readonly Requested[], { forbidden }: InstructionWords): boolean {
    return requested.length > 0 || forbidden.length > 0;
}
