// Calls with the names of folders that both sides have in common: `/src` for sources, `/out` for what build scripts make,
// `/deps` for crates, `/script` for build scripts, and the programs of the toolchain by their names alone.
import * as path from 'node:path';
import { unitPlaces, workspaceFolder } from '../../compiler/lower/unit-places.ts';
import { type Call, isCompilation, mapCall, valuesOf } from './call.ts';

export interface CargoFolders {
    /** The sources that were built. */
    readonly workspace: string;
    /** Where the crates lie, each in NAME-VERSION. */
    readonly crates: string;
    readonly cargo: string;
}

/** Cargo's calls. */
export function withCommonFolders(calls: readonly Call[], { workspace, crates, cargo }: CargoFolders): readonly Call[] {
    const names = new Map([
        [workspace, '/src/workspace'],
        [crates, '/src'],
        [cargo, 'cargo'],
        ...calls.flatMap(foldersOf),
    ]);
    return calls.map((call) => withProgram(uniform(mapCall(call, (text) => renamed(text, names)))));
}

/** Folders that Cargo made: those of crates and those of build scripts. */
function foldersOf(call: Call): readonly (readonly [string, string])[] {
    const { argv, env } = call;
    if (isCompilation(call)) {
        const folders = valuesOf(argv, '-L').filter((value) => value.startsWith('dependency='));
        return folders.map((value) => [value.slice('dependency='.length), '/deps']);
    }
    const out = env.get('OUT_DIR') ?? '';
    return [[out, `/out/${env.get('CARGO_PKG_NAME') ?? ''}-${env.get('CARGO_PKG_VERSION') ?? ''}`]];
}

/** The plan's calls. */
export function withCommonPlaces(calls: readonly Call[], rustc: string): readonly Call[] {
    const names = new Map([
        [workspaceFolder, '/src/workspace'],
        [path.dirname(workspaceFolder), '/src'],
        [unitPlaces.out, '/out'],
        [unitPlaces.crates, '/deps'],
        [`${unitPlaces.cargo}/cargo`, 'cargo'],
        [rustc, 'rustc'],
        [path.join(path.dirname(rustc), 'rustdoc'), 'rustdoc'],
    ]);
    return calls.map((call) => withProgram(uniform(mapCall(call, (text) => renamed(text, names)))));
}

/** Where the outputs of rustc go: one folder with Cargo, one for each kind of output with us. */
function uniform(call: Call): Call {
    if (!isCompilation(call)) return call;
    const argv = call.argv.map((word, at, all) => {
        if (all[at - 1] === '--out-dir') return '/made';
        return word.startsWith('--emit=') ? word.replaceAll(/=\/[^,]*/g, '') : word;
    });
    return { ...call, argv };
}

/** Cargo gives a build script a second name, in a folder with the hash of its unit. */
function withProgram(call: Call): Call {
    if (isCompilation(call)) return call;
    const [program = '', ...rest] = call.argv;
    const hash = /-([0-9a-f]{16})(?:\/|$)/.exec(program)?.[1] ?? '';
    const name = path.basename(program).replace(`-${hash}`, '').replaceAll('-', '_');
    return { ...call, argv: [`/script/${name}-${hash}`, ...rest] };
}

/** Longer folders go first, so that one inside another is not taken for a part of it. */
function renamed(text: string, names: ReadonlyMap<string, string>): string {
    const longestFirst = [...names].toSorted(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((changed, [folder, name]) => replaceFolder(changed, folder, name), text);
}

function replaceFolder(text: string, folder: string, name: string): string {
    const [first = '', ...rest] = text.split(folder);
    return rest.reduce((done, next) => `${done}${/^[A-Za-z0-9._-]/.test(next) ? folder : name}${next}`, first);
}
