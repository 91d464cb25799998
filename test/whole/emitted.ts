// Running what `rpkg emit` wrote where neither rpkg, Node nor Cargo is to be found, and comparing what comes out.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect } from 'vitest';
import { openStore } from '../../runtime/store/store.ts';
import { demand } from '../support/demand.ts';
import { answer, type Place, run, type RunOptions } from '../support/whole.ts';

export type Format = 'make' | 'sh';

const commands: Readonly<Record<Format, readonly string[]>> = { make: ['make', '-j2'], sh: ['sh', 'build.sh'] };

/** Emits the recipe into a folder, runs it with nothing but the system's programs, gives the folder with the result. `more` are options of `emit`. */
export async function buildEmitted(
    place: Place,
    format: Format,
    recipe: string,
    options: RunOptions = {},
    more: readonly string[] = [],
): Promise<string> {
    const folder = `${place.folder}/emitted-${format}`;
    await answer(place, ['emit', format, recipe, '-o', folder, ...more], options);
    const programs = systemAlone(path.join(path.dirname(place.folder), 'programs'));
    const argv = [...(options.through ?? []), 'env', '-i', `PATH=${programs}`, ...commands[format]];
    const ran = await run(place, argv, { cwd: folder, env: { PATH: `${place.env['PATH'] ?? ''}:/usr/bin` } });
    if (ran.exit !== 0) throw new Error(`${format} ended with ${ran.exit}\n${ran.out}${ran.err}`);
    return `${folder}/result/out`;
}

/** A PATH like `/usr/bin:/bin`; links to all of it but Node and Cargo when one is there. */
function systemAlone(folder: string): string {
    const system = ['/usr/bin', '/bin'];
    const unwanted = /^(?:node|nodejs|npm|npx|corepack|cargo|rpkg)$/;
    if (!system.some((each) => fs.readdirSync(each).some((name) => unwanted.test(name)))) return system.join(':');
    if (fs.existsSync(folder)) return folder;
    fs.mkdirSync(folder);
    fs.chmodSync(folder, 0o755);
    for (const name of fs.readdirSync('/usr/bin')) {
        if (!unwanted.test(name)) fs.symlinkSync(`/usr/bin/${name}`, `${folder}/${name}`);
    }
    return folder;
}

/** The trees have the same names, kinds, execute bits, links and contents. */
export async function expectSameTree(place: Place, actual: string, expected: string): Promise<void> {
    expect(await run(place, ['diff', '-r', '--no-dereference', actual, expected])).toEqual({
        exit: 0,
        out: '',
        err: '',
    });
    expect(listing(actual)).toEqual(listing(expected));
}

function listing(folder: string): readonly string[] {
    return fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => {
            const file = path.join(folder, name);
            const status = fs.lstatSync(file);
            if (status.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(file)}`;
            const kind = status.isDirectory() ? 'folder' : status.isFile() ? 'file' : 'other';
            return `${name} ${kind} ${(status.mode & 0o111) === 0 ? 'plain' : 'executable'}`;
        });
}

/** The digest that the store gives to a folder. */
export async function importedDigest(place: Place, folder: string): Promise<string> {
    await using store = demand(await openStore(`${path.dirname(place.folder)}/import`));
    return demand(await store.importTree(folder, { what: folder }));
}
