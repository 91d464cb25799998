// Debian's rustc of several releases: sources from the mirrors that apt knows, patched; the configuration, read by the build system of
// the release itself, without network. Needs the LLVM that each recipe names, and for `sid` a Rust of 1.94 or 1.95.
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../support/fresh-folder.ts';
import { buildOne, placeIn, rpkg, type Place } from '../support/whole.ts';
import { network, withRecipes } from './application-place.ts';

/** The Rust of whoever runs the test, and the network for `fetch` actions. */
function placeOf(): Place {
    const place = withRecipes(placeIn(freshFolder()), 'recipes');
    const rust = { HOME: process.env['HOME'] ?? '/', PATH: process.env['PATH'] ?? '' };
    return { ...place, env: { ...network, ...place.env, ...rust } };
}

describe.each(['bookworm', 'trixie-on-bookworm', 'sid'])('%s', (overlay) => {
    test('is prepared, and its build system accepts the configuration', async () => {
        const place = placeOf();
        const built = await buildOne(place, [`debian/rustc.rpkg#${overlay}`, '--option', 'dry-run=true']);
        expect(fs.readdirSync(built.path)).toContain('bootstrap');
    });

    test('with a wrong key is refused before anything is fetched for building', async () => {
        const place = placeOf();
        const text = `rpkg 1\n\nuse "rustc.rpkg" as debian\n\noverlay wrong on debian.${overlay} {\n    config rust {\n        optimise = true\n    }\n}\n`;
        fs.writeFileSync(`${place.folder}/debian/wrong.rpkg`, text);
        const { exit, err } = await rpkg(place, ['plan', 'debian/wrong.rpkg']);
        expect(exit).toBe(3);
        expect(err).toMatch(/error\[rustc\/unknown-key\]: 1\.\d+\.\d has no setting `rust\.optimise`/);
    });
});
