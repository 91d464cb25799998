// The files in a source tree of rustc that tell which settings its bootstrap reads.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pinFilePaths } from '../compiler/rustc/pin-file.ts';
import type { SourceFile } from '../compiler/rustc/read-schema.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';

export interface RustcSources {
    readonly version: string;
    /** Rust files of src/bootstrap, in byte order. */
    readonly bootstrap: readonly SourceFile[];
    /** The example of the configuration file. */
    readonly example: string | undefined;
    readonly pinFile: string | undefined;
    readonly cargoManifest: string | undefined;
}

const exampleFiles = ['bootstrap.example.toml', 'config.example.toml', 'config.toml.example'];

export function readRustcSources(folder: string): RustcSources | Diagnostic {
    const version = textOf(path.join(folder, 'src/version'))?.trim();
    const bootstrap = rustFiles(folder, 'src/bootstrap');
    if (version === undefined || bootstrap.length === 0) return noSources(folder);
    const first = (files: readonly string[]): string | undefined =>
        files.map((file) => textOf(path.join(folder, file))).find((text) => text !== undefined);
    return {
        version,
        bootstrap,
        example: first(exampleFiles),
        pinFile: first(pinFilePaths),
        cargoManifest: textOf(path.join(folder, 'src/tools/cargo/Cargo.toml')),
    };
}

function rustFiles(root: string, folder: string): readonly SourceFile[] {
    const below = path.join(root, folder);
    if (!fs.existsSync(below)) return [];
    const files = fs.globSync('**/*.rs', { cwd: below }).sort();
    return files.map((file) => ({ path: `${folder}/${file}`, text: fs.readFileSync(path.join(below, file), 'utf8') }));
}

function textOf(file: string): string | undefined {
    try {
        return fs.readFileSync(file, 'utf8');
    } catch {
        return undefined;
    }
}

function noSources(folder: string): Diagnostic {
    return {
        code: 'rustc/no-sources',
        severity: 'error',
        message: `${folder} holds no sources of rustc: there is no src/version, or nothing in src/bootstrap`,
        labels: [],
        help: 'name the folder of an unpacked source release, the one that has x.py in it',
    };
}

export function unreadSchema({ version }: RustcSources): Diagnostic {
    return {
        code: 'rustc/unread-schema',
        severity: 'error',
        message: `src/bootstrap of ${version} does not declare its settings in a way that rpkg can read`,
        labels: [],
        help: 'this release is newer than what rpkg knows: compiler/rustc/read-schema.ts has to learn its form',
    };
}

export function unknownRelease({ version }: RustcSources): Diagnostic {
    return {
        code: 'rustc/unknown-release',
        severity: 'error',
        message: `\`${version}\` is no release of rustc that the tables can hold`,
        labels: [],
        help: 'the tables begin with 1.63',
    };
}
