// Outputs that are complete while the commands still run. A compiler writes what its dependents need to know long before
// it has made the code, into a folder inside and then by a rename: the first regular file stands for the whole output.
import * as fs from 'node:fs';
import type { TreeDigest } from '../compiler/plan/digest.ts';
import type { RecordedFiles } from './known-files.ts';
import type { Identities } from './rust-identity.ts';

export interface EarlyOutput {
    readonly digest: TreeDigest;
    readonly files: RecordedFiles;
    readonly identities: Identities;
}

export interface EarlyWatch {
    /** Ends watching, waits for what is being kept, and gives all that was. */
    finish(): Promise<ReadonlyMap<string, EarlyOutput>>;
}

/** Looking again sooner than this is not worth it. */
const pauseMs = 20;

/**
 * Watches folders on the host, by the names of their outputs. `keep` is called when one looks complete; it gives nothing
 * when the folder was not what it looked like, and is then called again after the next change.
 */
export function watchEarly(
    folders: ReadonlyMap<string, string>,
    keep: (output: string) => Promise<EarlyOutput | undefined>,
): EarlyWatch {
    const kept = new Map<string, EarlyOutput>();
    const watches = [...folders].map(([output, folder]) =>
        watchFolder(folder, async () => {
            const found = await keep(output);
            if (found !== undefined) kept.set(output, found);
            return found !== undefined;
        }),
    );
    return {
        async finish() {
            await Promise.all(watches.map((stop) => stop()));
            return kept;
        },
    };
}

/** Calls `keep` until it gives true. What is returned ends that. */
function watchFolder(folder: string, keep: () => Promise<boolean>): () => Promise<void> {
    let watcher: fs.FSWatcher | undefined;
    let timer: NodeJS.Timeout | undefined;
    let keeping: Promise<void> | undefined;
    let changed = false;
    let lookedAt = -Infinity;
    const close = (): void => {
        watcher?.close();
        watcher = undefined;
        clearTimeout(timer);
    };
    const look = (): void => {
        timer = undefined;
        lookedAt = performance.now();
        if (!isComplete(folder)) return;
        changed = false;
        keeping = keep().then((done) => {
            keeping = undefined;
            if (done) close();
            else if (changed) onChange();
        });
        // Whoever ends the watch sees the problem.
        keeping.catch(() => undefined);
    };
    const onChange = (): void => {
        changed = true;
        if (watcher === undefined || timer !== undefined || keeping !== undefined) return;
        timer = setTimeout(look, Math.max(0, lookedAt + pauseMs - performance.now()));
    };
    try {
        watcher = fs.watch(folder, onChange).on('error', close);
    } catch {
        // The system has no more watches to give: the output is kept at the end, as others are.
    }
    return async () => {
        close();
        await keeping;
    };
}

/** Folders in it are places where a file is still being written. */
function isComplete(folder: string): boolean {
    try {
        const entries = fs.readdirSync(folder, { withFileTypes: true });
        return entries.length > 0 && entries.every((entry) => entry.isFile());
    } catch {
        return false;
    }
}
