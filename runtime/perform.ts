// What it means to perform each kind of action. A result that is known is taken from the store without touching its
// bytes; trees are brought into being only when a command really has to see them.
import { compareBytes } from '../compiler/plan/bytes.ts';
import { hashJson } from '../compiler/plan/canonical.ts';
import { asksForJobserver } from '../compiler/plan/command-line.ts';
import { splitRef } from '../compiler/plan/graph.ts';
import { parseTreeDigest, type TreeDigest } from '../compiler/plan/digest.ts';
import { own } from '../compiler/plan/own.ts';
import type {
    ComposeAction,
    FetchAction,
    Plan,
    RunAction,
    SelectAction,
    TreeRef,
    WriteAction,
} from '../compiler/plan/plan.ts';
import { actionKey } from './action-key.ts';
import { type Available, partsOf, treeAt } from './available-trees.ts';
import { crateBatch } from './crate-batch.ts';
import type { Outputs, Report } from './event.ts';
import type { Failure } from './failure.ts';
import { fetchSource } from './fetch/fetch.ts';
import type { FetchContext } from './fetch/context.ts';
import { recordedTree } from './fetch/recorded.ts';
import { Jobserver } from './jobserver.ts';
import { KnownFiles, unite } from './known-files.ts';
import { failure, type Result, success } from './result.ts';
import { type ActionRecord, asActionRecord, runAction } from './run-action.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { rootPlaces } from './rootfs/root-places.ts';
import type { HostRoot } from './sandbox/host-root.ts';
import { standIns } from './stand-ins.ts';
import type { Store } from './store/store.ts';
import { composedDigest } from './store/compose-tree.ts';
import { digestOfFlat, type FlatTree } from './store/flat-tree.ts';
import { differingPaths } from './store/compare.ts';
import { guarded } from './store/guard.ts';
import { treeWithout } from './store/select-tree.ts';
import { digestOfTree } from './store/tree.ts';
import { WorkFolders } from './work-folders.ts';
import { treeOfTexts } from './store/write-tree.ts';

export interface Performed {
    readonly outputs: Outputs;
    readonly cached: boolean;
}

/** What others may want to know of an action before it is done. */
export interface ActionProgress {
    /** The commands have ended well and only their outputs are to be kept. */
    ended(): void;
    /** These outputs are there and will not change, although the commands still run. */
    published(outputs: Outputs): void;
}

export interface Performer {
    perform(id: string, available: Available, progress: ActionProgress): Promise<Result<Performed, Failure>>;
    /** Makes sure that the tree is in the store; a finished action may only have named it. */
    bring(ref: TreeRef, done: Available): Promise<Result<void, Failure>>;
    /** Expected duration of a run action, for the order of starting; the unit does not matter. */
    estimate(id: string): number;
    /** Removes what was kept for further actions. */
    end(): Promise<void>;
}

export interface PerformOptions {
    readonly plan: Plan;
    readonly store: Store;
    readonly sandbox: Sandbox;
    readonly hostRoot: () => Promise<Result<HostRoot, Failure>>;
    readonly fetch: FetchContext;
    readonly jobs: number;
    readonly report: Report;
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly run: string;
    /** `verify` runs every command although its result is known, and compares. */
    readonly mode: 'build' | 'verify';
}

/** What performing actions shares: the options, and what earlier actions of this run were found to give. */
interface Performing extends PerformOptions {
    readonly known: KnownFiles;
    readonly folders: WorkFolders;
    readonly jobserver: Jobserver;
}

export function performerFor(given: PerformOptions): Performer {
    const { plan } = given;
    const folders = new WorkFolders(given.store);
    const jobserver = new Jobserver(given.jobs, given.store);
    const options: Performing = { ...given, folders, jobserver, known: new KnownFiles(given.store) };
    const crates = crateBatch(plan, { ...options.fetch, report: noteOf(options, 'fetch.main') });
    return {
        estimate: () => 10,
        async end() {
            await jobserver.close();
            await folders.removeAll();
        },
        bring: (ref, done) => bringTree(options, ref, done),
        async perform(id, done, progress) {
            const action = own(plan.actions, id);
            switch (action?.kind) {
                case 'fetch':
                    return await performFetch(options, id, action, crates);
                case 'write':
                    return await performWrite(options, id, action);
                case 'compose':
                    return await performCompose(options, id, action, done);
                case 'select':
                    return await performSelect(options, id, action, done);
                case 'run':
                    return await performRun(options, id, action, done, progress);
                case undefined:
                    throw new Error(`the plan has no action ${id}`);
            }
        },
    };
}

/** A record of an earlier fetch is enough until a command needs the bytes. */
async function performFetch(
    options: PerformOptions,
    id: string,
    { source }: FetchAction,
    crates: () => Promise<Result<void, Failure>>,
): Promise<Result<Performed, Failure>> {
    const { store, report, now } = options;
    const known = presentTree(store, source);
    if (known !== undefined) return cached(options, id, { out: known });
    const started = now();
    report({ kind: 'action-started', action: id, doing: 'fetch' });
    const together = source.type === 'crate' && id !== 'fetch.main' ? await crates() : success(undefined);
    if (!together.ok) return together;
    const fetched = await fetchSource(source, { ...options.fetch, report: noteOf(options, id) });
    if (!fetched.ok) return fetched;
    const outputs = { out: fetched.value };
    report({ kind: 'action-finished', action: id, outputs, durationMs: now() - started });
    return success({ outputs, cached: false });
}

function noteOf({ report }: PerformOptions, action: string): (text: string) => void {
    return (text) => report({ kind: 'note', action, text });
}

/** Folders, commits and root file systems are pinned by their tree itself, everything else by a record of what it gave. */
function presentTree(store: Store, source: FetchAction['source']): TreeDigest | undefined {
    if (!('tree' in source)) return recordedTree(store, source);
    const tree = parseTreeDigest(source.tree);
    return tree !== undefined && store.hasObject(tree) ? tree : undefined;
}

async function performWrite(
    options: PerformOptions,
    id: string,
    { files }: WriteAction,
): Promise<Result<Performed, Failure>> {
    const named = await guarded(() => digestOfTree(treeOfTexts(id, files)));
    return named.ok ? cached(options, id, { out: named.value }) : named;
}

async function performCompose(
    options: Performing,
    id: string,
    { entries, union }: ComposeAction,
    done: Available,
): Promise<Result<Performed, Failure>> {
    const named = await guarded(() =>
        union === undefined ? composedDigest(id, partsOf(entries, done)) : nameUnion(options.known, id, union, done),
    );
    return named.ok ? cached(options, id, { out: named.value }) : named;
}

/** A record of an earlier time is enough while its tree is there: a select has its folder as soon as it has a name. */
async function performSelect(
    options: Performing,
    id: string,
    action: SelectAction,
    done: Available,
): Promise<Result<Performed, Failure>> {
    const { store } = options;
    const from = treeAt(action.tree, done);
    const at = {
        kind: 'select',
        name: recordName(hashJson({ tree: from, without: action.without.toSorted(compareBytes) })),
    };
    const value = store.readRecord(at.kind, at.name);
    const recorded = typeof value === 'string' ? parseTreeDigest(value) : undefined;
    if (recorded !== undefined && store.hasObject(recorded)) return cached(options, id, { out: recorded });
    const selected = await select(options, id, action, done);
    if (!selected.ok) return selected;
    const written = await store.writeRecord(at, selected.value);
    return written.ok ? cached(options, id, { out: selected.value }) : written;
}

async function select(
    options: Performing,
    id: string,
    { tree, without }: SelectAction,
    done: Available,
): Promise<Result<TreeDigest, Failure>> {
    const brought = await bringTree(options, tree, done);
    if (!brought.ok) return brought;
    const from = treeAt(tree, done);
    const part = await guarded(async () => treeWithout(id, await options.known.whole(from), without));
    return part.ok ? await options.store.selectPart(from, part.value) : part;
}

/** Its digest, from what is known of the files of its parts. */
async function nameUnion(
    known: KnownFiles,
    id: string,
    union: readonly TreeRef[],
    done: Available,
): Promise<TreeDigest> {
    const parts: [TreeRef, FlatTree][] = [];
    for (const ref of union) parts.push([ref, await known.ofPart(id, ref, treeAt(ref, done))]);
    const files = unite(id, parts);
    known.remember(id, files);
    return digestOfFlat(files);
}

function cached(
    { report }: PerformOptions,
    action: string,
    outputs: Outputs,
    key?: string,
): Result<Performed, Failure> {
    report({ kind: 'action-cached', action, outputs, ...(key === undefined ? {} : { key }) });
    return success({ outputs, cached: true });
}

async function performRun(
    options: Performing,
    id: string,
    action: RunAction,
    done: Available,
    progress: ActionProgress,
): Promise<Result<Performed, Failure>> {
    const { plan, store, report, mode } = options;
    const environment = own(plan.environments, action.environment);
    if (environment === undefined) throw new Error(`the plan has no environment ${action.environment}`);
    const inputs = new Map(Object.entries(action.mounts).map(([at, { tree }]) => [at, treeAt(tree, done)]));
    const key = actionKey(action, environment, standIns(options, action, done));
    const known = knownRecord(store, key);
    if (known !== undefined && mode === 'build') {
        rememberFiles(options, id, known);
        return cached(options, id, known.outputs, key);
    }
    const unions = unionsOf(options, action, inputs);
    const present = await bringInputs(options, action, unions, done);
    if (!present.ok) return present;
    const host = await rootOf(options, action, done);
    if (!host.ok) return host;
    report({ kind: 'action-started', action: id, doing: 'run' });
    const jobs = action.limits.weight === 0 ? options.jobs : Math.min(action.limits.weight, options.jobs);
    const { sandbox, signal, now, run } = options;
    const lease = await options.jobserver.begin(jobs, asksForJobserver(action));
    const result = await runAction({
        id,
        action,
        environment,
        inputs,
        unions,
        host: host.value,
        jobs,
        jobserver: lease.folder,
        store,
        folders: options.folders,
        sandbox,
        signal,
        now,
        run,
        ended() {
            lease.ended();
            progress.ended();
        },
        early(output, found) {
            options.known.rememberRecorded(`${id}#${output}`, found.digest, found);
            progress.published({ [output]: found.digest });
        },
    });
    lease.close();
    if (!result.ok) return result;
    if (known !== undefined) {
        const compared = await guarded(() => compareRecords(store, id, known, result.value));
        if (!compared.ok) return compared;
        if (compared.value !== undefined) return failure(compared.value);
    } else {
        const written = await store.writeRecord({ kind: 'action', name: recordName(key) }, { ...result.value });
        if (!written.ok) return written;
    }
    rememberFiles(options, id, result.value);
    const { outputs, stdout, stderr, durationMs } = result.value;
    const streams = { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) };
    report({ kind: 'action-finished', action: id, key, outputs, ...streams, durationMs });
    return success({ outputs, cached: false });
}

function rememberFiles({ known }: Performing, id: string, { outputs, files, identities }: ActionRecord): void {
    for (const [output, recorded] of Object.entries(files)) {
        const object = own(outputs, output);
        if (object === undefined) continue;
        known.rememberRecorded(`${id}#${output}`, object, {
            files: recorded,
            identities: own(identities, output) ?? {},
        });
    }
}

/** Unions that are only looked at need not be objects: a folder of the action's own will do. */
function unionsOf(
    { plan, store, known }: Performing,
    action: RunAction,
    inputs: ReadonlyMap<string, TreeDigest>,
): ReadonlyMap<string, FlatTree> {
    const unions = new Map<string, FlatTree>();
    for (const [at, digest] of inputs) {
        const mount = action.mounts[at];
        if (mount === undefined || mount.writable || store.hasObject(digest)) continue;
        const files = isUnion(plan, mount.tree) ? known.get(mount.tree) : undefined;
        if (files !== undefined) unions.set(at, files);
    }
    return unions;
}

function isUnion(plan: Plan, ref: TreeRef): boolean {
    const action = own(plan.actions, splitRef(ref).action);
    return action?.kind === 'compose' && action.union !== undefined;
}

function recordName(key: string): string {
    return key.slice('sha256:'.length);
}

/** What lies outside of `/rpkg`. A root file system is in the store: a fetch brought it there. */
async function rootOf(
    { hostRoot, store }: Performing,
    { root }: RunAction,
    done: Available,
): Promise<Result<HostRoot, Failure>> {
    if (root === undefined) return await hostRoot();
    return await guarded(() => rootPlaces(store.objectPath(treeAt(root, done)), { writable: false }));
}

/** A record counts only while all the trees it names are there. */
function knownRecord(store: Store, key: string): ActionRecord | undefined {
    const record = asActionRecord(store.readRecord('action', recordName(key)));
    return record !== undefined && Object.values(record.outputs).every((tree) => store.hasObject(tree))
        ? record
        : undefined;
}

/** Makes sure that the bytes of every input are there: fetches again what was only recorded, composes what was only named. */
async function bringInputs(
    options: Performing,
    action: RunAction,
    unions: ReadonlyMap<string, FlatTree>,
    done: Available,
): Promise<Result<void, Failure>> {
    for (const [at, { tree }] of Object.entries(action.mounts)) {
        if (unions.has(at)) continue;
        const brought = await bringTree(options, tree, done);
        if (!brought.ok) return brought;
    }
    return success(undefined);
}

async function bringTree(options: Performing, ref: TreeRef, done: Available): Promise<Result<void, Failure>> {
    const { plan, store } = options;
    if (store.hasObject(treeAt(ref, done))) return success(undefined);
    const id = splitRef(ref).action;
    const action = own(plan.actions, id);
    switch (action?.kind) {
        case 'fetch':
            return withoutValue(await fetchSource(action.source, { ...options.fetch, report: noteOf(options, id) }));
        case 'write':
            return withoutValue(await store.writeFiles(action.files, id));
        case 'compose':
            if (action.union !== undefined) {
                const files = options.known.get(ref) ?? new Map();
                return withoutValue(await store.uniteFiles(files));
            }
            for (const part of Object.values(action.entries)) {
                const brought = await bringTree(options, part, done);
                if (!brought.ok) return brought;
            }
            return withoutValue(await store.compose(partsOf(action.entries, done), id));
        case 'select':
            return withoutValue(await select(options, id, action, done));
        case 'run':
        case undefined: {
            const digest = treeAt(ref, done);
            const detail = 'it went away while the plan was running';
            return failure({ kind: 'corrupt-object', digest, path: store.objectPath(digest), detail });
        }
    }
}

function withoutValue(result: Result<unknown, Failure>): Result<void, Failure> {
    return result.ok ? success(undefined) : result;
}

function compareRecords(store: Store, action: string, known: ActionRecord, now: ActionRecord): Failure | undefined {
    for (const [output, first] of Object.entries(known.outputs)) {
        const second = now.outputs[output];
        if (second === undefined || second === first) continue;
        const paths = differingPaths(store.objectPath(first), store.objectPath(second));
        return { kind: 'not-reproducible', action, output, first, second, paths };
    }
    return undefined;
}
