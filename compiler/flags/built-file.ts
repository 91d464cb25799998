// What was read of a file that was built; the part that is compared with flags.

export interface BuiltFile {
    readonly path: string;
    readonly facts: {
        readonly kind: string;
        readonly machine: string;
        readonly pie: boolean;
        readonly relro: string;
        readonly bindNow: boolean;
        readonly nx: boolean;
        readonly stackProtector: boolean;
        readonly fortified: readonly string[];
        readonly controlFlow: readonly string[];
        readonly soname?: string;
        readonly runpath?: string;
        readonly debugInfo: boolean;
        readonly symbols: boolean;
        readonly code: boolean;
    };
    readonly producers: {
        /** What compilers and linkers sign with. */
        readonly comments: readonly string[];
        /** Producers of units, with the switches that they recorded. */
        readonly units: readonly string[];
    };
    /** Absent when nobody looked, or when there is no code. */
    readonly instructions?:
        | { readonly kind: 'usage'; readonly usage: { readonly sets: readonly UsedSet[] } }
        | { readonly kind: 'unknown'; readonly reason: string };
}

export interface UsedSet {
    readonly set: string;
    /** Why it does no harm where it is not known. */
    readonly harmless?: string;
    readonly functions: number;
    /** Outside of functions that may use it; absent when there is nothing outside. */
    readonly first?: { readonly function: string; readonly address: string; readonly instruction: string };
    readonly allowed: readonly { readonly function: string; readonly address: string }[];
}

/** Who signed an object: several when it was joined from several. */
export function languagesOf({ producers }: BuiltFile): ReadonlySet<'c' | 'rust'> {
    const isRust = (text: string): boolean => /\brustc version\b/.test(text);
    return new Set(producers.comments.map((text) => (isRust(text) ? 'rust' : 'c')));
}
