// A question to a program of a root file system. It is asked in the sandbox, since it is a program of that root, not of
// the host, and may not be able to run anywhere else.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeDigest } from '../../compiler/plan/digest.ts';
import type { Failure } from '../failure.ts';
import { inScratch } from '../fetch/scratch.ts';
import { demand } from '../host/demand.ts';
import type { Finished } from '../host/run-program.ts';
import type { Result } from '../result.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { guarded } from '../store/guard.ts';
import type { Store } from '../store/store.ts';
import { rootPlaces } from './root-places.ts';

export interface RootWorld {
    readonly store: Store;
    /** In the store. */
    readonly tree: TreeDigest;
    readonly sandbox: Sandbox;
}

/** `argv` starts with an absolute path in the root. */
export async function askInRoot(
    { store, tree, sandbox }: RootWorld,
    argv: readonly string[],
): Promise<Result<Finished, Failure>> {
    return await guarded(() =>
        inScratch(store, 'ask', async (folder) => {
            const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
            const descriptors = [openSync(stdout, 'a'), openSync(stderr, 'a')] as const;
            try {
                const spec = {
                    argv,
                    env: { LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
                    cwd: '/tmp',
                    ...rootPlaces(store.objectPath(tree), { writable: false }),
                    limits: { timeoutMs: 60_000, outputBytes: 16 << 20 },
                };
                const io = { stdout: descriptors[0], stderr: descriptors[1], terminal: false };
                const exit = demand(await sandbox.run(spec, io));
                const exitCode = exit.kind === 'exit' ? exit.code : null;
                const cause = exit.kind === 'exit' ? '' : exit.kind;
                return { exitCode, stdout: readFileSync(stdout), stderr: readFileSync(stderr, 'utf8'), cause };
            } finally {
                for (const descriptor of descriptors) closeSync(descriptor);
            }
        }),
    );
}
