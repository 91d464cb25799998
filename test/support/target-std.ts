// Standard libraries of other platforms for the tests' rustc: from a folder that RPKG_TEST_RUST_STD names, from beside
// the compiler, or through rustup into a folder of its own. The user's toolchain is never changed.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { toolchain } from './whole.ts';

export interface TargetStds {
    /** A folder that holds `lib/rustlib/TRIPLE` for each of them. */
    readonly folder: string;
    /** Why there is no such folder; empty when there is. */
    readonly problem: string;
}

/** The caller removes `scratch`. */
export function bringStds(triples: readonly string[], scratch: string): TargetStds {
    const given = process.env['RPKG_TEST_RUST_STD'];
    for (const folder of [...(given === undefined ? [] : [given]), toolchain]) {
        if (triples.every((triple) => holds(folder, triple))) return { folder, problem: '' };
    }
    const version = /^rustc (\S+)/.exec(ask(`${toolchain}/bin/rustc`, ['--version']).stdout)?.[1] ?? '';
    const targets = triples.flatMap((triple) => ['--target', triple]);
    const home = path.join(scratch, 'rustup');
    const words = ['toolchain', 'install', version, '--profile', 'minimal', '--no-self-update', ...targets];
    const { status, stderr, error } = ask('rustup', words, { RUSTUP_HOME: home });
    if (status !== 0) return { folder: '', problem: `rustup: ${error?.message ?? stderr}` };
    const [name = ''] = fs.readdirSync(path.join(home, 'toolchains'));
    return { folder: path.join(home, 'toolchains', name), problem: '' };
}

/** A folder for one library alone, without programs beside it, as a recipe's source. */
export function stdSource({ folder }: Pick<TargetStds, 'folder'>, triple: string, at: string): void {
    const inside = path.join('lib/rustlib', triple, 'lib');
    fs.cpSync(path.join(folder, inside), path.join(at, inside), { recursive: true });
}

function holds(folder: string, triple: string): boolean {
    return fs.existsSync(path.join(folder, 'lib/rustlib', triple, 'lib'));
}

function ask(
    program: string,
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string; readonly error?: Error } {
    return spawnSync(program, words, {
        encoding: 'utf8',
        env: { ...process.env, ...env },
        cwd: os.tmpdir(),
        timeout: 300_000,
    });
}

/** Programs of a list that this machine lacks. */
export function missingPrograms(names: readonly string[]): readonly string[] {
    return names.filter((name) => !fs.existsSync(`/usr/bin/${name}`));
}
