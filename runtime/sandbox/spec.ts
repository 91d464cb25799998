// What is to run and how it may end. The same for every tier.

export interface SandboxSpec {
    /** The program's absolute path, then its arguments. */
    readonly argv: readonly string[];
    /** The complete environment. `PWD` is added, and always names `cwd`. */
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly binds: readonly Bind[];
    readonly links: readonly Link[];
    readonly limits: SandboxLimits;
}

/** A host directory `from`, seen as `at`. */
export interface Bind {
    readonly at: string;
    readonly from: string;
    readonly writable: boolean;
}

/** A symbolic link in the root: `/bin` → `usr/bin`. */
export interface Link {
    readonly at: string;
    readonly to: string;
}

export interface SandboxLimits {
    readonly timeoutMs: number;
    /** Address space of each process. */
    readonly memoryBytes?: number;
    /** How much stdout and stderr together may grow; only regular files are watched. */
    readonly outputBytes?: number;
}

export interface SandboxIo {
    /** File descriptors of this process. */
    readonly stdout: number;
    readonly stderr: number;
    /** An interactive shell: stdin is ours and the terminal stays the controlling one. */
    readonly terminal: boolean;
    readonly signal?: AbortSignal;
    /** Called when the command has ended with 0 by itself. What is left of its namespace may need another moment to go. */
    readonly ended?: () => void;
}

export type Exit =
    | { readonly kind: 'exit'; readonly code: number }
    | { readonly kind: 'signal'; readonly signal: string }
    | { readonly kind: 'timeout' }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'output-limit' };
