// A Debian package is an `ar` archive whose member `data.tar…` holds the files to install. Everything else in it is for
// the package manager and is not looked at.
import * as fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { onFile } from '../store/guard.ts';
import type { Fail } from './archive-problem.ts';

const magic = '!<arch>\n';
const headerBytes = 60;

/** Path of the tar archive with the files: the archive itself unless it is a Debian package; `to` is where a copy may be put. */
export async function tarOf(archive: string, to: string, fail: Fail): Promise<string> {
    const descriptor = fs.openSync(archive, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    let member: Member | undefined;
    try {
        if (textAt(descriptor, archive, 0, magic.length) !== magic) return archive;
        member = dataMember(descriptor, archive, fail);
    } finally {
        fs.closeSync(descriptor);
    }
    const { start, size } = member;
    await pipeline(
        fs.createReadStream(archive, { start, end: start + size - 1 }),
        fs.createWriteStream(to, { flags: 'wx', mode: 0o600 }),
    );
    return to;
}

interface Member {
    readonly start: number;
    readonly size: number;
}

function dataMember(descriptor: number, archive: string, fail: Fail): Member {
    const end = fs.fstatSync(descriptor).size;
    for (let at = magic.length; at < end; ) {
        const header = textAt(descriptor, archive, at, headerBytes);
        const name = header.slice(0, 16).replace(/\/?\s*$/, '');
        const size = /^\d+(?=\s*$)/.exec(header.slice(48, 58))?.[0];
        const start = at + headerBytes;
        if (!header.endsWith('`\n') || size === undefined || start + Number(size) > end) {
            fail({ rule: 'tar', detail: 'a member without a proper header, or cut off' }, name);
        }
        if (/^data\.tar(?:\.[a-z0-9]+)?$/.test(name) && Number(size) > 0) return { start, size: Number(size) };
        at = start + Number(size) + (Number(size) % 2);
    }
    return fail({ rule: 'tar', detail: 'an ar archive without `data.tar`: not a Debian package' });
}

function textAt(descriptor: number, path: string, position: number, length: number): string {
    const bytes = Buffer.alloc(length);
    const read = onFile(path, () => fs.readSync(descriptor, bytes, 0, length, position));
    return bytes.subarray(0, read).toString('latin1');
}
