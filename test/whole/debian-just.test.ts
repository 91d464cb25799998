// just of crates that Debian has packaged, and of nothing else.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import type { CratesOrigin, Plan } from '../../compiler/plan/plan.ts';
import { debianCrates } from '../support/debian-crates.ts';
import { freshPlace, installation, rpkg } from '../support/whole.ts';

const minutes = 60_000;
const debian = debianCrates("just of Debian's crates");

test.skipIf(debian === undefined)(
    "just is built from Debian's crates, and nothing is fetched",
    async () => {
        const { folder: crates, just: version } = debian ?? { folder: '', just: '' };
        const place = freshPlace();
        fs.cpSync(`${installation}/recipes/debian`, `${place.folder}/debian`, { recursive: true });
        const recipe = `${place.folder}/debian/just-system.rpkg`;
        const text = fs.readFileSync(recipe, 'utf8');
        fs.writeFileSync(recipe, text.replaceAll('/usr/share/cargo/registry', crates).replace('1.59.0', version));
        const { exit, out, err } = await rpkg(place, ['build', '-q', '--offline', 'debian/just-system.rpkg#debian']);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        const program = `${out.split('\n')[1] ?? ''}/usr/bin/just`;
        expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toBe(`just ${version}\n`);

        const plan = JSON.parse((await rpkg(place, ['plan', 'debian/just-system.rpkg#debian'])).out) as Plan;
        const sources = Object.values(plan.actions).flatMap((action) =>
            action.kind === 'fetch' ? [action.source] : [],
        );
        expect(sources.length).toBeGreaterThan(80);
        for (const source of sources)
            expect(source.type === 'local' && source.path.startsWith(`${crates}/`), JSON.stringify(source)).toBe(true);

        const shown = await rpkg(place, ['crates', '--json', 'debian/just-system.rpkg#debian']);
        const origin = JSON.parse(shown.out) as CratesOrigin;
        expect(origin).toEqual(plan.provenance.crates);
        expect(origin.changes.map(({ name }) => name)).toContain('clap');
    },
    60 * minutes,
);
