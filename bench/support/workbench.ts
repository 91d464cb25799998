// What every benchmark is given: the program that is measured, a private folder, and how thorough to be.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Workbench {
    /** The checkout. Nothing is written there. */
    readonly root: string;
    /** The program that is measured. */
    readonly rpkg: string;
    /** The Node that rpkg runs on. */
    readonly node: string;
    /** Belongs to this run and is removed afterwards. */
    readonly folder: string;
    /** The whole environment of every program that is started. */
    readonly env: Readonly<Record<string, string>>;
    readonly jobs: number;
    /** Absolute folders in which peers are looked for. */
    readonly programFolders: readonly string[];
    /** Whether a rough answer soon is wanted: then what takes many minutes is left out. */
    readonly quick: boolean;
    /** How many rounds to measure, given the usual number. */
    readonly rounds: (usual: number) => number;
    /** Built when the first benchmark needs it: that takes minutes. */
    readonly ripgrep: () => Promise<Ripgrep>;
    readonly signal: AbortSignal;
    /** Tells what is going on. */
    readonly note: (text: string) => void;
}

/** A real package that rpkg has built. */
export interface Ripgrep {
    readonly store: string;
    /** Path of the recipe, which is a copy: rpkg writes its lock file beside it. */
    readonly recipe: string;
    /** The sources as Cargo wants them; nothing is built yet. */
    readonly cargoFolder: string;
}

let folders = 0;

/** A new empty folder. */
export function newFolder(bench: Workbench, name: string): string {
    folders += 1;
    const path = join(bench.folder, `${name}-${folders}`);
    mkdirSync(path);
    return path;
}
