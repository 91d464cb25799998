// Small archives that would fill a disk or a memory. Each is unpacked by a process of its own, whose memory is measured.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { archive, end, file } from '../../support/tar-bytes.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import type { UnpackCost } from './unpack-one.ts';

const mebibyte = 1024 * 1024;
const limit = 512 * mebibyte;

function unpack(path: string, folder: string): UnpackCost {
    const printed = execFileSync(process.execPath, [`${import.meta.dirname}/unpack-one.ts`, path, `${folder}/store`]);
    expect(fs.readdirSync(`${folder}/store/tmp`)).toEqual([]);
    expect(fs.existsSync(`${folder}/store/objects`) ? fs.readdirSync(`${folder}/store/objects`) : []).toEqual([]);
    return JSON.parse(printed.toString()) as UnpackCost;
}

/** Ten gigabytes of zeros after the end of an archive: one block of deflated zeros, over and over. */
function gzipBomb(): Buffer {
    const deflate = (bytes: Buffer): Buffer => zlib.deflateRawSync(bytes, { finishFlush: zlib.constants.Z_FULL_FLUSH });
    const header = Buffer.from('1f8b08000000000000ff', 'hex');
    const zeros = deflate(Buffer.alloc(mebibyte));
    return Buffer.concat([header, deflate(archive(file('a'))), ...Array.from({ length: 10_000 }, () => zeros)]);
}

/** Three hundred gigabytes of zeros in run-length blocks of four bytes. */
function zstdBomb(): Buffer {
    const frame = Buffer.from('28b52ffd0070', 'hex');
    const block = Buffer.alloc(4);
    block.writeUIntLE((128 * 1024 * 8) | 2, 0, 3);
    return Buffer.concat([frame, Buffer.alloc(10 * mebibyte, block)]);
}

function xzBomb(): Buffer {
    return execFileSync('sh', ['-c', 'head -c 700000000 /dev/zero | xz -0 -c'], { maxBuffer: 64 * mebibyte });
}

describe('bombs', { timeout: 300_000 }, () => {
    it.each([
        { name: 'gzip', bytes: gzipBomb },
        { name: 'zstd', bytes: zstdBomb },
        { name: 'xz', bytes: xzBomb },
    ])('of $name stop at the limit', ({ bytes }) => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/bomb`, bytes());
        const { outcome, megabytes } = unpack(`${folder}/bomb`, folder);
        const detail = `more than ${limit} bytes when unpacked`;
        const failure = { kind: 'bad-tree', what: 'archive', rule: 'limit', entry: '', detail };
        expect(outcome).toEqual({ ok: false, failure });
        expect(megabytes).toBeLessThan(200);
    });

    it('of content are refused by the header already', () => {
        const folder = freshFolder();
        fs.writeFileSync(`${folder}/bomb`, zlib.gzipSync(archive(file('big', '', { size: '77777777777\0' }))));
        const { outcome, seconds } = unpack(`${folder}/bomb`, folder);
        expect(outcome).toMatchObject({ failure: { rule: 'limit', entry: 'big', detail: `more than ${limit} bytes` } });
        expect(seconds).toBeLessThan(5);
    });

    it('of a million names end at the limit of entries, in bounded memory', async () => {
        const folder = freshFolder();
        const names = function* (): Generator<Buffer> {
            for (let at = 0; at <= 1_000_000; at += 1000) {
                yield Buffer.concat(Array.from({ length: 1000 }, (_, more) => file(`n${at + more}`, '')));
            }
            yield end;
        };
        await pipeline(Readable.from(names()), zlib.createGzip({ level: 1 }), fs.createWriteStream(`${folder}/many`));
        const { outcome, megabytes, seconds } = unpack(`${folder}/many`, folder);
        expect(outcome).toMatchObject({ failure: { rule: 'limit', detail: 'more than 1000000 entries' } });
        expect(megabytes).toBeLessThan(300);
        expect(seconds).toBeLessThan(120);
    });
});
