// Making writes last through a power cut: file contents first, then the names that lead to them. Calls to the disk run
// beside each other on the thread pool, and several publishers that wait for the same directory share one call.
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { hasCode, withPath } from './guard.ts';

const fsync = promisify(fs.fsync);

/** Files that wait for the disk hold their descriptor; the thread pool is smaller, so more at once gain nothing. */
const maxOpenFiles = 16;

/** Syncs files in the background while the next ones are written. `settled` must be awaited on every way out. */
export class FileSyncs {
    readonly #running = new Set<Promise<void>>();
    #problem: Error | undefined;

    /** Takes over the descriptor. Await the result when there is one: the queue is full. */
    add(descriptor: number, path: string): Promise<void> | undefined {
        const work = this.#syncAndClose(descriptor, path).finally(() => this.#running.delete(work));
        this.#running.add(work);
        return this.#running.size < maxOpenFiles ? undefined : Promise.race(this.#running);
    }

    /** Never rejects: problems are told by `settled`, which may come much later. */
    async #syncAndClose(descriptor: number, path: string): Promise<void> {
        try {
            try {
                await fsync(descriptor);
            } finally {
                fs.closeSync(descriptor);
            }
        } catch (error) {
            this.#problem ??= withPath(error, path);
        }
    }

    /** Waits for all; throws the first problem. */
    async settled(): Promise<void> {
        await Promise.all(this.#running);
        if (this.#problem !== undefined) throw this.#problem;
    }
}

/** Makes the names in a directory last. */
export async function syncDirectory(path: string): Promise<void> {
    const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    try {
        await fsync(descriptor);
    } catch (error) {
        // Some file systems in user space cannot sync directories and say so like this.
        if (!hasCode(error, 'EINVAL')) throw withPath(error, path);
    } finally {
        fs.closeSync(descriptor);
    }
}

/** Syncs directories for many publishers: who comes while a call is running waits for one common next call. */
export class DirectorySyncs {
    readonly #running = new Map<string, Running>();

    /** Resolves when everything done to the directory before this call is durable. */
    async sync(path: string): Promise<void> {
        const running = this.#running.get(path);
        if (running === undefined) return this.#start(path);
        // A failed call is the business of those who waited for it.
        running.next ??= running.current.catch(() => undefined).then(() => this.#start(path));
        return running.next;
    }

    #start(path: string): Promise<void> {
        const entry: Running = { current: syncDirectory(path), next: undefined };
        this.#running.set(path, entry);
        const forget = (): void => {
            if (this.#running.get(path) === entry && entry.next === undefined) this.#running.delete(path);
        };
        entry.current.then(forget, forget);
        return entry.current;
    }
}

interface Running {
    readonly current: Promise<void>;
    next: Promise<void> | undefined;
}
