// Applications that are built without Cargo, one action for each unit, and the same sources for Cargo: the same profile,
// target and programs, so the same calls of rustc on both sides (`npm run test:oracle` compares them).
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseTreeDigest } from '../../compiler/plan/digest.ts';
import { openStore } from '../../runtime/store/store.ts';
import { type Command, timed } from './command.ts';
import { rpkgIn } from './rpkg.ts';
import { newFolder, type Workbench } from './workbench.ts';

export interface UnitsApp {
    readonly name: string;
    /** Of the recipe. */
    readonly options: readonly string[];
    readonly program: string;
}

export const ripgrepUnits: UnitsApp = {
    name: 'ripgrep',
    options: ['--option', 'without-cargo=true'],
    program: 'rg',
};
export const justUnits: UnitsApp = { name: 'just', options: [], program: 'just' };
export const cargoUnits: UnitsApp = { name: 'cargo', options: [], program: 'cargo' };

/** The triple of the machine, which the compiler tells. */
export type Triple = string;

/** A new copy of the application's recipe. */
export function recipeFolder(bench: Workbench, { name }: UnitsApp): string {
    const folder = newFolder(bench, name);
    // With all others: what a recipe imports lies beside it.
    cpSync(join(bench.root, 'recipes'), folder, { recursive: true });
    return folder;
}

/** A call of rpkg for the recipe in a folder. */
export function rpkgOn(
    bench: Workbench,
    app: UnitsApp,
    { folder, store }: { readonly folder: string; readonly store: string },
    ...words: readonly string[]
): Command {
    return { ...rpkgIn(bench, store, ...words, ...app.options, `${app.name}.rpkg`), cwd: folder };
}

/** Brings all sources into a store. */
export async function fetchInto(bench: Workbench, app: UnitsApp, store: string): Promise<string> {
    const folder = recipeFolder(bench, app);
    await timed(bench, rpkgOn(bench, app, { folder, store }, 'fetch'));
    return folder;
}

/** Copies trees that a recipe fetches, by the ids of their actions, out of the store. */
export async function copySources(
    bench: Workbench,
    app: UnitsApp,
    store: string,
    wanted: (id: string) => string | undefined,
): Promise<void> {
    const folder = recipeFolder(bench, app);
    await timed(bench, rpkgOn(bench, app, { folder, store }, 'fetch', '--json'));
    const { sources } = JSON.parse(readFileSync(join(bench.folder, 'output'), 'utf8')) as Fetched;
    const opened = await openStore(store);
    if (!opened.ok) throw new Error('the store cannot be opened');
    for (const [id, digest] of Object.entries(sources)) {
        const to = wanted(id);
        const tree = parseTreeDigest(digest);
        if (to === undefined || tree === undefined) continue;
        mkdirSync(dirname(to), { recursive: true });
        const copied = await opened.value.materialise(tree, to);
        if (!copied.ok) throw new Error(`${id} cannot be copied`);
    }
    await opened.value.close();
}

/** Copies the main source, without settings for the machines of its developers: a plan does not see them either. */
export async function copyMain(bench: Workbench, app: UnitsApp, store: string, to: string): Promise<void> {
    await copySources(bench, app, store, (id) => (id === 'fetch.main' ? to : undefined));
    rmSync(join(to, '.cargo'), { recursive: true, force: true });
}

interface Fetched {
    readonly sources: Readonly<Record<string, string>>;
}

/** The machine's triple, from the compiler that belongs to this Cargo. */
export function tripleOf(bench: Workbench, cargo: string): Promise<Triple> {
    return output(bench, { program: join(dirname(cargo), 'rustc'), args: ['--print', 'host-tuple'] });
}

async function output(bench: Workbench, command: Command): Promise<string> {
    await timed(bench, command);
    return readFileSync(join(bench.folder, 'output'), 'utf8').trim();
}

export interface CargoSettings {
    /** The program. */
    readonly cargo: string;
    readonly triple: Triple;
}

/** Cargo's call for an application in its sources. */
export function cargoOn(
    bench: Workbench,
    { cargo, triple }: CargoSettings,
    { app, folder, target }: { readonly app: UnitsApp; readonly folder: string; readonly target: string },
    ...words: readonly string[]
): Command {
    return {
        program: cargo,
        args: ['build', '--release', '--frozen', '--target', triple, '--bin', app.program, ...words],
        cwd: folder,
        // The compiler that belongs to this Cargo, and not a stand-in that would look it up each time.
        env: { PATH: `${dirname(cargo)}:${bench.env['PATH'] ?? ''}`, CARGO_TARGET_DIR: target },
    };
}

/** Brings all crates to where Cargo wants them, for good: they are the user's own. */
export async function cargoFetch(bench: Workbench, { cargo }: CargoSettings, folder: string): Promise<void> {
    await timed(bench, { program: cargo, args: ['fetch', '--locked'], cwd: folder });
}
