// A chain that is really carried out, with releases that are built in no time: each by the one before, with a certificate.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../compiler/certificate.ts';
import { writeSmallRust } from '../support/small-rust.ts';
import { answer, type Built, expectCleanStore, freshPlace, type Place, rpkg, write } from '../support/whole.ts';

const recipe = `rpkg 1

recipe release is rustc {
    version = 1.86.0
    source main {
        path = "sources/\\(version)"
    }
    source begin {
        path = "begin"
    }
    bootstrap {
        version = 1.84.1
        from = [begin]
    }
    tools = [cargo, clippy]
}

recipe small is chain {
    version = 1.86.0
    have = 1.84.1
    each = release
    by-itself = true
}
`;

function placeOf(): Place {
    const place = freshPlace();
    writeSmallRust(place, '1.84.1', ['1.85.1', '1.86.0']);
    write(place, { 'chain.rpkg': recipe });
    return place;
}

async function build(
    place: Place,
): Promise<{ readonly out: string; readonly file: string; readonly certificate: Certificate }> {
    const { outputs } = JSON.parse(await answer(place, ['build', '--json', 'chain.rpkg'])) as Built;
    const at = new Map(outputs.map(({ name, path }) => [name, path]));
    const file = `${at.get('certificate') ?? ''}/certificate.json`;
    return { out: at.get('out') ?? '', file, certificate: JSON.parse(fs.readFileSync(file, 'utf8')) as Certificate };
}

function library(root: string): string {
    return `${root}/usr/lib/rustlib/x86_64-unknown-linux-gnu/lib`;
}

describe('a chain', () => {
    test('is built link by link, and its certificate can be checked', async () => {
        const place = placeOf();
        const { out, file, certificate } = await build(place);
        expect(fs.readFileSync(`${library(out)}/made-by`, 'utf8')).toBe('rustc 1.86.0 (small)\n');
        expect(fs.readFileSync(`${library(out)}/tools`, 'utf8')).toBe('["cargo", "clippy"]');
        const { begin, links } = certificate;
        expect(begin.release).toBe('1.84.1');
        expect(links.map(({ by, release }) => [by, release])).toEqual([
            ['1.84.1', '1.85.1'],
            ['1.85.1', '1.86.0'],
            ['1.86.0', '1.86.0'],
        ]);
        // The digests that a program without rpkg found are the names of objects of the store.
        const objects = [begin, ...links].map(
            ({ tree }) => `${place.store}/objects/${tree.slice('sha256:'.length).replace('/', '-')}`,
        );
        for (const object of objects) expect(fs.existsSync(object)).toBe(true);
        expect(objects.at(-1)).toBe(out);
        expect(fs.readFileSync(`${library(objects[2] ?? '')}/made-by`, 'utf8')).toBe('rustc 1.85.1 (small)\n');
        expect(fs.readFileSync(`${library(objects[2] ?? '')}/tools`, 'utf8')).toBe('["cargo"]');

        const checked = await rpkg(place, ['verify', 'chain.rpkg', '--certificate', file]);
        expect(checked).toMatchObject({
            exit: 0,
            out: '3 links: seals are whole, plans are those of the recipe\n4 trees read again, 0 not in this store\n',
        });
        expect(checked.err.match(/plan\/unread-release/g)).toHaveLength(1);
        expect((await rpkg(place, ['verify', 'chain.rpkg'])).exit).toBe(0);
        await expectCleanStore(place);
    });

    test('is refused with a certificate that says something else', async () => {
        const place = placeOf();
        const { certificate } = await build(place);
        const [first, second, third] = certificate.links;
        if (first === undefined || second === undefined || third === undefined) throw new Error('three links');
        const otherTree = { ...second, tree: first.tree };
        const cases: readonly (readonly [string, unknown, RegExp])[] = [
            ['a link left out', { ...certificate, links: [first, third] }, /link 2, 1\.86\.0: it does not follow/],
            [
                'another tree',
                { ...certificate, links: [first, otherTree, third] },
                /link 2, 1\.86\.0: its seal is not that of/,
            ],
            [
                'an end left out',
                { ...certificate, links: [first, second] },
                /the link 1\.86\.0 of the recipe is missing/,
            ],
            [
                'another beginning',
                { ...certificate, begin: { ...certificate.begin, tree: first.tree } },
                /link 1, 1\.85\.1: it does not follow/,
            ],
        ];
        for (const [title, value, says] of cases) {
            write(place, { 'bad.json': JSON.stringify(value) });
            const { exit, out } = await rpkg(place, ['verify', 'chain.rpkg', '--certificate', 'bad.json']);
            expect([title, exit]).toEqual([title, 1]);
            expect(out).toMatch(says);
        }
        write(place, { 'bad.json': '{}' });
        const none = await rpkg(place, ['verify', 'chain.rpkg', '--certificate', 'bad.json']);
        expect(none.exit).toBe(2);
        expect(none.err).toContain('error: `bad.json` is no certificate of a chain\n');
    });

    test('has another plan where its recipe changes, from that link on', async () => {
        const place = placeOf();
        const { file } = await build(place);
        const layer = '    link "1.86.0" {\n        rustflags = ["-Copt-level=2"]\n    }\n}\n';
        write(place, { 'chain.rpkg': recipe.replace(/\}\n$/, layer), 'old.json': fs.readFileSync(file, 'utf8') });
        const { exit, out } = await rpkg(place, ['verify', 'chain.rpkg', '--certificate', 'old.json']);
        expect(exit).toBe(1);
        expect(out).not.toContain('link 1,');
        expect(out).toMatch(/^link 2, 1\.86\.0: it was built by another plan: sha256:/m);
        expect(out).toMatch(/^link 3, 1\.86\.0: it was built by another plan: sha256:/m);
    });

    test('shares its links with other chains', async () => {
        const place = placeOf();
        await build(place);
        write(place, { 'chain.rpkg': recipe.replace('    by-itself = true\n', '') });
        const { err } = await rpkg(place, ['build', 'chain.rpkg']);
        expect(err).not.toContain('install@1.85.1');
        expect(err).toContain('install@1.86.0');
    });

    test('is the same from the script that rpkg wrote', async () => {
        const place = placeOf();
        const { certificate } = await build(place);
        await answer(place, ['emit', 'sh', 'chain.rpkg', '-o', 'emitted']);
        const folder = `${place.folder}/emitted`;
        const ran = spawnSync('sh', ['build.sh'], { cwd: folder, env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
        expect(ran.status, ran.stderr).toBe(0);
        const written = fs.readFileSync(`${folder}/result/certificate/certificate.json`, 'utf8');
        expect(JSON.parse(written)).toEqual(certificate);
    });
});
