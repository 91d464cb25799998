// The last step of a build: outputs copied out of the store when a folder is named, and their places printed.
import { join, resolve } from 'node:path';
import type { Failure } from '../runtime/failure.ts';
import { type Result, success } from '../runtime/result.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Arguments } from './command.ts';
import type { Context } from './context.ts';
import { exportTree } from './export-tree.ts';
import { type Answer, printAnswer } from './print-answer.ts';

/** A single output is the named folder itself, several lie in it. */
export async function deliver(
    context: Context,
    args: Arguments,
    store: Store,
    answer: Answer,
): Promise<Result<void, Failure>> {
    const output = args.value('output');
    const paths: string[] = [];
    for (const { name, tree } of answer.outputs) {
        if (output === undefined) {
            paths.push(store.objectPath(tree));
            continue;
        }
        const folder = resolve(context.cwd, output);
        const path = answer.outputs.length === 1 ? folder : join(folder, name);
        const copied = await exportTree(store, tree, path);
        if (!copied.ok) return copied;
        paths.push(path);
    }
    printAnswer(context, answer, paths, args.flag('json'));
    return success(undefined);
}
