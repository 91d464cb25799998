// What the ways to identify a tool share.
import type { Hash } from '../../compiler/plan/digest.ts';
import type { HostTool } from '../../compiler/plan/plan.ts';
import type { Failure } from '../failure.ts';
import type { Result } from '../result.ts';
import type { Store } from '../store/store.ts';
import { sandboxFolders } from './programs.ts';
import type { Answer, Watch } from './remembered.ts';
import { type Finished, runProgram } from './run-program.ts';

export interface HostSession {
    readonly store: Store;
    /** The user's. */
    readonly environment: NodeJS.ProcessEnv;
    /** What was asked for in this session, by name: each tool is identified once. */
    readonly tools: Map<string, Promise<Result<HostTool, Failure>>>;
    /** Digests of sysroots that are being taken in this session, by path. */
    readonly sysroots: Map<string, Promise<Result<Answer<Hash>, Failure>>>;
}

/** A session in which nothing is known yet; `environment`: PATH and rustup's variables of the user. */
export function openHost({ store, environment }: Pick<HostSession, 'store' | 'environment'>): HostSession {
    return { store, environment, tools: new Map(), sysroots: new Map() };
}

/** One way to identify a tool by the word that a recipe uses for it. */
export type Identify = (name: string, session: HostSession, watch: Watch) => Promise<Result<HostTool, Failure>>;

/** Asks a tool about itself, from a folder that holds no settings of anybody. */
export async function askTool(
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
): Promise<Finished> {
    return await runProgram({
        program,
        args,
        cwd: '/',
        environment: { PATH: sandboxFolders.join(':'), ...environment, LC_ALL: 'C' },
        timeoutMs: 2000,
    });
}

/** The first line of a good answer; empty when the tool refused. */
export function firstLine(finished: Finished): string {
    return finished.exitCode === 0 ? (finished.stdout.toString().split('\n')[0]?.trim() ?? '') : '';
}
