// One run action from inputs in the store to outputs in the store. Knows no graph: who comes next is not its business.
import { closeSync, createReadStream, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHash, parseTreeDigest, type TreeDigest } from '../compiler/plan/digest.ts';
import { own } from '../compiler/plan/own.ts';
import type { RunAction } from '../compiler/plan/plan.ts';
import type { Outputs } from './event.ts';
import type { Failure } from './failure.ts';
import { type EarlyOutput, watchEarly } from './early-outputs.ts';
import { demand } from './host/demand.ts';
import { asRecordedFiles, type RecordedFiles, recordedFiles } from './known-files.ts';
import type { Result } from './result.ts';
import { asIdentities, type Identities, identitiesOf, sourcesRead } from './rust-identity.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Exit, SandboxSpec } from './sandbox/spec.ts';
import { guarded, refuse } from './store/guard.ts';
import { digestOfFolder, type ReadRules } from './store/read-tree.ts';
import type { Store } from './store/store.ts';
import { freshFolders, hostFolder, stageAction, type StageRequest, withoutJobserver } from './stage-action.ts';
import type { WorkFolders } from './work-folders.ts';

/** What the store remembers of a finished action, under its key. */
export interface ActionRecord {
    readonly outputs: Outputs;
    /** Hashes of what it printed; absent when it printed nothing. */
    readonly stdout?: string;
    readonly stderr?: string;
    readonly durationMs: number;
    /** Output → its files, for those that are small folders of files: what unions need to know. */
    readonly files: Readonly<Record<string, RecordedFiles>>;
    /** Output → what stands for its files in keys, where that is not their bytes. */
    readonly identities: Readonly<Record<string, Identities>>;
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
    /** Called when an output is there although the commands still run. */
    readonly early: (output: string, found: EarlyOutput) => void;
}

/** Runs the action and imports its outputs. After a failure its folders are kept below `failed/` for `rpkg shell`. */
export async function runAction(request: RunRequest): Promise<Result<ActionRecord, Failure>> {
    const fresh = freshFolders(request.action).map((at) => hostFolder('work', at));
    const folder = await request.folders.take(fresh, ['stdout', 'stderr']);
    if (!folder.ok) return folder;
    const result = await guarded(() => runIn(request, folder.value.path));
    await request.folders.giveBack(folder.value, putsMore(request));
    return result;
}

/** Besides its own folders an action may have copies of inputs, and inputs made of files. */
function putsMore({ action, unions }: RunRequest): boolean {
    return unions.size > 0 || Object.values(action.mounts).some(({ writable }) => writable);
}

/** Throws refusals and errors of the system. */
async function runIn(request: RunRequest, folder: string): Promise<ActionRecord> {
    const { action, store, id } = request;
    const work = join(folder, 'work');
    const spec = demand(await stageAction({ ...request, folder: work }));
    const started = request.now();
    const watch = watchEarly(earlyFolders(action, work), keepEarly(request, work, spec));
    const exit = await capture(request, spec, folder).catch(async (error: unknown) => {
        await watch.finish();
        throw error;
    });
    const early = await watch.finish();
    if (exit.kind === 'cancelled') refuse({ kind: 'interrupted', signal: String(request.signal.reason) });
    if (exit.kind !== 'exit' || exit.code !== 0) {
        refuse(exitFailure(request, exit, keep(request, spec, folder)));
    }
    const outputs: Record<string, TreeDigest> = {};
    const files: Record<string, RecordedFiles> = {};
    const identities: Record<string, Identities> = {};
    const all = Object.entries(action.outputs);
    for (const [index, [name, at]] of all.entries()) {
        const rules = rulesOf(id, name, at);
        const before = early.get(name);
        if (before !== undefined) {
            const now = await guarded(() => digestOfFolder(hostFolder(work, at), rules));
            const problem = now.ok ? changedEarly(name, before, now.value) : now.failure;
            if (problem !== undefined) refuse(badOutput(request, name, problem, () => keep(request, spec, folder)));
            outputs[name] = before.digest;
            files[name] = before.files;
            identities[name] = before.identities;
            continue;
        }
        // Only the last one, after which the folders need not be kept any more.
        const adopts = index === all.length - 1 && !request.sandbox.keepsAttributes;
        const imported = adopts
            ? await store.adoptFolder(hostFolder(work, at), rules)
            : await store.importFolder(hostFolder(work, at), rules);
        if (!imported.ok) refuse(badOutput(request, name, imported.failure, () => keep(request, spec, folder)));
        const { digest, tree } = imported.value;
        outputs[name] = digest;
        const flat = recordedFiles(tree);
        if (flat === undefined) continue;
        files[name] = flat;
        const sources = sourcesFor(request, name, work, spec);
        identities[name] =
            sources === undefined ? {} : identitiesOf(Object.keys(flat), store.objectPath(digest), sources);
    }
    return { outputs, files, identities, ...(await keepStreams(store, folder)), durationMs: request.now() - started };
}

function rulesOf(id: string, output: string, at: string): ReadRules {
    return { what: `output \`${output}\` of \`${id}\``, rewriteRoot: at };
}

function earlyFolders({ early, outputs }: RunAction, work: string): ReadonlyMap<string, string> {
    return new Map((early ?? []).map((name) => [name, hostFolder(work, outputs[name] ?? '')]));
}

/** The sources whose hashes an output may hold; undefined when its own bytes stand for it. */
function sourcesFor(
    { action }: RunRequest,
    output: string,
    work: string,
    spec: SandboxSpec,
): readonly string[] | undefined {
    if (own(action.identity ?? {}, output) === undefined) return undefined;
    return sourcesRead(action, hostFolder(work, action.scratch), spec.binds);
}

/** Keeps a copy: the one who wrote it may still have it open. A tree that cannot be kept now is for the end to judge. */
function keepEarly(request: RunRequest, work: string, spec: SandboxSpec): EarlyKeeper {
    const { action, store, id, early } = request;
    return async (name) => {
        const sources = sourcesFor(request, name, work, spec);
        // Nobody may start with an output before it is known what stands for it.
        if (sources === undefined && own(action.identity ?? {}, name) !== undefined) return undefined;
        const at = action.outputs[name] ?? '';
        const imported = await store.importFolder(hostFolder(work, at), rulesOf(id, name, at));
        const files = imported.ok ? recordedFiles(imported.value.tree) : undefined;
        if (!imported.ok || files === undefined) return undefined;
        const { digest } = imported.value;
        const identities = identitiesOf(Object.keys(files), store.objectPath(digest), sources ?? []);
        const found = { digest, files, identities };
        early(name, found);
        return found;
    };
}

type EarlyKeeper = Parameters<typeof watchEarly>[1];

/** What others have started with must be what is there in the end. */
function changedEarly(output: string, before: EarlyOutput, now: TreeDigest): Failure | undefined {
    if (before.digest === now) return undefined;
    const detail = 'it was changed after it had been complete';
    return { kind: 'bad-tree', what: output, rule: 'early', entry: '.', detail };
}

async function capture(request: RunRequest, spec: SandboxSpec, folder: string): Promise<Exit> {
    const { signal, ended } = request;
    const stdout = openSync(join(folder, 'stdout'), 'a');
    const stderr = openSync(join(folder, 'stderr'), 'a');
    try {
        return demand(await request.sandbox.run(spec, { stdout, stderr, terminal: false, signal, ended }));
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
    /** Whether what lies outside of `/rpkg` is a root file system of the store, which stays. */
    readonly hasRoot?: boolean;
}

/** Moves the action's folder away from the temporary place and writes down how it was run. Gives the new place. */
function keep(request: RunRequest, staged: SandboxSpec, folder: string): string {
    const { store, id, run, action } = request;
    const spec = withoutJobserver(staged, request);
    const failed = join(store.root, 'failed');
    const kept = join(failed, `${id}-${run}`);
    const binds = spec.binds.map((bind) => ({ ...bind, from: withoutFolder(bind.from, folder) }));
    const description: KeptAction = { id, run, spec: { ...spec, binds }, hasRoot: action.root !== undefined };
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
    return {
        outputs: trees,
        durationMs,
        files: filesOf(value),
        identities: identitiesIn(value),
        ...stream(value, 'stdout'),
        ...stream(value, 'stderr'),
    };
}

/** What is not as it should be counts as not remembered. */
function filesOf(value: object): Record<string, RecordedFiles> {
    return partsOf('files' in value ? value.files : undefined, asRecordedFiles);
}

function identitiesIn(value: object): Record<string, Identities> {
    return partsOf('identities' in value ? value.identities : undefined, asIdentities);
}

function partsOf<Part>(value: unknown, read: (part: unknown) => Part | undefined): Record<string, Part> {
    const found: [string, Part][] = [];
    for (const [output, part] of Object.entries(value ?? {})) {
        const known = read(part);
        if (known !== undefined) found.push([output, known]);
    }
    return Object.fromEntries(found);
}

function stream(value: object, name: 'stdout' | 'stderr'): { stdout?: string; stderr?: string } {
    const hash = (value as Readonly<Record<string, unknown>>)[name];
    return typeof hash === 'string' && parseHash(hash) !== undefined ? { [name]: hash } : {};
}
