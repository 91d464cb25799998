// A working copy of just in which a crate that many others need, and that needs none, can be edited: what is built after an
// edit, and in a new copy. Both sides get the same files.
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../runtime/store/remove-tree.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Command, timed, wallMs } from './support/command.ts';
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
    tripleOf,
} from './support/units-app.ts';
import { newFolder, type Workbench } from './support/workbench.ts';

const cargoName = 'cargo build';
const leaf = 'memchr';
const leafSource = `${leaf}/src/lib.rs`;

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
        return await rowsIn(bench, settings, await workingCopy(bench, settings));
    },
};

async function rowsIn(bench: Workbench, settings: CargoSettings, original: string): Promise<readonly Row[]> {
    const store = join(newFolder(bench, 'store'), 'store');
    const ours = copyOf(bench, original, (folder) => rpkgBuild(bench, store, folder));
    const theirs = copyOf(bench, original, (folder) => cargoBuild(bench, settings, folder));
    bench.note('building just without Cargo and with it');
    await timed(bench, ours.command);
    await timed(bench, theirs.command);
    let edits = 0;
    const edited = async ({ folder, command }: Copy, text: (edit: number) => string) => {
        edits += 1;
        appendFileSync(join(folder, leafSource), text(edits));
        return await timed(bench, command);
    };
    const edit = (what: string, text: (edit: number) => string, goal?: number): Promise<readonly Row[]> =>
        compare({
            rounds: bench.rounds(3),
            ours: () => edited(ours, text),
            peers: [{ name: cargoName, once: () => edited(theirs, text) }],
            figures: [
                { what, unit: 'ms', of: wallMs, ...(goal === undefined ? {} : { goals: { [cargoName]: goal } }) },
            ],
        });
    const fresh = async (make: () => Copy) => {
        const { folder, command } = make();
        const times = await timed(bench, command);
        await removeTree(folder);
        return times;
    };
    return [
        ...(await edit(whats.comment, (count) => `// Edited ${count} times.\n`, 0.7)),
        // Everything behind has to be compiled again on both sides.
        ...(await edit(whats.code, (count) => `#[allow(dead_code)]\nconst EDITED_${count}: u32 = ${count};\n`)),
        ...(await compare({
            rounds: bench.rounds(3),
            ours: () => fresh(() => copyOf(bench, ours.folder, (folder) => rpkgBuild(bench, store, folder))),
            peers: [
                {
                    name: cargoName,
                    once: () =>
                        fresh(() => copyOf(bench, theirs.folder, (folder) => cargoBuild(bench, settings, folder))),
                },
            ],
            figures: [{ what: whats.checkout, unit: 'ms', of: wallMs, goals: { [cargoName]: 0.1 } }],
        })),
    ];
}

interface Copy {
    readonly folder: string;
    readonly command: Command;
}

/** What is built is not copied. */
function copyOf(bench: Workbench, original: string, command: (folder: string) => Command): Copy {
    const folder = newFolder(bench, 'just');
    cpSync(original, folder, { recursive: true, filter: (from) => from !== join(original, 'target') });
    return { folder, command: command(folder) };
}

function rpkgBuild(bench: Workbench, store: string, folder: string): Command {
    return { ...rpkgIn(bench, store, 'build', '--jobs', String(bench.jobs), 'just.rpkg'), cwd: folder };
}

function cargoBuild(bench: Workbench, settings: CargoSettings, folder: string): Command {
    const target = join(folder, 'target');
    return cargoOn(bench, settings, { app: justUnits, folder, target }, '--jobs', String(bench.jobs));
}

/** The sources of just, with the leaf crate beside them in place of the one of the registry. */
async function workingCopy(bench: Workbench, settings: CargoSettings): Promise<string> {
    const folder = join(newFolder(bench, 'working-copy'), 'just');
    const store = join(newFolder(bench, 'sources'), 'store');
    const crate = new RegExp(`^fetch\\.crate\\.${leaf}-[0-9]`);
    await copyMain(bench, justUnits, store, folder);
    await copySources(bench, justUnits, store, (id) => (crate.test(id) ? join(folder, leaf) : undefined));
    appendFileSync(join(folder, 'Cargo.toml'), `\n[patch.crates-io]\n${leaf} = { path = "${leaf}" }\n`);
    const lock = join(folder, 'Cargo.lock');
    const package_ = new RegExp(`(name = "${leaf}"\\nversion = ".*"\\n)source = .*\\nchecksum = .*\\n`);
    writeFileSync(lock, readFileSync(lock, 'utf8').replace(package_, '$1'));
    writeFileSync(join(folder, 'just.rpkg'), recipe(version(lock)));
    await cargoFetch(bench, settings, folder);
    return folder;
}

function version(lock: string): string {
    const [, found = ''] = /name = "just"\nversion = "(.*)"/.exec(readFileSync(lock, 'utf8')) ?? [];
    return found;
}

/** No more than Cargo does: nothing is tested or made with the program. */
function recipe(of: string): string {
    return `rpkg 1

recipe just is app {
    version = ${of}

    source main {
        path = "."
        exclude = ["target", "*.rpkg", "rpkg.lock"]
    }

    driver = rustc
    bins = [just]
}
`;
}
