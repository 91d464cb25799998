// just with one crate patched that many others need, and that needs none: what is built after an edit of it, and in a new
// checkout. A packager edits the patch, and for Cargo the same edit is made to the crate's own file.
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, timed, type Times, wallMs } from './support/command.ts';
import { compare } from './support/compare.ts';
import { findCargo } from './support/peers.ts';
import type { Row } from './support/row.ts';
import { rpkgIn } from './support/rpkg.ts';
import {
    cargoFetch,
    cargoOn,
    type CargoSettings,
    copyMain,
    copySources,
    justUnits,
    recipeFolder,
    tripleOf,
} from './support/units-app.ts';
import { newFolder, type Workbench } from './support/workbench.ts';

const cargoName = 'cargo build';
const leaf = 'memchr';

const whats = {
    comment: `a comment in ${leaf} edited`,
    code: `code in ${leaf} edited`,
    checkout: 'new checkout, everything in the store',
} as const;

export const leafEdits: Benchmark = {
    name: 'leaf',
    title: 'just after an edit of a leaf crate, and in a new checkout, against Cargo',
    async measure(bench) {
        const cargo = findCargo(bench);
        if ('missing' in cargo) {
            const common = { kind: 'not-measured', peer: cargoName, reason: cargo.missing } as const;
            return [
                { ...common, what: whats.comment, goal: 0.7 },
                { ...common, what: whats.checkout, goal: 0.1 },
            ];
        }
        const settings = { cargo: cargo.path, triple: await tripleOf(bench, cargo.path) };
        const sources = await prepare(bench, settings);
        return [...(await editRows(bench, sources)), ...(await checkoutRows(bench, sources))];
    },
};

/** A folder in which things are edited, and what then builds. */
interface Copy {
    readonly folder: string;
    /** Makes the edit: lines at the end of the crate's root module. */
    readonly edit: (lines: readonly string[]) => void;
    readonly command: Command;
}

interface Sides {
    /** New copies of what there was in the beginning. */
    readonly ours: () => Copy;
    readonly theirs: () => Copy;
}

/** Nothing is built yet behind either side. */
async function prepare(bench: Workbench, settings: CargoSettings): Promise<Sides> {
    const sources = await cargoSources(bench, settings);
    const store = join(newFolder(bench, 'store'), 'store');
    const text = readFileSync(join(sources, rootModule), 'utf8');
    return { ours: () => recipeCopy(bench, store, text), theirs: () => cargoCopy(bench, settings, sources, text) };
}

async function editRows(bench: Workbench, sides: Sides): Promise<readonly Row[]> {
    const ours = sides.ours();
    const theirs = sides.theirs();
    let edits = 0;
    const edited = async ({ edit, command }: Copy, lines: (count: number) => readonly string[]): Promise<Times> => {
        edits += 1;
        edit(lines(edits));
        return await timed(bench, command);
    };
    bench.note('building just without Cargo and with it');
    for (const side of [ours, theirs]) await edited(side, commented);
    const rows = (what: string, lines: (count: number) => readonly string[], goal?: number): Promise<readonly Row[]> =>
        compare({
            rounds: bench.rounds(5),
            ours: () => edited(ours, lines),
            peers: [{ name: cargoName, once: () => edited(theirs, lines) }],
            figures: [
                { what, unit: 'ms', of: wallMs, ...(goal === undefined ? {} : { goals: { [cargoName]: goal } }) },
            ],
        });
    // Everything behind has to be compiled again on both sides after an edit of code.
    return [...(await rows(whats.comment, commented, 0.7)), ...(await rows(whats.code, coded))];
}

/** As long as before: what is behind a change of length has other places in the file. */
function commented(count: number): readonly string[] {
    return [`// Edited ${String(count).padStart(4, '0')} times.`];
}

function coded(count: number): readonly string[] {
    return [...commented(count), '#[allow(dead_code)]', `const EDITED: u32 = ${count};`];
}

async function checkoutRows(bench: Workbench, sides: Sides): Promise<readonly Row[]> {
    const fresh = async ({ folder, edit, command }: Copy): Promise<Times> => {
        edit(commented(0));
        const times = await timed(bench, command);
        await removeTree(folder);
        return times;
    };
    // In the store from now on.
    await fresh(sides.ours());
    return await compare({
        rounds: bench.rounds(3),
        ours: () => fresh(sides.ours()),
        peers: [{ name: cargoName, once: () => fresh(sides.theirs()) }],
        figures: [{ what: whats.checkout, unit: 'ms', of: wallMs, goals: { [cargoName]: 0.1 } }],
    });
}

const rootModule = `${leaf}/src/lib.rs`;

function cargoCopy(bench: Workbench, settings: CargoSettings, sources: string, text: string): Copy {
    const folder = newFolder(bench, 'just-cargo');
    cpSync(sources, folder, { recursive: true });
    return {
        folder,
        edit: (lines) => writeFileSync(join(folder, rootModule), `${text}${lines.join('\n')}\n`),
        command: cargoOn(
            bench,
            settings,
            { app: justUnits, folder, target: join(folder, 'target') },
            ...['--jobs', String(bench.jobs)],
        ),
    };
}

function recipeCopy(bench: Workbench, store: string, text: string): Copy {
    const folder = recipeFolder(bench, justUnits);
    mkdirSync(join(folder, 'patches'));
    writeFileSync(join(folder, 'patched.rpkg'), patched);
    return {
        folder,
        edit: (lines) => writeFileSync(join(folder, 'patches', 'leaf.diff'), appending(text, lines)),
        command: { ...rpkgIn(bench, store, 'build', '--jobs', String(bench.jobs), 'patched.rpkg'), cwd: folder },
    };
}

const patched = `rpkg 1

use "just.rpkg" as upstream

overlay patched on upstream.just {
    source patches {
        path = "patches"
    }

    crate ${leaf} {
        patches = ["patches/leaf.diff"]
    }
}
`;

/** The edit as a patch, with the last line as its context. */
function appending(text: string, lines: readonly string[]): string {
    const before = text.replace(/\n$/, '').split('\n');
    const added = lines.map((line) => `+${line}\n`).join('');
    const hunk = `@@ -${before.length} +${before.length},${lines.length + 1} @@`;
    return `--- a/src/lib.rs\n+++ b/src/lib.rs\n${hunk}\n ${before.at(-1) ?? ''}\n${added}`;
}

/** The sources of just, with the leaf crate beside them in place of the one of the registry, which Cargo takes for unchangeable. */
async function cargoSources(bench: Workbench, settings: CargoSettings): Promise<string> {
    const folder = join(newFolder(bench, 'just-sources'), 'just');
    const store = join(newFolder(bench, 'sources'), 'store');
    const crate = new RegExp(`^fetch\\.crate\\.${leaf}-[0-9]`);
    await copyMain(bench, justUnits, store, folder);
    await copySources(bench, justUnits, store, (id) => (crate.test(id) ? join(folder, leaf) : undefined));
    appendFileSync(join(folder, 'Cargo.toml'), `\n[patch.crates-io]\n${leaf} = { path = "${leaf}" }\n`);
    const lock = join(folder, 'Cargo.lock');
    const source = new RegExp(`(name = "${leaf}"\\nversion = ".*"\\n)source = .*\\nchecksum = .*\\n`);
    writeFileSync(lock, readFileSync(lock, 'utf8').replace(source, '$1'));
    await cargoFetch(bench, settings, folder);
    return folder;
}
