// What the last build of a recipe was made from, and what it gave. While everything it was made from is as it was, the same
// request has the same answer, and nothing needs to be parsed, planned or looked up: a build with nothing to do is quick.
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { parseTreeDigest, type TreeDigest } from '../compiler/plan/digest.ts';
import { hashJson } from '../compiler/plan/canonical.ts';
import type { Subject } from '../compiler/plan/plan.ts';
import { snapshotLocal } from '../runtime/fetch/local.ts';
import { identifyTools } from '../runtime/host/tools.ts';
import type { Store } from '../runtime/store/store.ts';
import manifest from '../package.json' with { type: 'json' };
import type { Context } from './context.ts';
import type { Basis } from './prepare.ts';
import { resolve } from 'node:path';
import type { RecipeRequest } from './request.ts';

export interface Answer {
    readonly subject: Subject;
    readonly execution: string;
    readonly outputs: readonly { readonly name: string; readonly tree: TreeDigest }[];
}

interface Remembered {
    readonly answer: Answer;
    /** Path → SHA-256 of its content; `none` for a file that was not there. */
    readonly files: Readonly<Record<string, string>>;
    readonly folders: Basis['folders'];
    readonly toolNames: readonly string[];
    readonly tools: string;
}

const kind = 'build';

/** The answer of the last build when nothing has changed since. */
export async function lastAnswer(context: Context, request: RecipeRequest, store: Store): Promise<Answer | undefined> {
    const known = store.readRecord(kind, recordName(context, request)) as unknown as Remembered | undefined;
    if (known === undefined) return undefined;
    if (!known.answer.outputs.every(({ tree }) => parseTreeDigest(tree) !== undefined && store.hasObject(tree))) return undefined;
    if (!Object.entries(known.files).every(([path, hash]) => hashOfFile(path) === hash)) return undefined;
    for (const { path, exclude, tree } of known.folders) {
        const now = await snapshotLocal(path, exclude, store);
        if (!now.ok || now.value !== tree) return undefined;
    }
    const tools = await identifyTools(known.toolNames, { store, environment: context.env });
    return tools.ok && hashJson(tools.value) === known.tools ? known.answer : undefined;
}

/** Remembers an answer; a store that cannot be written only costs the next build its short cut. */
export async function rememberAnswer(context: Context, request: RecipeRequest, store: Store, basis: Basis, answer: Answer): Promise<void> {
    const files = Object.fromEntries([...basis.files, basis.lock].map((path) => [path, hashOfFile(path)]));
    const remembered = {
        answer,
        files,
        folders: basis.folders,
        toolNames: Object.keys(basis.tools),
        tools: hashJson(basis.tools),
    };
    await store.writeRecord({ kind, name: recordName(context, request) }, JSON.parse(JSON.stringify(remembered)));
}

function recordName(context: Context, request: RecipeRequest): string {
    const question = { ...request, recipe: request.recipe ?? '', file: resolve(context.cwd, request.file), rpkg: manifest.version };
    return hashJson(question).slice('sha256:'.length);
}

function hashOfFile(path: string): string {
    try {
        return createHash('sha256').update(readFileSync(path)).digest('hex');
    } catch {
        return 'none';
    }
}
