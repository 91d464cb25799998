// A Cargo.toml as it is written: read once, not yet understood.
import { parse, TomlError } from 'smol-toml';
import type { FolderView } from './folder-view.ts';
import type { CargoProblem } from './problem.ts';
import { badManifest, type Table } from './toml-table.ts';

export interface ManifestFile {
    /** Absolute. */
    readonly folder: string;
    readonly file: string;
    readonly document: Table;
}

/** Undefined when the folder has none, and when it is no TOML, which is a problem. */
export function openManifest(view: FolderView, folder: string, problems: CargoProblem[]): ManifestFile | undefined {
    const file = manifestPath(folder);
    const text = view.read(file);
    if (text === undefined) return undefined;
    try {
        return { folder, file, document: parse(text) };
    } catch (error) {
        if (!(error instanceof TomlError)) throw error;
        badManifest({ file, problems }, `line ${error.line}: ${tomlMessage(error)}`);
        return undefined;
    }
}

export function manifestPath(folder: string): string {
    return folder === '/' ? '/Cargo.toml' : `${folder}/Cargo.toml`;
}

/** Without the part that every message begins with, and without the excerpt below it. */
function tomlMessage(error: TomlError): string {
    return (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
}
