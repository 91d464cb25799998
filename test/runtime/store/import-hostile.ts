// Makes and imports every hostile folder below the folder given as argument; prints what came of it, as JSON.
import * as fs from 'node:fs';
import { deleteTree } from '../../../runtime/store/remove-tree.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';
import { type HostileFolder, hostileFolders } from './hostile-folders.ts';

export interface ImportOutcome {
    readonly name: string;
    /** `accepted`, `different` from what it should equal, or the rule that refused it. */
    readonly outcome: string;
    readonly problems: readonly string[];
}

export async function importAll(folder: string): Promise<ImportOutcome[]> {
    const opened = await openStore(`${folder}/store`);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    await using store = opened.value;
    const outcomes = [];
    for (const hostile of hostileFolders) outcomes.push(await importOne(folder, store, hostile));
    return outcomes;
}

async function importOne(folder: string, store: Store, hostile: HostileFolder): Promise<ImportOutcome> {
    const from = `${folder}/in`;
    const other = `${folder}/same`;
    fs.mkdirSync(from);
    fs.mkdirSync(other);
    hostile.make(from);
    const result = await store.importTree(from, { what: hostile.name, ...hostile.rules });
    let outcome = 'accepted';
    if (!result.ok) {
        outcome = result.failure.kind === 'bad-tree' ? result.failure.rule : JSON.stringify(result.failure);
    } else if (hostile.same !== undefined) {
        hostile.same(other);
        const same = await store.importTree(other, { what: hostile.name, ...hostile.rules });
        if (!same.ok || same.value !== result.value) outcome = 'different';
    }
    await deleteTree(from);
    await deleteTree(other);
    const problems = [];
    for await (const problem of store.verify()) problems.push(JSON.stringify(problem));
    return { name: hostile.name, outcome, problems };
}

const [, program, folder] = process.argv;
if (program === import.meta.filename && folder !== undefined) {
    process.stdout.write(JSON.stringify(await importAll(folder)));
}
