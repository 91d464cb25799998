// Reads everything a store holds and tells what is not as it should be. Changes nothing.
import * as fs from 'node:fs';
import { hashOf, type TreeDigest } from '../../compiler/plan/digest.ts';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import { hashFile } from './blobs.ts';
import { failureOf } from './guard.ts';
import { blobName, digestOfName, type Layout, objectName } from './layout.ts';
import { readTree, type TreeSink } from './read-tree.ts';
import { decodeRecord, recordNameOf, treesOf } from './records.ts';
import { isVersionDraft } from './store-folder.ts';
import { directoryMode, executableMode, fileMode, stagedRootMode } from './stage.ts';
import { ownerState } from './temporary.ts';
import { digestOfTree } from './tree.ts';

export type StoreProblem =
    | {
          readonly kind: 'corrupt-object';
          readonly digest: TreeDigest;
          readonly path: string;
          readonly detail: string;
      }
    | { readonly kind: 'corrupt-blob'; readonly path: string; readonly detail: string }
    | { readonly kind: 'corrupt-record'; readonly path: string }
    | { readonly kind: 'dangling-record'; readonly path: string; readonly digest: TreeDigest }
    /** Something in the store's folder that rpkg did not put there. */
    | { readonly kind: 'foreign'; readonly path: string }
    /** A folder or file that cannot be looked at. */
    | { readonly kind: 'unreadable'; readonly path: string; readonly code: string }
    /** What a process left that is no more; the next write removes it. */
    | { readonly kind: 'stale-temporary'; readonly path: string };

/** All problems, one after the other; the store may be in use meanwhile. */
export async function* storeProblems(layout: Layout): AsyncGenerator<StoreProblem> {
    const parts = [foreignNames, objectProblems, blobProblems, recordProblems, temporaryProblems];
    for (const part of parts) {
        try {
            yield* part(layout);
        } catch (error) {
            const problem = failureOf(error);
            if (problem.kind !== 'system') throw error;
            yield { kind: 'unreadable', path: problem.path, code: problem.code };
        }
    }
}

function* temporaryProblems(layout: Layout): Generator<StoreProblem> {
    for (const name of namesIn(layout.temporary)) {
        const path = `${layout.temporary}/${name}`;
        const state = ownerState(layout.temporary, name);
        if (state === 'dead') yield { kind: 'stale-temporary', path };
        if (state === 'foreign') yield { kind: 'foreign', path };
    }
}

function* foreignNames(layout: Layout): Generator<StoreProblem> {
    const known = new Set(Object.values(layout));
    for (const name of namesIn(layout.root)) {
        const path = `${layout.root}/${name}`;
        // A store may be the root of a file system of its own.
        if (isVersionDraft(name)) yield { kind: 'stale-temporary', path };
        else if (!known.has(path) && name !== 'lost+found') yield { kind: 'foreign', path };
    }
}

async function* objectProblems(layout: Layout): AsyncGenerator<StoreProblem> {
    for (const name of namesIn(layout.objects)) {
        const path = `${layout.objects}/${name}`;
        const digest = digestOfName(name);
        if (digest === undefined) {
            yield { kind: 'foreign', path };
        } else {
            const detail = await objectProblem(path, digest);
            if (detail !== undefined) yield { kind: 'corrupt-object', digest, path, detail };
        }
    }
}

const sink: TreeSink = {
    directory: () => undefined,
    link: () => undefined,
    open: () => undefined,
    inspect: (path, status) => {
        if (Math.trunc(status.mtimeMs / 1000) !== fixedMtimeSeconds) return 'another time than objects have';
        const mode = status.mode & 0o7777;
        if (status.isFile()) return mode === fileMode || mode === executableMode ? undefined : modeProblem(mode);
        // The root's mode is set right after the rename that shows the object.
        return mode === directoryMode || (path === '' && mode === stagedRootMode) ? undefined : modeProblem(mode);
    },
};

function modeProblem(mode: number): string {
    return `mode ${mode.toString(8)}`;
}

/** What is wrong with one object's folder. */
async function objectProblem(path: string, digest: TreeDigest): Promise<string | undefined> {
    try {
        const actual = digestOfTree(await readTree(path, sink, { what: digest }));
        return actual === digest ? undefined : `it is ${actual}`;
    } catch (error) {
        return describe(error);
    }
}

async function* blobProblems(layout: Layout): AsyncGenerator<StoreProblem> {
    for (const name of namesIn(layout.blobs)) {
        const path = `${layout.blobs}/${name}`;
        if (/^[0-9a-f]{64}$/.test(name)) {
            const detail = await blobProblem(path, name);
            if (detail !== undefined) yield { kind: 'corrupt-blob', path, detail };
        } else {
            yield { kind: 'foreign', path };
        }
    }
}

async function blobProblem(path: string, name: string): Promise<string | undefined> {
    try {
        if (!fs.lstatSync(path).isFile()) return 'not a file';
        const actual = await hashFile(path);
        return blobName(actual) === name ? undefined : `it is ${actual}, not ${hashOf(name)}`;
    } catch (error) {
        return describe(error);
    }
}

function* recordProblems(layout: Layout): Generator<StoreProblem> {
    for (const kind of namesIn(layout.records)) {
        const folder = `${layout.records}/${kind}`;
        if (!fs.lstatSync(folder).isDirectory()) {
            yield { kind: 'foreign', path: folder };
            continue;
        }
        for (const file of namesIn(folder)) yield* recordProblem(layout, kind, file);
    }
}

function* recordProblem(layout: Layout, kind: string, file: string): Generator<StoreProblem> {
    const path = `${layout.records}/${kind}/${file}`;
    const at = recordNameOf(kind, file);
    if (at === undefined) {
        yield { kind: 'foreign', path };
        return;
    }
    const value = fs.lstatSync(path).isFile() ? decodeRecord(at, fs.readFileSync(path, 'utf8')) : undefined;
    if (value === undefined) {
        yield { kind: 'corrupt-record', path };
        return;
    }
    for (const digest of treesOf(value)) {
        const object = fs.lstatSync(`${layout.objects}/${objectName(digest)}`, { throwIfNoEntry: false });
        if (object?.isDirectory() !== true) yield { kind: 'dangling-record', path, digest };
    }
}

/** In byte order; a folder that is not there yet is empty. */
function namesIn(folder: string): string[] {
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder).sort();
}

function describe(error: unknown): string {
    const problem = failureOf(error);
    if (problem.kind === 'bad-tree') return `${problem.entry}: ${problem.detail}`;
    return problem.kind === 'system' ? `${problem.code} on ${problem.operation} ${problem.path}` : problem.kind;
}
