import { parseTreeDigest } from '../../compiler/plan/digest.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { StoreProblem } from '../../runtime/store/verify-store.ts';
import type { CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openUserStore } from '../open-store.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';

/** `rpkg store verify|path` */
export const store: CommandRun = async (context, args) => {
    const json = args.flag('json');
    const opened = await openUserStore(context, args);
    if (!opened.ok) return endWithFailures(context, [opened.failure], { json });
    const [task] = args.operands;
    if (task === 'verify') return await verifyStore(context, opened.value, args.flag('repair'), json);
    if (task === 'path') {
        context.out.write(`${opened.value.root}\n`);
        return exitCodes.ok;
    }
    tellUsage(context, 'the task is verify or path');
    return exitCodes.usage;
};

/** What a killed process left is said, but is no finding: the next run removes it. */
async function verifyStore(context: Context, opened: Store, repair: boolean, json: boolean): Promise<ExitCode> {
    const problems: StoreProblem[] = [];
    for await (const problem of opened.verify()) {
        problems.push(problem);
        if (!json) context.out.write(`${describe(problem)}\n`);
        if (!repair || problem.kind !== 'corrupt-object') continue;
        const digest = parseTreeDigest(problem.digest);
        const moved = digest === undefined ? undefined : await opened.quarantine(digest);
        if (moved?.ok === false) return endWithFailures(context, [moved.failure], { json });
    }
    await opened.close();
    const serious = problems.filter(({ kind }) => kind !== 'stale-temporary');
    if (json) context.out.write(`${JSON.stringify({ problems }, undefined, 2)}\n`);
    else if (serious.length === 0) context.out.write('every object is what its name says\n');
    return serious.length === 0 ? exitCodes.ok : exitCodes.finding;
}

function describe(problem: StoreProblem): string {
    switch (problem.kind) {
        case 'corrupt-object':
        case 'corrupt-blob':
            return `${problem.kind}: ${problem.path}: ${problem.detail}`;
        case 'dangling-record':
            return `${problem.kind}: ${problem.path} names ${problem.digest}, which is not there`;
        case 'unreadable':
            return `${problem.kind}: ${problem.path}: ${problem.code}`;
        case 'corrupt-record':
        case 'foreign':
        case 'stale-temporary':
            return `${problem.kind}: ${problem.path}`;
    }
}
