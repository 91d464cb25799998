// One run action → what the sandbox is given: folders in a private place, binds, environment, limits. Nothing is run.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine, type Grants, withGrants } from '../compiler/plan/command-line.ts';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { Environment, RunAction } from '../compiler/plan/plan.ts';
import { jobserverPlace, sandboxRoot, toolFolders } from '../compiler/plan/sandbox.ts';
import type { Failure } from './failure.ts';
import { type Result, success } from './result.ts';
import { jobserverFlags } from './jobserver.ts';
import type { HostRoot } from './sandbox/host-root.ts';
import type { Bind, SandboxSpec } from './sandbox/spec.ts';
import type { FlatTree } from './store/flat-tree.ts';
import type { Store } from './store/store.ts';

export interface StageRequest {
    readonly action: RunAction;
    readonly environment: Environment;
    /** Sandbox path → tree; all of them are in the store, but for those in `unions`. */
    readonly inputs: ReadonlyMap<string, TreeDigest>;
    /** Sandbox path → files, for inputs that are made of files of the store when they are needed. */
    readonly unions: ReadonlyMap<string, FlatTree>;
    /** A folder that belongs to this action alone, with nothing in it but its fresh folders. */
    readonly folder: string;
    readonly host: HostRoot;
    readonly jobs: number;
    /** The folder with the action's own pipe of tokens. */
    readonly jobserver: string | undefined;
    readonly store: Store;
}

/** How much an action may print before it is ended. */
const outputBytes = 256 * 2 ** 20;

/** Makes the action's folders and says how to run it. Fails when a private copy cannot be made. */
export async function stageAction(request: StageRequest): Promise<Result<SandboxSpec, Failure>> {
    const { action, inputs, unions, folder, store } = request;
    const binds: Bind[] = [...request.host.binds, ...toolBinds(request.environment)];
    for (const [at, digest] of inputs) {
        const files = unions.get(at);
        if (files !== undefined) {
            makeParent(hostFolder(folder, at));
            const linked = await store.linkFiles(files, hostFolder(folder, at));
            if (!linked.ok) return linked;
            binds.push({ at, from: hostFolder(folder, at), writable: false });
            continue;
        }
        if (action.mounts[at]?.writable !== true) {
            binds.push({ at, from: store.objectPath(digest), writable: false });
            continue;
        }
        makeParent(hostFolder(folder, at));
        const copied = await store.materialise(digest, hostFolder(folder, at));
        if (!copied.ok) return copied;
        binds.push({ at, from: hostFolder(folder, at), writable: true });
    }
    const fresh = freshFolders(action);
    binds.push(...fresh.map((at) => ({ at, from: hostFolder(folder, at), writable: true })));
    if (request.jobserver !== undefined) binds.push({ at: jobserverPlace, from: request.jobserver, writable: false });
    const grants = { jobs: request.jobs, jobserver: request.jobserver === undefined ? '' : jobserverFlags };
    return success({
        argv: commandLine(action),
        env: environmentOf(action, grants),
        cwd: action.cwd,
        binds,
        links: request.host.links,
        limits: limitsOf(action),
    });
}

/** Where a folder that is made for the action lies on the host. */
export function hostFolder(folder: string, at: string): string {
    return join(folder, at.slice(sandboxRoot.length + 1));
}

/** A place two names below the sandbox root lies in a folder that the action does not see. */
function makeParent(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
}

/** Folders that the action finds empty. */
export function freshFolders(action: RunAction): readonly string[] {
    return [action.scratch, ...Object.values(action.outputs)].filter((at) => !Object.hasOwn(action.mounts, at));
}

function environmentOf({ env }: RunAction, grants: Grants): SandboxSpec['env'] {
    return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, withGrants(value, grants)]));
}

/** The same request for later, when the build and its jobserver are gone. */
export function withoutJobserver(
    spec: SandboxSpec,
    { action, jobs }: Pick<StageRequest, 'action' | 'jobs'>,
): SandboxSpec {
    const binds = spec.binds.filter(({ at }) => at !== jobserverPlace);
    return { ...spec, binds, env: environmentOf(action, { jobs, jobserver: '' }) };
}

function limitsOf({ limits: { timeoutSeconds, memoryBytes } }: RunAction): SandboxSpec['limits'] {
    return { timeoutMs: timeoutSeconds * 1000, outputBytes, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
}

/** Tools outside of /usr, each mount once: only the folders that the tool's digest covers. */
function toolBinds(environment: Environment): readonly Bind[] {
    const roots = new Map<string, string>();
    for (const { mount, root } of Object.values(environment.tools)) {
        if (mount !== undefined && root !== undefined) roots.set(mount, root);
    }
    return [...roots].flatMap(([mount, root]) =>
        toolFolders
            .filter((name) => existsSync(join(root, name)))
            .map((name) => ({ at: `${mount}/${name}`, from: join(root, name), writable: false })),
    );
}
