// The world as a command may touch it. Only `main.ts` makes one from the process; tests make their own.

export interface Context {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The answer. */
    readonly out: Output;
    /** Progress and diagnostics. */
    readonly err: Output;
    /** Fires when the user wants to stop. Before it is first read, an interruption ends the program, which then has nothing to clean up. */
    readonly signal: AbortSignal;
    readonly now: () => number;
}

export interface Output {
    write(text: string): void;
    readonly isTerminal: boolean;
    readonly color: boolean;
    readonly columns: number;
}
