// Prints what is wrong with the store given as argument, as JSON.
import { openStore, type Store } from '../../../runtime/store/store.ts';
import type { StoreProblem } from '../../../runtime/store/verify-store.ts';

export async function problemsOf(store: Store): Promise<StoreProblem[]> {
    const problems = [];
    for await (const problem of store.verify()) problems.push(problem);
    return problems;
}

const [, program, root] = process.argv;
if (program === import.meta.filename && root !== undefined) {
    const opened = await openStore(root);
    process.stdout.write(JSON.stringify(opened.ok ? await problemsOf(opened.value) : opened));
}
