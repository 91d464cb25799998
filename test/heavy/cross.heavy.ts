// ripgrep for another platform as its recipe has it, run under QEMU. The standard library comes through rustup into a folder of
// its own, or from the one that RPKG_TEST_RUST_STD names.
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/fresh-folder.ts';
import { rustAlone } from '../support/rust-alone.ts';
import { bringStds, missingPrograms } from '../support/target-std.ts';
import { answer, buildOne, placeIn, run, systemPath } from '../support/whole.ts';
import { cargoHome, network, withCargo, withRecipes } from './application-place.ts';

const platforms = [
    { triple: 'i686-unknown-linux-gnu', tools: 'i686-linux-gnu', emulator: 'qemu-i386', machine: 3 },
    { triple: 'aarch64-unknown-linux-gnu', tools: 'aarch64-linux-gnu', emulator: 'qemu-aarch64', machine: 183 },
];

test.each(platforms)('ripgrep for $triple', async ({ triple, tools, emulator, machine }) => {
    expect(missingPrograms([`${tools}-gcc`, `${tools}-ar`, emulator])).toEqual([]);
    const root = freshFolder();
    const stds = bringStds([triple], root);
    expect(stds.problem).toBe('');
    const rust = rustAlone(`${root}/rust`);
    const inside = `lib/rustlib/${triple}`;
    fs.cpSync(`${stds.folder}/${inside}`, `${rust}/${inside}`, { recursive: true });
    const place = withRecipes(placeIn(root), 'recipes');
    const env = { ...network, ...place.env, CARGO_HOME: cargoHome, PATH: `${rust}/bin:${systemPath}` };
    const cross = { ...place, env };
    const recipe = ['ripgrep.rpkg', '--option', 'without-cargo=true', '--target', triple];
    await answer(cross, ['fetch', '-q', '--locked', ...recipe], { env: withCargo(rust) });
    const built = await buildOne(cross, ['--offline', '--locked', ...recipe]);
    const rg = `${built.path}/usr/bin/rg`;
    expect(fs.readFileSync(rg).readUInt16LE(18)).toBe(machine);
    fs.mkdirSync(`${place.folder}/search`);
    fs.writeFileSync(`${place.folder}/search/one.txt`, 'hay\na needle\n');
    const found = await run(cross, [emulator, '-L', `/usr/${tools}`, rg, '-n', 'needle', 'search']);
    expect(found).toEqual({ exit: 0, out: 'search/one.txt:2:a needle\n', err: '' });
    console.log(`ripgrep for ${triple}: ${built.digest}`);
});
