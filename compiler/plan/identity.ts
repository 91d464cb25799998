// What of a plan can change the bytes of its outputs. One walk makes the reduced form; digests hash it, `diff` compares
// it, so an explanation cannot drift from the key.
import { hashJson } from './canonical.ts';
import type { Hash } from './digest.ts';
import type { Action, Environment, HostTool, Plan, PlanDigest, Source } from './plan.ts';
import { sandboxEpoch } from './sandbox.ts';

/** The digests of a plan; whatever stands in `plan.digest` is ignored. */
export function planDigest(plan: Omit<Plan, 'digest'>): PlanDigest {
    const { schema, subject, context, layers, environments, actions, outputs, provenance } = plan;
    return {
        execution: executionDigest(plan),
        document: hashJson({ schema, subject, context, layers, environments, actions, outputs, provenance }),
    };
}

/** Digest of a part of a plan, as `execution` is one of the whole. */
export function executionDigest(part: Pick<Plan, 'schema' | 'environments' | 'actions' | 'outputs'>): Hash {
    return hashJson(executionView(part));
}

/** Actions, environments and outputs, without places, urls, names, reasons: a refactored recipe gives the same view. */
function executionView(plan: Pick<Plan, 'schema' | 'environments' | 'actions' | 'outputs'>): object {
    return {
        schema: plan.schema,
        sandbox: sandboxEpoch,
        environments: mapValues(plan.environments, environmentView),
        actions: mapValues(plan.actions, actionView),
        outputs: plan.outputs,
    };
}

/** When an output may be used changes nothing about its bytes. */
export function actionView(action: Action): object {
    if (action.kind === 'fetch') return { kind: 'fetch', source: sourceView(action.source) };
    return action.kind === 'run' ? { ...action, early: undefined } : action;
}

/** Identity of an environment as action keys use it. */
export function environmentHash(environment: Environment): Hash {
    return hashJson(environmentView(environment));
}

function environmentView(environment: Environment): object {
    if (environment.kind === 'rootfs') return { kind: environment.kind, digest: environment.digest };
    return { kind: environment.kind, tools: mapValues(environment.tools, toolView) };
}

/** A tool that is mounted at a fixed place is the same wherever the host keeps it. */
function toolView(tool: HostTool): object {
    return tool.mount === undefined
        ? { path: tool.path, digest: tool.digest, packages: tool.packages }
        : { mount: tool.mount, digest: tool.digest };
}

/** Where bytes were found says nothing about which bytes they are. */
export function sourceView(source: Source): object {
    switch (source.type) {
        case 'local':
            return { type: 'tree', tree: source.tree };
        case 'git':
        case 'debian':
        case 'image':
            return { type: 'tree', tree: source.tree };
        case 'archive':
            return { type: 'archive', hash: source.hash, strip: source.strip };
        case 'file':
            return { type: 'file', hash: source.hash, name: source.name, executable: source.executable };
        case 'crate':
            return { type: 'crate', name: source.name, version: source.version, hash: source.hash };
    }
}

/** Stable name for the record that remembers which tree a pinned source gave. */
export function sourceHash(source: Source): Hash {
    return hashJson(sourceView(source));
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
