// The jobserver of a build: the named pipes from which compilers take a token for each further thread (GNU make's protocol,
// as the `jobserver` crate speaks it). Without one, every rustc runs as many threads as it likes: two of them on two
// processors then take a tenth to a sixth more time of the processors for the same work.
//
// Each action has a pipe of its own, so that none can take, lose or add tokens for others. What is not used by running
// actions is shared out among those that ask for tokens, and taken back as more actions start.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { jobserverPlace } from '../compiler/plan/sandbox.ts';
import type { Failure } from './failure.ts';
import type { Result } from './result.ts';
import { deleteTree } from './store/remove-tree.ts';
import type { Store } from './store/store.ts';

/** What one running action has of the jobs. */
export interface Lease {
    /** The folder with its pipe, to be shown as `jobserverPlace`; undefined when it asked for none, or none could be made. */
    readonly folder: string | undefined;
    /** Its commands have ended: its jobs are free. */
    ended(): void;
    /** Nothing of it is left. */
    close(): void;
}

/** What a client finds in `CARGO_MAKEFLAGS`. */
export const jobserverFlags = `-j --jobserver-auth=fifo:${jobserverPlace}/tokens`;

interface Pipe {
    readonly folder: string;
    /** Reads and writes without waiting. */
    readonly descriptor: number;
}

interface Holder {
    readonly jobs: number;
    readonly pipe: Pipe | undefined;
    /** Tokens that are in its pipe or in use. */
    given: number;
}

type Client = Holder & { readonly pipe: Pipe };

function isClient(holder: Holder): holder is Client {
    return holder.pipe !== undefined;
}

/** How soon tokens are asked for again that were in use. */
const patienceMs = 20;

export class Jobserver {
    readonly #jobs: number;
    readonly #store: Store;
    readonly #holders = new Set<Holder>();
    readonly #idle: Pipe[] = [];
    #folder: Promise<Result<string, Failure>> | undefined;
    #count = 0;
    #timer: NodeJS.Timeout | undefined;

    constructor(jobs: number, store: Store) {
        this.#jobs = jobs;
        this.#store = store;
    }

    /** An action starts that may use so many jobs. */
    async begin(jobs: number, asks: boolean): Promise<Lease> {
        const holder: Holder = { jobs, pipe: asks ? await this.#takePipe() : undefined, given: 0 };
        this.#holders.add(holder);
        this.#share();
        return {
            folder: holder.pipe?.folder,
            ended: () => this.#end(holder),
            close: () => {
                this.#end(holder);
                if (holder.pipe === undefined) return;
                takeTokens(holder.pipe, Infinity);
                this.#idle.push(holder.pipe);
            },
        };
    }

    /** Removes the pipes. To be called when no action is left. */
    async close(): Promise<void> {
        clearTimeout(this.#timer);
        for (const { descriptor } of this.#idle.splice(0)) fs.closeSync(descriptor);
        const folder = await this.#folder;
        if (folder?.ok === true) await deleteTree(folder.value).catch(() => undefined);
    }

    #end(holder: Holder): void {
        if (this.#holders.delete(holder)) this.#share();
    }

    /** Gives everyone what is theirs now, as far as others do not still use it. */
    #share(): void {
        clearTimeout(this.#timer);
        const clients = [...this.#holders].filter(isClient);
        const used = [...this.#holders].reduce((sum, { jobs }) => sum + jobs, 0);
        const spare = Math.max(0, this.#jobs - used);
        let owed = false;
        for (const [index, client] of clients.entries()) {
            const part = Math.floor(spare / clients.length) + (index < spare % clients.length ? 1 : 0);
            // The first job is the action's without a token.
            const wanted = client.jobs - 1 + part;
            adjust(client, wanted);
            owed ||= client.given > wanted;
        }
        if (owed) this.#timer = setTimeout(() => this.#share(), patienceMs).unref();
    }

    async #takePipe(): Promise<Pipe | undefined> {
        const idle = this.#idle.pop();
        if (idle !== undefined) return idle;
        const parent = await (this.#folder ??= this.#store.temporary('jobserver'));
        if (!parent.ok) return undefined;
        const folder = join(parent.value, String(this.#count));
        this.#count++;
        const path = join(folder, 'tokens');
        try {
            fs.mkdirSync(folder);
            const made = spawnSync('mkfifo', [path], { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });
            if (made.status !== 0) return undefined;
            return { folder, descriptor: fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NONBLOCK) };
        } catch {
            // Compilers then share nothing, as without a jobserver.
            return undefined;
        }
    }
}

function adjust(client: Client, wanted: number): void {
    if (client.given > wanted) client.given -= takeTokens(client.pipe, client.given - wanted);
    else if (client.given < wanted) client.given += putTokens(client.pipe, wanted - client.given);
}

function putTokens({ descriptor }: Pipe, count: number): number {
    try {
        return fs.writeSync(descriptor, '+'.repeat(count));
    } catch {
        // Somebody has filled the pipe: it is their own.
        return 0;
    }
}

/** How many could be taken: those that lie in the pipe. */
function takeTokens({ descriptor }: Pipe, count: number): number {
    const buffer = Buffer.alloc(Math.min(count, 4096));
    let taken = 0;
    try {
        while (taken < count) {
            const read = fs.readSync(descriptor, buffer, 0, Math.min(buffer.length, count - taken), null);
            if (read === 0) break;
            taken += read;
        }
    } catch {
        // Empty: the rest is in use.
    }
    return taken;
}
