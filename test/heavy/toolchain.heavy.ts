// rustc 1.85.1 as Debian makes it, really built: hours with an empty store, seconds with one that has it. Asked for with
// `RPKG_TOOLCHAIN_STORE=FOLDER npm run test:heavy -- toolchain`, which keeps what is built in that folder.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../../runtime/event.ts';
import { readEventLog, recordedRuns } from '../../runtime/event-log.ts';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { freshFolder } from '../support/fresh-folder.ts';
import { buildOne, forgetAnswers, placeIn, rpkg, startRpkg, type Place, until } from '../support/whole.ts';
import { network, withRecipes } from './application-place.ts';

const store = process.env['RPKG_TOOLCHAIN_STORE'];
const recipe = ['debian/rustc.rpkg#trixie', '--option', 'minimal-tools=true', '--option', 'debug-info=false'];
const files = path.join(import.meta.dirname, 'toolchain');

function placeOf(folder: string): Place {
    const place = withRecipes(placeIn(folder), 'recipes');
    return { ...place, store: store ?? '', env: { ...network, ...place.env, RPKG_STORE: store ?? '' } };
}

function dynamicSection(file: string): string {
    return spawnSync('readelf', ['--dynamic', file], { encoding: 'utf8' }).stdout;
}

/** Runs the recipe of a proof for what is installed, which it knows as a source of this name. */
async function prove(
    place: Place,
    proof: string,
    [source, installed]: readonly [string, string],
): Promise<{ readonly made: string; readonly left: Readonly<Record<string, string>> }> {
    const folder = path.join(place.folder, 'proof');
    fs.cpSync(files, folder, { recursive: true });
    fs.cpSync(installed, path.join(folder, source), { recursive: true, verbatimSymlinks: true });
    const { path: made } = await buildOne(place, [path.join(folder, `${proof}.rpkg#proof`)]);
    const left = fs.readdirSync(made).map((name) => [name, fs.readFileSync(path.join(made, name), 'utf8')] as const);
    return { made, left: Object.fromEntries(left) };
}

function eventsOf({ store: at }: Place): readonly Event[] {
    return readEventLog(at, recordedRuns(at)[0] ?? '') ?? [];
}

/** Actions whose commands the last run has started. */
function runBy(place: Place): readonly string[] {
    return eventsOf(place).flatMap((event) =>
        event.kind === 'action-started' && event.doing === 'run' ? [event.action] : [],
    );
}

describe.skipIf(store === undefined)('the toolchain of trixie', () => {
    let place: Place;
    let installed: string;

    beforeAll(async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-test-'));
        place = placeOf(folder);
        installed = (await buildOne(place, recipe)).path;
        return () => deleteTree(folder);
    }, 12 * 3_600_000);

    test('has a compiler, rustdoc and Cargo, and a compiler library that needs LLVM 19', () => {
        expect(fs.readdirSync(path.join(installed, 'usr/bin'))).toEqual(
            expect.arrayContaining(['cargo', 'rustc', 'rustdoc']),
        );
        const libraries = path.join(installed, 'usr/lib');
        const driver = fs.readdirSync(libraries).find((name) => /^librustc_driver-\w+\.so$/.test(name)) ?? '';
        const dynamic = dynamicSection(path.join(libraries, driver));
        expect(dynamic).toMatch(/NEEDED.*\[libLLVM\.so\.19\.1\]/);
        expect(dynamic).toContain(`[${driver}]`);
        expect(dynamic).not.toMatch(/R(?:UN)?PATH/);
        // With LLVM inside it would have twice the size.
        expect(fs.statSync(path.join(libraries, driver)).size).toBeLessThan(160 * 2 ** 20);
        expect(fs.existsSync(path.join(libraries, 'rustlib/components'))).toBe(false);
    });

    test('compiles, links and runs programs at another place, and tests and documents a project', async () => {
        const { left } = await prove(place, 'proof', ['toolchain', installed]);
        expect(left['hello']).toBe('hello 30\n');
        expect(left['project']).toBe('PACKAGER 1 5050 true 0.5\n');
        expect(left['sysroot']).toBe('/rpkg/src-toolchain/usr\n');
        expect(left['version']).toMatch(/^rustc 1\.85\.1 [^]*\nLLVM version: 19\.1\.\d+\n$/);
        expect(left['needed']).toContain('libLLVM.so.19.1 => ');
    });

    test('shows every flag of the policy, or the reason why it cannot', async () => {
        const { exit, out } = await rpkg(place, ['verify-flags', ...recipe, '--no-disassembly']);
        expect(out).toMatch(/-Wl,-z,now/);
        expect(exit).toBe(0);
    });

    test('is built on from where an interruption met it, and finished stages stay', async () => {
        const later = ['stage2', 'build', 'install'];
        forgetAnswers(place);
        await buildOne(place, recipe);
        const records = eventsOf(place).flatMap((event) =>
            event.kind === 'action-cached' && later.includes(event.action) && event.key !== undefined
                ? [
                      path.join(
                          place.store,
                          'records/action',
                          `${event.key.replace('sha256:', '').replace('/', '-')}.json`,
                      ),
                  ]
                : [],
        );
        expect(records).toHaveLength(later.length);
        forgetAnswers(place);
        for (const record of records) fs.renameSync(record, `${record}.away`);
        try {
            for (const signal of ['SIGINT', 'SIGKILL'] as const) {
                const known = recordedRuns(place.store)[0];
                const started = startRpkg(place, ['build', '--offline', ...recipe]);
                const hasBegun = (): boolean =>
                    recordedRuns(place.store)[0] !== known && runBy(place).includes('stage2');
                await until(hasBegun, 'stage 2 begins', 3_600_000);
                started.child.kill(signal);
                await started.ended;
                expect(runBy(place)).toEqual(['stage2']);
            }
        } finally {
            for (const record of records) fs.renameSync(`${record}.away`, record);
        }
    });

    test('is not built again', async () => {
        const again = await rpkg(place, ['build', '--offline', ...recipe]);
        expect(again).toMatchObject({ exit: 0, err: expect.stringContaining('0 run, ') as string });
    });
});

describe.skipIf(store === undefined)('the standard library for i586', () => {
    test('has no instruction of SSE, nor has a program with it, which runs on a processor without', async () => {
        const place = placeOf(freshFolder());
        const { path: library } = await buildOne(place, ['debian/rustc.rpkg#trixie-i586']);
        const { made, left } = await prove(place, 'old-processor', ['library', library]);
        const numbers = '21097.456 2432902008176640000 5919012181389927685417441689600000000 4 31.623';
        expect(left['said']).toBe(`${numbers}\nsse false\n`);
        expect(left['said-by-newest']).toBe(`${numbers}\nsse true\n`);
        for (const at of [library, path.join(made, 'program')]) {
            const { exit, out } = await rpkg(place, ['verify-flags', at, '--forbid', 'sse']);
            expect({ exit, out: exit === 0 ? '' : out }).toEqual({ exit: 0, out: '' });
        }
    });
});
