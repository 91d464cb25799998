// The tools that a plan uses, wherever they are: of the host, or of the root file system that the recipe builds in.
import type { EnvironmentFacts } from '../compiler/lower/needs.ts';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { HostTool } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { HostSession } from '../runtime/host/session.ts';
import { identifyTools } from '../runtime/host/tools.ts';
import { type Finished, runProgram } from '../runtime/host/run-program.ts';
import { type Result, success } from '../runtime/result.ts';
import { askInRoot } from '../runtime/rootfs/ask-in-root.ts';
import { identifyRootTools } from '../runtime/rootfs/root-tools.ts';
import { openSandbox } from '../runtime/sandbox/sandbox.ts';
import type { Store } from '../runtime/store/store.ts';
import type { Context } from './context.ts';
import { sandboxFolders } from './sandbox-folders.ts';

export interface Surroundings {
    readonly tools: Readonly<Record<string, HostTool>>;
    /** Asks a tool about itself, with an empty environment. */
    readonly ask: (tool: HostTool, args: readonly string[]) => Promise<Result<Finished, Failure>>;
    /** Where a path that a tool names lies on this machine. */
    readonly place: (path: string) => string;
}

export async function hostSurroundings(
    names: readonly string[],
    host: HostSession,
    { signal }: Context,
): Promise<Result<Surroundings, Failure>> {
    const tools = await identifyTools(names, host);
    if (!tools.ok) return tools;
    return success({
        tools: tools.value,
        place: (path) => path,
        ask: async ({ path }, args) =>
            success(await runProgram({ program: path, args, cwd: '/', environment: {}, timeoutMs: 60_000, signal })),
    });
}

/** `name`: what the recipe calls the environment. */
export async function rootSurroundings(
    names: readonly string[],
    { digest, name }: EnvironmentFacts & { readonly name: string },
    store: Store,
    context: Context,
): Promise<Result<Surroundings, Failure>> {
    const sandbox = await openSandbox('auto', sandboxFolders(context));
    if (!sandbox.ok) return sandbox;
    const tree = digest as TreeDigest;
    const world = { store, tree, sandbox: sandbox.value };
    const tools = await identifyRootTools(names, name, world);
    if (!tools.ok) return tools;
    return success({
        tools: tools.value,
        place: (path) => `${store.objectPath(tree)}${path}`,
        ask: ({ path }, args) => askInRoot(world, [path, ...args]),
    });
}
