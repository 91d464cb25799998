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
    const second = await openStore(`${folder}/adopting`);
    if (!second.ok) throw new Error(JSON.stringify(second.failure));
    await using adopting = second.value;
    const outcomes = [];
    for (const hostile of hostileFolders) outcomes.push(await importOne(folder, { store, adopting }, hostile));
    return outcomes;
}

async function importOne(
    folder: string,
    { store, adopting }: { readonly store: Store; readonly adopting: Store },
    hostile: HostileFolder,
): Promise<ImportOutcome> {
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
    if ((await adoptSame(adopting, hostile)) !== (result.ok ? result.value : outcome))
        outcome = 'different when adopted';
    await deleteTree(from);
    await deleteTree(other);
    const problems = [];
    for (const each of [store, adopting])
        for await (const problem of each.verify()) problems.push(JSON.stringify(problem));
    return { name: hostile.name, outcome, problems };
}

/** The same folder as an output that is not copied: its digest or the rule that refuses it. */
async function adoptSame(store: Store, hostile: HostileFolder): Promise<string> {
    const own = await store.temporary('own');
    if (!own.ok) return JSON.stringify(own.failure);
    fs.mkdirSync(`${own.value}/out`);
    hostile.make(`${own.value}/out`);
    const result = await store.adoptTree(`${own.value}/out`, { what: hostile.name, ...hostile.rules });
    await deleteTree(own.value);
    if (result.ok) return result.value;
    return result.failure.kind === 'bad-tree' ? result.failure.rule : JSON.stringify(result.failure);
}

const [, program, folder] = process.argv;
if (program === import.meta.filename && folder !== undefined) {
    process.stdout.write(JSON.stringify(await importAll(folder)));
}
