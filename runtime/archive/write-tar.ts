// Writes an object as a tar archive with the same bytes on every machine: sorted, one time, no owners, two modes; plain
// ustar, with a pax header only for what ustar cannot say.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { type Hash, hashOf } from '../../compiler/plan/digest.ts';
import { fixedMtimeSeconds } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import type { Result } from '../result.ts';
import { type OpenFile, writeAll } from '../store/content.ts';
import { guarded, withPath } from '../store/guard.ts';
import { objectEntries } from '../store/object-entries.ts';
import { blockBytes } from './tar-header.ts';

const readAsync = promisify(fs.read);
const chunkBytes = 1024 * 1024;

/** GNU tar and others write archives in records of twenty blocks. */
const recordBytes = 20 * blockBytes;

/** Writes the tree in a folder of the store to a new file; gives the file's hash. Removes the file when that fails. */
export function writeTar(object: string, to: string): Promise<Result<Hash, Failure>> {
    return guarded(async () => {
        const file = { descriptor: fs.openSync(to, 'wx', 0o644), path: to };
        const output = new TarOutput(file);
        try {
            for (const { kind, path } of objectEntries(object)) {
                const absolute = `${object}/${path}`;
                if (kind === 'directory')
                    await output.add(memberBlocks({ path: `${path}/`, type: '5', executable: true }));
                else if (kind === 'link') {
                    const link = fs.readlinkSync(absolute);
                    await output.add(memberBlocks({ path, type: '2', executable: true, link }));
                } else {
                    await addFile(output, path, absolute);
                }
            }
            return await output.end();
        } catch (error) {
            fs.rmSync(to, { force: true });
            throw error;
        } finally {
            fs.closeSync(file.descriptor);
        }
    });
}

/** Collects small writes, hashes and counts. */
class TarOutput {
    readonly #file: OpenFile;
    readonly #hash = createHash('sha256');
    #waiting: Buffer[] = [];
    #waitingBytes = 0;
    #bytes = 0;

    constructor(file: OpenFile) {
        this.#file = file;
    }

    /** The bytes must not change afterwards. */
    async add(bytes: Buffer): Promise<void> {
        this.#waiting.push(bytes);
        this.#waitingBytes += bytes.length;
        this.#bytes += bytes.length;
        if (this.#waitingBytes >= chunkBytes) await this.#flush();
    }

    /** Fills up the current block. */
    async pad(to: number): Promise<void> {
        await this.add(Buffer.alloc((to - (this.#bytes % to)) % to));
    }

    async end(): Promise<Hash> {
        await this.add(Buffer.alloc(2 * blockBytes));
        await this.pad(recordBytes);
        await this.#flush();
        return hashOf(this.#hash.digest('hex'));
    }

    async #flush(): Promise<void> {
        const bytes = Buffer.concat(this.#waiting);
        this.#waiting = [];
        this.#waitingBytes = 0;
        this.#hash.update(bytes);
        await writeAll(this.#file, bytes);
    }
}

async function addFile(output: TarOutput, path: string, absolute: string): Promise<void> {
    const descriptor = fs.openSync(absolute, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
        const { size, mode } = fs.fstatSync(descriptor);
        await output.add(memberBlocks({ path, type: '0', executable: (mode & 0o100) !== 0, size }));
        for (let left = size; left > 0; ) {
            const { buffer, bytesRead } = await readAsync(
                descriptor,
                Buffer.allocUnsafe(Math.min(chunkBytes, left)),
                0,
                Math.min(chunkBytes, left),
                null,
            );
            if (bytesRead === 0) throw new Error(`an object changed while it was read: ${absolute}`);
            await output.add(buffer.subarray(0, bytesRead));
            left -= bytesRead;
        }
        await output.pad(blockBytes);
    } catch (error) {
        throw withPath(error, absolute);
    } finally {
        fs.closeSync(descriptor);
    }
}

interface TarMember {
    readonly path: string;
    readonly type: '0' | '2' | '5' | 'x';
    readonly executable: boolean;
    readonly link?: string;
    readonly size?: number;
}

/** The member's header, after a pax header when one is needed. */
function memberBlocks(member: TarMember): Buffer {
    const split = splitPath(member.path);
    const link = member.link ?? '';
    const size = member.size ?? 0;
    const records = [
        ...(split === undefined ? [paxRecord('path', member.path)] : []),
        ...(fits(link, 100) ? [] : [paxRecord('linkpath', link)]),
        ...(size < 8 ** 11 ? [] : [paxRecord('size', String(size))]),
    ].join('');
    const header = headerBlock({
        member,
        name: split?.name ?? 'long-name',
        prefix: split?.prefix ?? '',
        link: fits(link, 100) ? link : 'long-link',
        size: size < 8 ** 11 ? size : 0,
    });
    if (records === '') return header;
    const body = Buffer.from(records);
    const paxMember: TarMember = { path: 'pax-header', type: 'x', executable: false };
    const pax = headerBlock({ member: paxMember, name: paxMember.path, prefix: '', link: '', size: body.length });
    return Buffer.concat([pax, body, Buffer.alloc((blockBytes - (body.length % blockBytes)) % blockBytes), header]);
}

/** ustar has no say about what bytes beyond ASCII mean. */
function fits(text: string, bytes: number): boolean {
    return text.length <= bytes && /^[\x20-\x7e]*$/.test(text);
}

/** Name and prefix of a path; undefined when they cannot hold it. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
    if (fits(path, 100)) return { name: path, prefix: '' };
    if (!fits(path, 256)) return undefined;
    // The slash between the two is in neither; a directory's last slash stays with its name.
    const at = path.indexOf('/', path.length - 101);
    if (at <= 0 || at > 155 || at === path.length - 1) return undefined;
    return { name: path.slice(at + 1), prefix: path.slice(0, at) };
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
    const bytes = Buffer.byteLength(` ${key}=${value}\n`);
    let length = bytes + String(bytes).length;
    if (bytes + String(length).length > length) length += 1;
    return `${length} ${key}=${value}\n`;
}

interface HeaderFields {
    readonly member: TarMember;
    readonly name: string;
    readonly prefix: string;
    readonly link: string;
    readonly size: number;
}

function headerBlock({ member, name, prefix, link, size }: HeaderFields): Buffer {
    const block = Buffer.alloc(blockBytes);
    const octal = (value: number, at: number, digits: number): void => {
        block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
    };
    block.write(name, 0, 'latin1');
    octal(member.executable ? 0o755 : 0o644, 100, 7);
    octal(0, 108, 7);
    octal(0, 116, 7);
    octal(size, 124, 11);
    octal(fixedMtimeSeconds, 136, 11);
    block.write('        ', 148, 'latin1');
    block.write(member.type, 156, 'latin1');
    block.write(link, 157, 'latin1');
    block.write('ustar\u000000', 257, 'latin1');
    block.write(prefix, 345, 'latin1');
    octal(
        block.reduce((sum, byte) => sum + byte, 0),
        148,
        6,
    );
    block.write('\0 ', 154, 'latin1');
    return block;
}
