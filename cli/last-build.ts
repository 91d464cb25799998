// What the last build of a recipe was made from, and what it gave. While everything it was made from is as it was, the same
// request has the same answer, and nothing needs to be parsed, planned or looked up: a build with nothing to do is quick.
// Everything is compared as it is and nothing hashed, since loading Node's crypto takes longer than the comparisons.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { looksOf } from '../runtime/host/look.ts';
import { toolQuestion } from '../runtime/host/tool-question.ts';
import type { Context } from './context.ts';
import type { Answer } from './print-answer.ts';
import type { RecipeRequest } from './request.ts';
import type { Planned } from './with-plan.ts';

interface Remembered {
    /** What was asked, with the environment and the version of rpkg. */
    readonly question: string;
    readonly answer: Answer;
    /** Path → content; absent for a file that was not there. */
    readonly files: readonly { readonly path: string; readonly text?: string }[];
    readonly folders: Planned['basis']['folders'];
    /** What the identities of the host's tools depend on, one path a line, and how each of them looked. */
    readonly watched: string;
    readonly looks: string;
}

/** The answer of the last build when nothing has changed since. `hasTree`: whether the store still has an output. */
export async function lastAnswer(
    context: Context,
    request: RecipeRequest,
    store: { readonly root: string; readonly hasTree: (digest: string) => boolean },
): Promise<Answer | undefined> {
    const question = questionOf(context, request);
    const known = readRemembered(fileOf(store.root, question));
    if (known?.question !== question) return undefined;
    const same =
        known.answer.outputs.every(({ tree }) => store.hasTree(tree)) &&
        known.files.every(({ path, text }) => readText(path) === text) &&
        looksOf(known.watched === '' ? [] : known.watched.split('\n')) === known.looks &&
        (await sameFolders(known.folders, store.root));
    return same ? known.answer : undefined;
}

async function sameFolders(folders: Remembered['folders'], storeRoot: string): Promise<boolean> {
    if (folders.length === 0) return true;
    const [{ snapshotLocal }, { openStore }] = await Promise.all([
        import('../runtime/fetch/local.ts'),
        import('../runtime/store/store.ts'),
    ]);
    const store = await openStore(storeRoot);
    if (!store.ok) return false;
    for (const { path, exclude, tree } of folders) {
        const now = await snapshotLocal(path, exclude, store.value);
        if (!now.ok || now.value !== tree) return false;
    }
    await store.value.close();
    return true;
}

/** Remembers an answer. What cannot be remembered now only costs the next build its short cut. */
export function rememberAnswer(
    context: Context,
    { request, store, basis }: Planned,
    tools: readonly string[],
    answer: Answer,
): void {
    const watched = [...tools, ...basis.watched];
    const question = questionOf(context, request);
    const remembered: Remembered = {
        question,
        answer,
        files: [...basis.files, basis.lock].map((path) => {
            const text = readText(path);
            return text === undefined ? { path } : { path, text };
        }),
        folders: basis.folders,
        watched: watched.join('\n'),
        looks: looksOf(watched),
    };
    const path = fileOf(store.root, question);
    try {
        mkdirSync(join(store.root, 'builds'), { recursive: true });
        writeFileSync(`${path}.${process.pid}`, JSON.stringify(remembered));
        renameSync(`${path}.${process.pid}`, path);
    } catch {
        // A store that is full or not ours to write: the build itself has succeeded.
    }
}

function questionOf(context: Context, { file, recipe = '', target, host, options, record }: RecipeRequest): string {
    const asked = [
        resolve(context.cwd, file),
        recipe,
        target,
        host,
        options,
        record,
        toolQuestion('', context.env),
        manifest.version,
    ];
    return JSON.stringify(asked);
}

/** Questions that share a file only lose their short cut to each other: the whole question is compared. */
function fileOf(storeRoot: string, question: string): string {
    let sum = 0;
    for (let index = 0; index < question.length; index++) sum = (sum * 31 + question.charCodeAt(index)) % 0x1_0000_0000;
    return join(storeRoot, 'builds', `${sum.toString(16).padStart(8, '0')}.json`);
}

function readRemembered(path: string): Remembered | undefined {
    try {
        return JSON.parse(readFileSync(path, 'utf8')) as Remembered;
    } catch {
        return undefined;
    }
}

function readText(path: string): string | undefined {
    try {
        return readFileSync(path, 'utf8');
    } catch {
        return undefined;
    }
}
