// Making writes last through a power cut: file contents first, then the names that lead to them. Calls to the disk run
// beside each other on the thread pool, and several publishers that wait for the same directory share one call.
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { OpenFile } from './content.ts';
import { hasCode, withPath } from './guard.ts';

const fsync = promisify(fs.fsync);

/** Calls to the disk that run beside each other, and files that stay open for them; the thread pool is smaller. */
const atOnce = 16;

/**
 * Files to be synced when all of a tree is written. Sooner would be slower: creating a file has to wait while the file
 * system commits for another one's sync.
 */
export class FileSyncs {
    readonly #open = new Set<OpenFile>();
    readonly #closed: string[] = [];

    /** Takes over the descriptor. */
    add(file: OpenFile): void {
        if (this.#open.size < atOnce) {
            this.#open.add(file);
        } else {
            fs.closeSync(file.descriptor);
            this.#closed.push(file.path);
        }
    }

    /** Puts the contents of all files on the disk. Throws the first problem, when nothing is running any more. */
    async run(): Promise<void> {
        try {
            await inParallel([...this.#open], ({ descriptor, path }) => syncDescriptor(descriptor, path));
            this.discard();
            await inParallel(this.#closed, (path) => syncPath(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW));
        } finally {
            this.discard();
        }
    }

    /** Closes what is open. */
    discard(): void {
        for (const { descriptor } of this.#open) fs.closeSync(descriptor);
        this.#open.clear();
    }
}

/** Makes the names in several directories last. */
export function syncDirectories(paths: readonly string[]): Promise<void> {
    return inParallel(paths, syncDirectory);
}

/** Makes the names in a directory last. */
async function syncDirectory(path: string): Promise<void> {
    try {
        await syncPath(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    } catch (error) {
        // Some file systems in user space cannot sync directories and say so like this.
        if (!hasCode(error, 'EINVAL')) throw error;
    }
}

async function syncPath(path: string, flags: number): Promise<void> {
    const descriptor = fs.openSync(path, flags);
    try {
        await syncDescriptor(descriptor, path);
    } finally {
        fs.closeSync(descriptor);
    }
}

async function syncDescriptor(descriptor: number, path: string): Promise<void> {
    try {
        await fsync(descriptor);
    } catch (error) {
        throw withPath(error, path);
    }
}

/** Stops at the first problem, and throws it when what was begun has ended. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
    const rest = items.values();
    let problem: unknown;
    const worker = async (): Promise<void> => {
        for (const item of rest) {
            if (problem !== undefined) return;
            try {
                await work(item);
            } catch (error) {
                problem ??= error;
            }
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    if (problem !== undefined) throw problem as Error;
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
