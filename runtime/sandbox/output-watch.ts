// How much the files behind two descriptors have grown. The bytes never pass through this process, so a step that
// writes gigabytes costs no memory here; the price is that a limit is noticed a moment late, and the excess is cut off.
import { type Stats, fstatSync, ftruncateSync } from 'node:fs';

export interface OutputWatch {
    exceeded(): boolean;
    /** Shortens the files to what the limit allows, the first one first. */
    cut(): void;
}

/** Watches regular files; pipes and terminals have no size. */
export function watchOutput(descriptors: readonly number[], limit: number): OutputWatch {
    const files = distinctFiles(descriptors);
    const grown = ({ descriptor, start }: WatchedFile): number => Math.max(0, fstatSync(descriptor).size - start);
    return {
        exceeded: () => files.reduce((sum, file) => sum + grown(file), 0) > limit,
        cut: () => {
            let left = limit;
            for (const file of files) {
                const kept = Math.min(left, grown(file));
                ftruncateSync(file.descriptor, file.start + kept);
                left -= kept;
            }
        },
    };
}

interface WatchedFile {
    readonly descriptor: number;
    readonly start: number;
}

function distinctFiles(descriptors: readonly number[]): readonly WatchedFile[] {
    const files = new Map<string, WatchedFile>();
    for (const descriptor of descriptors) {
        const stats: Stats = fstatSync(descriptor);
        if (stats.isFile()) files.set(`${stats.dev}:${stats.ino}`, { descriptor, start: stats.size });
    }
    return [...files.values()];
}
