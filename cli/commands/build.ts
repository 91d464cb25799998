import { lstatSync } from 'node:fs';
import { parseTreeDigest } from '../../compiler/plan/digest.ts';
import { layoutOf, objectName } from '../../runtime/store/layout.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { lastAnswer } from '../last-build.ts';
import { printAnswer } from '../print-answer.ts';
import { recipeRequest, tellUsage } from '../request.ts';
import { runSettings } from '../run-settings.ts';
import { storeFolder } from '../store-folder.ts';

/** `rpkg build RECIPE`. A build with nothing to do ends here, and loads nothing but the imports above. */
export const build: CommandRun = async (context, args) => {
    const settings = runSettings(args);
    const request = recipeRequest(args.operands[0] ?? '', args);
    if ('problem' in settings || 'problem' in request) {
        tellUsage(context, 'problem' in settings ? settings.problem : 'problem' in request ? request.problem : '');
        return exitCodes.usage;
    }
    const root = storeFolder(context, args);
    const objectPath = (tree: string): string | undefined => {
        const digest = parseTreeDigest(tree);
        return digest === undefined ? undefined : `${layoutOf(root).objects}/${objectName(digest)}`;
    };
    const hasTree = (tree: string): boolean => {
        const path = objectPath(tree);
        return path !== undefined && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    };
    const known =
        args.value('output') === undefined ? await lastAnswer(context, request, { root, hasTree }) : undefined;
    if (known === undefined) {
        const { buildPlan } = await import('../build-plan.ts');
        return await buildPlan(context, args, settings);
    }
    const json = args.flag('json');
    if (!json && !args.flag('quiet'))
        context.err.write(`${known.subject.name} ${known.subject.version}: nothing to do\n`);
    printAnswer(
        context,
        known,
        known.outputs.map(({ tree }) => objectPath(tree) ?? ''),
        json,
    );
    return exitCodes.ok;
};
