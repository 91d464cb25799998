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

/** What shall be durable before its publisher goes on. */
interface Request {
    readonly files: FileSyncs | undefined;
    readonly directories: readonly string[];
    readonly done: (problem?: Error) => void;
}

/** How many publishers can share one round; each has files open for it. */
const longestRound = 24;

/** How long a round waits for further publishers when there are several, measured from the begin of the last one. */
const gatheringMs = 20;

/**
 * Syncs for many publishers in common rounds: each call of the disk lets the file system write its journal, for which all
 * that create a file have to wait. Who is alone does not wait for others.
 */
export class SyncRounds {
    #waiting: Request[] = [];
    #publishers = 0;
    #began = 0;
    #running = false;
    #timer: NodeJS.Timeout | undefined;

    /** Counts a publisher from its first write to the end, so that rounds know whether to wait for others. */
    async publishing<Value>(work: () => Promise<Value>): Promise<Value> {
        this.#publishers += 1;
        try {
            return await work();
        } finally {
            this.#publishers -= 1;
            // It may be that only this one was waited for.
            this.#schedule();
        }
    }

    /** Resolves when the files' contents and everything done to the directories before this call are durable. */
    sync(directories: readonly string[], files?: FileSyncs): Promise<void> {
        return new Promise((resolve, reject) => {
            const done = (problem?: Error): void => {
                if (problem === undefined) resolve();
                else reject(problem);
            };
            this.#waiting.push({ files, directories, done });
            this.#schedule();
        });
    }

    #schedule(): void {
        if (this.#running || this.#waiting.length === 0) return;
        clearTimeout(this.#timer);
        this.#timer = undefined;
        const enough = this.#publishers < 2 || this.#waiting.length >= longestRound;
        const waitMs = enough ? 0 : this.#began + gatheringMs - performance.now();
        if (waitMs > 0) this.#timer = setTimeout(() => void this.#round(), waitMs);
        else void this.#round();
    }

    async #round(): Promise<void> {
        this.#running = true;
        this.#began = performance.now();
        const round = this.#waiting.splice(0, longestRound);
        const directories = new Map<string, Promise<void>>();
        await Promise.all(round.map((request) => serve(request, directories)));
        this.#running = false;
        this.#schedule();
    }
}

/** Tells the publisher how it went; does not throw. */
async function serve({ files, directories, done }: Request, begun: Map<string, Promise<void>>): Promise<void> {
    const shared = (path: string): Promise<void> => {
        const sync = begun.get(path) ?? syncDirectory(path);
        begun.set(path, sync);
        return sync;
    };
    const results = await Promise.allSettled([files?.run(), inParallel(directories, shared)]);
    const problem = results.find((result) => result.status === 'rejected');
    done(problem?.reason as Error | undefined);
}
