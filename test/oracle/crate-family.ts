// What made-up packages are, and the little that all of their makers share.
import * as path from 'node:path';
import type { Random } from './random.ts';

export type Table = Record<string, unknown>;
export type Place = 'root' | 'member' | 'inside' | 'detached' | 'outside' | 'registry' | 'patch';

/** A package that is written to disk. */
export interface Crate {
    readonly name: string;
    readonly version: string;
    readonly place: Place;
    /** Below the tree. */
    readonly folder: string;
    readonly edition: string;
    readonly manifest: Table;
    readonly features: readonly string[];
    readonly files: ReadonlyMap<string, string>;
}

/** What other packages may depend on: one local package or all versions of one in the registry. */
export interface Family {
    readonly name: string;
    readonly crates: readonly Crate[];
    /** Features that every version has. */
    readonly features: readonly string[];
    readonly linkable: boolean;
}

/** What the packages of a workspace have in common. */
export interface Surroundings {
    readonly random: Random;
    readonly isWorkspace: boolean;
    /** `[workspace.package]` */
    readonly workspacePackage: Table;
    /** Package → what members may inherit of `[workspace.dependencies]`. */
    readonly inheritable: Map<string, { readonly key: string; readonly entry: Table }>;
}

export function family(name: string, crates: readonly Crate[], features: readonly string[]): Family {
    const linkable = crates.every(({ files }) => ['src/lib.rs', 'lib/code.rs'].some((file) => files.has(file)));
    return { name, crates, features, linkable };
}

/** The way from a folder to a local package. */
export function pathFrom(folder: string, { crates: [crate] }: Family): string {
    return path.relative(`/${folder}`, `/${crate?.folder ?? ''}`);
}

/** The table inside a table, made where it is missing. */
export function tableAt(table: Table, keys: readonly string[]): Table {
    let current = table;
    for (const key of keys) current = (current[key] ??= {}) as Table;
    return current;
}
