// One run action from inputs in the store to outputs in the store. Knows no graph: who comes next is not its business.
import { closeSync, createReadStream, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHash, parseTreeDigest, type TreeDigest } from '../compiler/plan/digest.ts';
import type { Outputs } from './event.ts';
import type { Failure } from './failure.ts';
import { demand } from './host/demand.ts';
import type { Result } from './result.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Exit, SandboxSpec } from './sandbox/spec.ts';
import { guarded, refuse } from './store/guard.ts';
import type { Store } from './store/store.ts';
import { freshFolders, hostFolder, stageAction, type StageRequest } from './stage-action.ts';
import type { WorkFolders } from './work-folders.ts';

/** What the store remembers of a finished action, under its key. */
export interface ActionRecord {
    readonly outputs: Outputs;
    /** Hashes of what it printed; absent when it printed nothing. */
    readonly stdout?: string;
    readonly stderr?: string;
    readonly durationMs: number;
}

export interface RunRequest extends Omit<StageRequest, 'folder'> {
    readonly id: string;
    readonly run: string;
    readonly folders: WorkFolders;
    readonly sandbox: Sandbox;
    readonly signal: AbortSignal;
    readonly now: () => number;
    /** Called when the commands have ended well. */
    readonly ended: () => void;
}

/** Runs the action and imports its outputs. After a failure its folders are kept below `failed/` for `rpkg shell`. */
export async function runAction(request: RunRequest): Promise<Result<ActionRecord, Failure>> {
    const fresh = freshFolders(request.action).map((at) => hostFolder('work', at));
    const folder = await request.folders.take(fresh, ['stdout', 'stderr']);
    if (!folder.ok) return folder;
    const result = await guarded(() => runIn(request, folder.value.path));
    await request.folders.giveBack(folder.value);
    return result;
}

/** Throws refusals and errors of the system. */
async function runIn(request: RunRequest, folder: string): Promise<ActionRecord> {
    const { action, store, id } = request;
    const work = join(folder, 'work');
    const spec = demand(await stageAction({ ...request, folder: work }));
    const started = request.now();
    const exit = await capture(request, spec, folder);
    if (exit.kind === 'cancelled') refuse({ kind: 'interrupted', signal: String(request.signal.reason) });
    if (exit.kind !== 'exit' || exit.code !== 0) {
        refuse(exitFailure(request, exit, keep(request, spec, folder)));
    }
    request.ended();
    const outputs: Record<string, TreeDigest> = {};
    const all = Object.entries(action.outputs);
    for (const [index, [name, at]] of all.entries()) {
        const rules = { what: `output \`${name}\` of \`${id}\``, rewriteRoot: at };
        // Only the last one, after which the folders need not be kept any more.
        const adopts = index === all.length - 1 && !request.sandbox.keepsAttributes;
        const imported = adopts
            ? await store.adoptTree(hostFolder(work, at), rules)
            : await store.importTree(hostFolder(work, at), rules);
        if (!imported.ok) refuse(badOutput(request, name, imported.failure, () => keep(request, spec, folder)));
        outputs[name] = imported.value;
    }
    return { outputs, ...(await keepStreams(store, folder)), durationMs: request.now() - started };
}

async function capture(request: RunRequest, spec: SandboxSpec, folder: string): Promise<Exit> {
    const stdout = openSync(join(folder, 'stdout'), 'a');
    const stderr = openSync(join(folder, 'stderr'), 'a');
    try {
        return demand(await request.sandbox.run(spec, { stdout, stderr, terminal: false, signal: request.signal }));
    } finally {
        closeSync(stdout);
        closeSync(stderr);
    }
}

async function keepStreams(store: Store, folder: string): Promise<{ stdout?: string; stderr?: string }> {
    const streams: { stdout?: string; stderr?: string } = {};
    for (const name of ['stdout', 'stderr'] as const) {
        const path = join(folder, name);
        if (statSync(path).size > 0) streams[name] = demand(await store.putBlob(createReadStream(path)));
    }
    return streams;
}

/** What `rpkg shell` needs to open the folders again. Paths below `folder` are written relative to it. */
export interface KeptAction {
    readonly id: string;
    readonly run: string;
    readonly spec: SandboxSpec;
}

/** Moves the action's folder away from the temporary place and writes down how it was run. Gives the new place. */
function keep({ store, id, run }: RunRequest, spec: SandboxSpec, folder: string): string {
    const failed = join(store.root, 'failed');
    const kept = join(failed, `${id}-${run}`);
    const binds = spec.binds.map((bind) => ({ ...bind, from: withoutFolder(bind.from, folder) }));
    const description: KeptAction = { id, run, spec: { ...spec, binds } };
    writeFileSync(join(folder, 'action.json'), `${JSON.stringify(description, undefined, 2)}\n`);
    mkdirSync(failed, { recursive: true, mode: 0o700 });
    renameSync(folder, kept);
    return kept;
}

function withoutFolder(path: string, folder: string): string {
    return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** What an action must not leave is its own mistake and not a bad source; its folders are worth looking at. */
function badOutput({ id }: RunRequest, output: string, problem: Failure, keepFolders: () => string): Failure {
    if (problem.kind !== 'bad-tree') return problem;
    const kept = keepFolders();
    const { rule, entry, detail } = problem;
    return { kind: 'bad-output', action: id, output, rule, entry, detail, log: join(kept, 'stderr'), kept };
}

function exitFailure({ id, action }: RunRequest, exit: Exit, kept: string): Failure {
    const log = join(kept, 'stderr');
    switch (exit.kind) {
        case 'timeout':
            return { kind: 'action-timeout', action: id, seconds: action.limits.timeoutSeconds, log, kept };
        case 'exit':
            return { kind: 'action-failed', action: id, exit: `exit status ${exit.code}`, log, kept };
        case 'signal':
            return { kind: 'action-failed', action: id, exit: `ended by ${exit.signal}`, log, kept };
        case 'output-limit':
            return { kind: 'action-failed', action: id, exit: 'it printed more than may be kept', log, kept };
        case 'cancelled':
            return { kind: 'interrupted', signal: 'SIGINT' };
    }
}

/** A record as read back from the store; undefined when it is not one, whatever wrote it. */
export function asActionRecord(value: unknown): ActionRecord | undefined {
    if (typeof value !== 'object' || value === null || !('outputs' in value) || !('durationMs' in value))
        return undefined;
    const { outputs, durationMs } = value;
    if (typeof outputs !== 'object' || outputs === null || typeof durationMs !== 'number') return undefined;
    const trees: Record<string, TreeDigest> = {};
    for (const [name, digest] of Object.entries(outputs)) {
        const tree = typeof digest === 'string' ? parseTreeDigest(digest) : undefined;
        if (tree === undefined) return undefined;
        trees[name] = tree;
    }
    return { outputs: trees, durationMs, ...stream(value, 'stdout'), ...stream(value, 'stderr') };
}

function stream(value: object, name: 'stdout' | 'stderr'): { stdout?: string; stderr?: string } {
    const hash = (value as Readonly<Record<string, unknown>>)[name];
    return typeof hash === 'string' && parseHash(hash) !== undefined ? { [name]: hash } : {};
}
