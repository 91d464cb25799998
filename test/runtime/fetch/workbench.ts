// A store in a temporary folder and a context to fetch with, for one test file.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TreeDigest } from '../../../compiler/plan/digest.ts';
import type { FetchContext } from '../../../runtime/fetch/context.ts';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Failure } from '../../../runtime/failure.ts';
import type { Result } from '../../../runtime/result.ts';
import { removeTree } from '../../../runtime/store/remove-tree.ts';
import { openStore, type Store } from '../../../runtime/store/store.ts';

export interface Workbench extends AsyncDisposable {
    readonly folder: string;
    readonly store: Store;
    /** Lines that were reported. */
    readonly lines: string[];
    readonly context: (changes?: Partial<FetchContext>) => FetchContext;
}

export async function openWorkbench(): Promise<Workbench> {
    const folder = await mkdtemp(join(tmpdir(), 'rpkg-fetch-'));
    const opened = await openStore(join(folder, 'store'));
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const store = opened.value;
    const lines: string[] = [];
    return {
        folder,
        store,
        lines,
        context: (changes) => ({
            store,
            baseDir: folder,
            offline: false,
            environment: process.env,
            report: (line) => void lines.push(line),
            limits: { pauseMs: 1 },
            ...changes,
        }),
        [Symbol.asyncDispose]: async () => {
            await store.close();
            // Objects may not be written to, which only the superuser does not mind.
            valueOf(await removeTree(folder));
        },
    };
}

export function valueOf<Value>(result: Result<Value, Failure>): Value {
    if (!result.ok) throw new Error(`failed: ${JSON.stringify(result.failure)}`);
    return result.value;
}

export function failureOf<Value>(result: Result<Value, Failure>): Failure {
    if (result.ok) throw new Error(`did not fail: ${JSON.stringify(result.value)}`);
    return result.failure;
}

/** Relative path → text of every file in an object; `PATH*` when it is executable. */
export function filesOf(store: Store, tree: TreeDigest): Record<string, string> {
    const root = store.objectPath(tree);
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
        files.map((entry) => {
            const path = join(entry.parentPath, entry.name);
            const mark = (statSync(path).mode & 0o100) === 0 ? '' : '*';
            return [path.slice(root.length + 1) + mark, readFileSync(path, 'utf8')];
        }),
    );
}

/** Everything that is not as it should be, and what a fetch left in the temporary folder. */
export async function troubles(bench: Workbench): Promise<string[]> {
    const found: string[] = [];
    for await (const problem of bench.store.verify()) found.push(JSON.stringify(problem));
    const temporary = join(bench.folder, 'store', 'tmp');
    for (const owner of readdirSync(temporary)) found.push(...readdirSync(join(temporary, owner)));
    return found;
}
