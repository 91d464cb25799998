import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { keptHostRoot } from '../../runtime/sandbox/kept-etc.ts';
import { openSandbox } from '../../runtime/sandbox/sandbox.ts';
import type { Bind } from '../../runtime/sandbox/spec.ts';
import { success } from '../../runtime/result.ts';
import type { KeptAction } from '../../runtime/run-action.ts';
import type { CommandRun } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { openUserStore } from '../open-store.ts';
import { endWithFailures } from '../report.ts';
import { tellUsage } from '../request.ts';
import { sandboxFolders } from '../sandbox-folders.ts';
import { tierOf } from '../run-settings.ts';
import type { Store } from '../../runtime/store/store.ts';

/** `rpkg shell [ACTION] [-c TEXT]`: opens the kept folders of a failed action, with the environment it had. */
export const shell: CommandRun = async (context, args) => {
    const tier = tierOf(args.value('sandbox'));
    if (tier === undefined) {
        tellUsage(context, '`--sandbox` takes bwrap or unshare');
        return exitCodes.usage;
    }
    const store = await openUserStore(context, args);
    if (!store.ok) return endWithFailures(context, [store.failure], {});
    const kept = latestKept(store.value, args.operands[0]);
    if (kept === undefined) {
        context.err.write('no folders of a failed action are kept; an action that fails keeps its own\n');
        return exitCodes.finding;
    }
    const sandbox = await openSandbox(tier, sandboxFolders(context));
    if (!sandbox.ok) return endWithFailures(context, [sandbox.failure], {});
    const root = kept.action.hasRoot === true ? success({ binds: [] }) : await keptHostRoot(store.value);
    if (!root.ok) return endWithFailures(context, [root.failure], {});
    const command = args.value('command');
    const spec = {
        ...kept.action.spec,
        argv: command === undefined ? ['/bin/sh', '-i'] : ['/bin/sh', '-c', command],
        env: { ...kept.action.spec.env, PS1: `${kept.action.id} $ ` },
        binds: [...root.value.binds, ...keptBinds(kept, root.value.binds)],
        limits: { timeoutMs: 24 * 3_600_000 },
    };
    if (command === undefined) context.err.write(`${kept.action.id}, as it was left; \`exit\` ends it\n`);
    const exit = await sandbox.value.run(spec, { stdout: 1, stderr: 2, terminal: true, signal: context.signal });
    await store.value.close();
    if (!exit.ok) return endWithFailures(context, [exit.failure], {});
    return ended(context, exit.value);
};

function ended(context: Context, exit: { readonly kind: string; readonly code?: number }): ExitCode {
    if (exit.kind === 'exit' && exit.code === 0) return exitCodes.ok;
    context.err.write(exit.kind === 'exit' ? `exit status ${exit.code ?? 0}\n` : `${exit.kind}\n`);
    return exitCodes.actionFailed;
}

/** The action's own binds; what the host gives is taken anew, because the folder it came from is gone. */
function keptBinds(kept: Kept, host: readonly Bind[]): readonly Bind[] {
    return kept.action.spec.binds
        .filter(({ at }) => !host.some((bind) => bind.at === at))
        .map((bind) => ({ ...bind, from: resolve(kept.folder, bind.from) }));
}

interface Kept {
    readonly folder: string;
    readonly action: KeptAction;
}

/** The newest kept folder, of the named action if one is named. */
function latestKept(store: Store, id: string | undefined): Kept | undefined {
    const root = join(store.root, 'failed');
    const all = namesIn(root).flatMap((name) => {
        const action = readKept(join(root, name));
        return action === undefined || (id !== undefined && action.id !== id)
            ? []
            : [{ folder: join(root, name), action }];
    });
    return all.sort((a, b) => compareBytes(b.action.run, a.action.run))[0];
}

function namesIn(folder: string): readonly string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

function readKept(folder: string): KeptAction | undefined {
    try {
        return JSON.parse(readFileSync(join(folder, 'action.json'), 'utf8')) as KeptAction;
    } catch {
        return undefined;
    }
}
