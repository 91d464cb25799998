// Packages of Debian: as dpkg makes them, and as nobody should.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, it } from 'vitest';
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { demand, demandFailure } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { archive, file } from '../../support/tar-bytes.ts';

it.each(['gzip', 'xz', 'zstd', 'none'])('a package made by dpkg is its files (%s)', async (compression) => {
    const folder = freshFolder();
    fs.mkdirSync(`${folder}/in/DEBIAN`, { recursive: true });
    const control = 'Package: hello\nVersion: 1-1\nArchitecture: all\nMaintainer: X <x@example.org>\nDescription: x\n';
    fs.writeFileSync(`${folder}/in/DEBIAN/control`, control);
    fs.mkdirSync(`${folder}/in/usr/bin`, { recursive: true });
    fs.writeFileSync(`${folder}/in/usr/bin/hello`, '#!/bin/sh\n', { mode: 0o755 });
    fs.symlinkSync('hello', `${folder}/in/usr/bin/hallo`);
    const deb = `${folder}/hello.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '--build', `${folder}/in`, deb]);
    fs.rmSync(`${folder}/in/DEBIAN`, { recursive: true });
    await using store = demand(await openStore(`${folder}/store`));
    const expected = demand(await store.importTree(`${folder}/in`, { what: 'in' }));
    expect(demand(await importArchive(store, deb, { what: 'deb', strip: 0 }))).toBe(expected);
    expect(fs.readdirSync(folder).sort()).toEqual(['hello.deb', 'in', 'store']);
});

/** An `ar` archive; a size is written as it is given. */
function packed(
    ...members: readonly { readonly name: string; readonly body: Buffer; readonly size?: string }[]
): Buffer {
    const parts = members.flatMap(({ name, body, size = String(body.length) }) => [
        Buffer.from(
            `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${size.padEnd(10)}\`\n`,
        ),
        body,
        Buffer.alloc(body.length % 2, '\n'),
    ]);
    return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

const tar = archive(file('a', 'x'));

it('an odd member before the files is stepped over', async () => {
    const folder = freshFolder();
    const body = Buffer.from('2.0');
    fs.writeFileSync(`${folder}/deb`, packed({ name: 'debian-binary', body }, { name: 'data.tar/', body: tar }));
    await using store = demand(await openStore(`${folder}/store`));
    const tree = demand(await importArchive(store, `${folder}/deb`, { what: 'deb', strip: 0 }));
    expect(fs.readFileSync(`${store.objectPath(tree)}/a`, 'utf8')).toBe('x');
});

it.each([
    ['without files', packed({ name: 'debian-binary', body: Buffer.from('2.0\n') })],
    ['that is cut off', packed({ name: 'data.tar', body: tar }).subarray(0, 900)],
    ['with a size that is none', packed({ name: 'data.tar', body: tar, size: '-1' })],
    ['that goes on after its last member', Buffer.concat([packed({ name: 'x', body: tar }), Buffer.from('more')])],
])('an ar archive %s is refused', async (_, bytes) => {
    const folder = freshFolder();
    fs.writeFileSync(`${folder}/deb`, bytes);
    await using store = demand(await openStore(`${folder}/store`));
    const failure = demandFailure(await importArchive(store, `${folder}/deb`, { what: 'deb', strip: 0 }));
    expect(failure).toMatchObject({ kind: 'bad-tree', rule: 'tar', what: 'deb' });
});
