// The emitted files of a plan in a folder of their own, with the sources beside them, and running them.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import { emitMakefile } from '../../../compiler/emit/makefile.ts';
import { emitShell } from '../../../compiler/emit/shell.ts';
import { treeFolder, workFolder } from '../../../compiler/emit/shell-names.ts';
import { type TreeDigest, parseTreeDigest } from '../../../compiler/plan/digest.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { writeTar } from '../../../runtime/archive/write-tar.ts';
import { demand } from '../../support/demand.ts';
import type { Workshop } from '../../support/workshop.ts';

/** Makes the folder, with everything that `rpkg emit make` would put there. Sources are local trees of the store. */
export async function writeEmitted(plan: Plan, workshop: Workshop, folder: string): Promise<void> {
    fs.mkdirSync(`${folder}/sources`, { recursive: true });
    const archives = new Map<string, string>();
    for (const [id, action] of Object.entries(plan.actions)) {
        if (action.kind !== 'fetch') continue;
        const tree = 'tree' in action.source ? parseTreeDigest(action.source.tree) : undefined;
        if (tree === undefined) throw new Error(`${id} is no local source`);
        const hash = demand(await writeTar(workshop.store.objectPath(tree), `${folder}/sources/${id}.tar`));
        archives.set(id, hash.slice('sha256:'.length));
    }
    fs.writeFileSync(`${folder}/build.sh`, emitShell(plan, archives));
    fs.writeFileSync(`${folder}/Makefile`, emitMakefile(plan));
}

export interface CallOptions {
    readonly environment?: Readonly<Record<string, string>>;
    readonly path?: string;
}

/** Runs a command in the folder, with next to nothing in its environment. */
export function call(folder: string, words: readonly string[], options: CallOptions = {}): SpawnSyncReturns<string> {
    const [program = '', ...args] = words;
    return spawnSync(program, args, {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: options.path ?? '/usr/bin:/bin', RPKG_JOBS: '2', ...options.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
}

/** Tree of each output of each action, as the script left it: `ACTION` or `ACTION#OUTPUT` → digest. */
export async function emittedTrees(plan: Plan, workshop: Workshop, work: string): Promise<Record<string, TreeDigest>> {
    const trees: Record<string, TreeDigest> = {};
    for (const ref of referencesOf(plan)) {
        trees[ref] = await workshop.treeOf(`${work}/${workFolder(plan)}/trees/${treeFolder(ref)}`);
    }
    return trees;
}

/** Every tree that the plan's actions give. */
export function referencesOf(plan: Plan): readonly string[] {
    return Object.entries(plan.actions).flatMap(([id, action]) =>
        action.kind === 'run'
            ? Object.keys(action.outputs).map((output) => (output === 'out' ? id : `${id}#${output}`))
            : [id],
    );
}
