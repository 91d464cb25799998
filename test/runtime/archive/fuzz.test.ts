// Good archives with some bytes changed, some cut out, some doubled: never a crash, a hang, or a write outside.
import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importArchive } from '../../../runtime/archive/read-archive.ts';
import { openStore } from '../../../runtime/store/store.ts';
import { fingerprint, makeCanary } from '../../support/canary.ts';
import { demand } from '../../support/demand.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { archive, directory, file, gnuLong, hardLink, link, pax } from '../../support/tar-bytes.ts';
import { problemsOf } from '../store/store-problems.ts';

const plain = archive(
    pax({ comment: 'a commit' }, 'g'),
    directory('p/'),
    file('p/a', 'some text\n'.repeat(90)),
    file('p/tool', '#!/bin/sh\n', { mode: 0o755 }),
    pax({ path: `p/${'é'.repeat(60)}`, mtime: '1.5' }),
    file('p/short', 'x'),
    gnuLong('L', `p/${'l'.repeat(120)}`),
    file('p/l', 'y', { magic: 'ustar  \0' }),
    link('p/link', 'a'),
    hardLink('p/again', 'p/a'),
);

const seeds: readonly { readonly name: string; readonly bytes: Buffer }[] = [
    { name: 'tar', bytes: plain },
    { name: 'gzip', bytes: zlib.gzipSync(plain) },
    { name: 'zstd', bytes: zlib.zstdCompressSync(plain) },
];

type Change =
    | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
    | { readonly kind: 'set'; readonly at: number; readonly byte: number }
    | { readonly kind: 'cut'; readonly at: number; readonly length: number }
    | { readonly kind: 'double'; readonly at: number; readonly length: number };

const place = fc.nat({ max: 1_000_000 });
const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: place, mask: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('set' as const), at: place, byte: fc.constantFrom(0, 0x2f, 0x2e, 0x37, 0x80, 0xff) }),
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.constantFrom(1, 100, 512, 1024) }),
    fc.record({ kind: fc.constant('double' as const), at: place, length: fc.constantFrom(1, 512, 1024, 1536) }),
);

function changed(bytes: Buffer, { at: anywhere, ...what }: Change): Buffer {
    // Whole blocks are often moved as such: most other cuts only break a checksum.
    const step = what.kind === 'cut' || what.kind === 'double' ? (what.length % 512 === 0 ? 512 : 1) : 1;
    const place = Math.floor((anywhere % Math.max(bytes.length, 1)) / step) * step;
    const before = bytes.subarray(0, place);
    switch (what.kind) {
        case 'flip':
            return Buffer.concat([before, Buffer.of((bytes[place] ?? 0) ^ what.mask), bytes.subarray(place + 1)]);
        case 'set':
            return Buffer.concat([before, Buffer.of(what.byte), bytes.subarray(place + 1)]);
        case 'cut':
            return Buffer.concat([before, bytes.subarray(place + what.length)]);
        case 'double':
            return Buffer.concat([before, bytes.subarray(place, place + what.length), bytes.subarray(place)]);
    }
}

/** Makes headers right again, so that changes reach what comes after the checksum. */
function withChecksums(bytes: Buffer): Buffer {
    const fixed = Buffer.from(bytes);
    for (let at = 0; at + 512 <= fixed.length; at += 512) {
        const block = fixed.subarray(at, at + 512);
        if (block.toString('latin1', 257, 262) !== 'ustar') continue;
        block.write('        ', 148);
        const sum = block.reduce((total, byte) => total + byte, 0);
        block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    }
    return fixed;
}

describe('changed archives', () => {
    it.each([...seeds, { name: 'tar, checksums made right', bytes: plain }])(
        'of $name do no harm',
        { timeout: 240_000 },
        async ({ name, bytes }) => {
            const folder = freshFolder();
            makeCanary(`${folder}/canary`);
            const before = fingerprint(`${folder}/canary`);
            await using store = demand(await openStore(`${folder}/store`));
            demand(await importArchive(store, bytes, { what: 'unchanged', strip: 1 }));
            await fc.assert(
                fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
                    const damaged = changes.reduce(changed, bytes);
                    const given = name.includes('right') ? withChecksums(damaged) : damaged;
                    const result = await importArchive(store, given, {
                        what: 'changed',
                        strip: 1,
                        limits: { totalBytes: 10_000_000 },
                    });
                    if (!result.ok) expect(result.failure.kind).toBe('bad-tree');
                    for (const own of fs.readdirSync(`${folder}/store/tmp`)) {
                        expect(fs.readdirSync(`${folder}/store/tmp/${own}`)).toEqual([]);
                    }
                }),
                { numRuns: 250, seed: 20_260_801 },
            );
            expect(fingerprint(`${folder}/canary`)).toBe(before);
            expect(await problemsOf(store)).toEqual([]);
            expect(fs.readdirSync(folder).sort()).toEqual(['canary', 'store']);
        },
    );
});
