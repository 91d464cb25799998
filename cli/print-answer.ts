// What `build` prints on standard output.
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Subject } from '../compiler/plan/plan.ts';
import type { Context } from './context.ts';

/** What a build gives. */
export interface Answer {
    readonly subject: Subject;
    /** Execution digest of the plan. */
    readonly execution: string;
    readonly outputs: readonly { readonly name: string; readonly tree: TreeDigest }[];
}

/** Name, digest and path of each output; `paths` in the same order. */
export function printAnswer(
    context: Context,
    { subject, execution, outputs }: Answer,
    paths: readonly string[],
    json: boolean,
): void {
    const places = outputs.map(({ name, tree }, index) => ({ name, digest: tree, path: paths[index] ?? '' }));
    if (json) context.out.write(`${JSON.stringify({ subject, execution, outputs: places }, undefined, 2)}\n`);
    else
        context.out.write(
            places.map(({ name, digest, path }) => `${subject.name} ${name}  ${digest}\n${path}\n`).join(''),
        );
}
