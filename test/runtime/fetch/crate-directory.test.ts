// Folders of unpacked crates as distributions install them and `cargo vendor` makes them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CrateFolder, readCrateDirectory, snapshotCrate } from '../../../runtime/fetch/crate-directory.ts';
import { failureOf, filesOf, openWorkbench, valueOf, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
    bench = await openWorkbench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const hash = 'a'.repeat(64);
const checksums = JSON.stringify({ files: {}, package: hash });
const manifest = (name: string, version: string): string => `[package]\nname = "${name}"\nversion = "${version}"\n`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function directoryWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(bench.folder, 'registry-'));
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

async function crates(folder: string): Promise<readonly CrateFolder[]> {
    return valueOf(await readCrateDirectory(folder));
}

async function onlyCrate(files: Readonly<Record<string, string>>): Promise<CrateFolder> {
    const folder = directoryWith(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`a-1.0.0/${path}`, text])),
    );
    const [crate] = await crates(folder);
    if (crate === undefined) throw new Error('no crate');
    return crate;
}

describe('what a folder holds', () => {
    test('crates by name and version, however their folders are called', async () => {
        const folder = directoryWith({
            'b-2.0.0/Cargo.toml': manifest('b', '2.0.0'),
            'b-2.0.0/.cargo-checksum.json': checksums,
            'a/Cargo.toml': manifest('a', '1.0.0-rc.1+meta'),
            'b-1/Cargo.toml': manifest('b', '1.0.0'),
            'b-1/.cargo-checksum.json': '{"files":{}}',
            '.hidden/Cargo.toml': manifest('hidden', '1.0.0'),
            'no-crate/README': '',
            'workspace/Cargo.toml': '[workspace]\nmembers = []\n',
            'broken/Cargo.toml': '[package\n',
            'a file': '',
        });
        const found = await crates(folder);
        expect(found.map(({ folder: path, ...rest }) => ({ ...rest, folder: path.slice(folder.length + 1) }))).toEqual([
            { name: 'a', version: '1.0.0-rc.1+meta', folder: 'a', checksum: undefined },
            { name: 'b', version: '1.0.0', folder: 'b-1', checksum: undefined },
            { name: 'b', version: '2.0.0', folder: 'b-2.0.0', checksum: `sha256:${hash}` },
        ]);
    });

    test.each([
        ['first', '[package]\nname = "x"\nversion = "1.0.0"\n[dependencies]\nname = "1"\nversion = "2"\n'],
        ['last', 'cargo-features = []\n[dependencies.y]\nversion = "2"\n[package]\nversion = "1.0.0"\nname = "x"'],
        ['inline', 'package = { name = "x", version = "1.0.0" }\n'],
        ['dotted', 'package.name = "x"\npackage.version = "1.0.0"\n'],
        [
            'with a text that looks like a table',
            '[package]\ndescription = """\n[lib]\n"""\nname = "x"\nversion = "1.0.0"\n',
        ],
        ['with spaces', '[ package ]\nname = "x"\nversion = "1.0.0"\n'],
    ])('a manifest whose package stands %s', async (_title, text) => {
        const [crate] = await crates(directoryWith({ 'x/Cargo.toml': text }));
        expect(crate).toMatchObject({ name: 'x', version: '1.0.0' });
    });

    test('links to crates elsewhere, as dh-cargo makes them', async () => {
        const target = directoryWith({ 'a-1.0.0/Cargo.toml': manifest('a', '1.0.0') });
        const folder = directoryWith({});
        symlinkSync(join(target, 'a-1.0.0'), join(folder, 'a-1.0.0'));
        expect(await crates(folder)).toMatchObject([{ name: 'a', folder: join(target, 'a-1.0.0') }]);
    });

    test('nothing, when there is no such folder', async () => {
        const path = join(bench.folder, 'nothing');
        expect(failureOf(await readCrateDirectory(path))).toEqual({
            kind: 'missing-path',
            what: 'crate directory',
            path,
        });
    });
});

describe('the tree of a crate', () => {
    const source = 'pub fn f() {}\n';
    const files = { 'Cargo.toml': manifest('a', '1.0.0'), 'src/lib.rs': source };

    test('is its folder when all that is listed is as listed', async () => {
        const listed = JSON.stringify({ files: { 'src/lib.rs': sha256(source) }, package: hash });
        const crate = await onlyCrate({ ...files, '.cargo-checksum.json': listed, 'debian-patch': 'not listed' });
        const tree = valueOf(await snapshotCrate(crate, bench.store));
        expect(filesOf(bench.store, tree)).toMatchObject({ 'src/lib.rs': source, 'debian-patch': 'not listed' });
        expect(valueOf(await snapshotCrate(crate, bench.store))).toBe(tree);
    });

    test.each([
        ['no checksum file', undefined, { kind: 'bad-tree', rule: 'checksum', detail: 'is missing' }],
        ['a checksum file that is none', '[]', { kind: 'bad-tree', rule: 'checksum' }],
        ['a checksum file with numbers', '{"files":{"a":1}}', { kind: 'bad-tree', rule: 'checksum' }],
        ['a listed file that differs', JSON.stringify({ files: { 'src/lib.rs': hash } }), { kind: 'hash-mismatch' }],
        [
            'a listed file that is not there',
            JSON.stringify({ files: { gone: hash } }),
            { kind: 'bad-tree', entry: 'gone' },
        ],
        [
            'a listed file outside',
            JSON.stringify({ files: { '../../x': hash } }),
            { kind: 'bad-tree', entry: '../../x' },
        ],
        ['a listed folder', JSON.stringify({ files: { src: hash } }), { kind: 'bad-tree', entry: 'src' }],
    ])('is refused with %s', async (_title, text, failure) => {
        const crate = await onlyCrate({ ...files, ...(text === undefined ? {} : { '.cargo-checksum.json': text }) });
        expect(failureOf(await snapshotCrate(crate, bench.store))).toMatchObject(failure);
        expect(failureOf(await snapshotCrate(crate, bench.store))).toMatchObject(failure);
    });

    test('has files of the distribution instead of links to them', async () => {
        const crate = await onlyCrate({ ...files, '.cargo-checksum.json': checksums });
        symlinkSync('/usr/share/common-licenses/GPL-3', join(crate.folder, 'COPYING'));
        const tree = valueOf(await snapshotCrate(crate, bench.store));
        expect(filesOf(bench.store, tree)['COPYING']).toContain('GNU GENERAL PUBLIC LICENSE');
    });

    test('is gone with its folder', async () => {
        const crate = await onlyCrate({ ...files, '.cargo-checksum.json': checksums });
        rmSync(crate.folder, { recursive: true });
        expect(failureOf(await snapshotCrate(crate, bench.store))).toMatchObject({ kind: 'missing-path' });
    });
});

const debian = '/usr/share/cargo/registry';
test.skipIf(!existsSync(debian))(`the crates that this machine has in ${debian}`, async () => {
    const found = await crates(debian);
    for (const crate of found) valueOf(await snapshotCrate(crate, bench.store));
});
