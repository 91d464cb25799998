// What every way to fetch gets besides the source itself.
import type { Store } from '../store/store.ts';

export interface FetchContext {
    readonly store: Store;
    /** The recipe's folder: relative paths of sources start there. */
    readonly baseDir: string;
    /** Nothing may use the network; what is here already is used. */
    readonly offline: boolean;
    /** The user's. Git, Cargo and proxies are configured through it. */
    readonly environment: NodeJS.ProcessEnv;
    /** One line of what is being done. */
    readonly report: (line: string) => void;
    readonly signal?: AbortSignal | undefined;
    readonly limits?: Partial<DownloadLimits> | undefined;
}

export interface DownloadLimits {
    readonly bytes: number;
    /** Without a single byte. */
    readonly stallMs: number;
    readonly totalMs: number;
    /** Before a server that is busy is asked a second time. */
    readonly pauseMs: number;
}

export const defaultLimits: DownloadLimits = {
    bytes: 8 * 2 ** 30,
    stallMs: 60_000,
    totalMs: 4 * 3_600_000,
    pauseMs: 1000,
};
