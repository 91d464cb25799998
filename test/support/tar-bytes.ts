// Tar archives byte by byte, with everything a real tar would not write.

export interface Member {
    readonly name: string | Buffer;
    readonly type?: string;
    readonly body?: string | Buffer;
    readonly link?: string | Buffer;
    readonly mode?: number;
    readonly prefix?: string;
    /** `ustar` with its version; GNU's is `ustar  \0`, old archives have none. */
    readonly magic?: string;
    /** Raw field instead of the body's size. */
    readonly size?: Buffer | string;
    /** What stands behind the body up to the next block. */
    readonly padding?: number;
    readonly owner?: { readonly uid: number; readonly gid: number; readonly name: string };
    /** Added to the right checksum. */
    readonly checksumError?: number;
}

export function member(fields: Member): Buffer {
    const body = Buffer.from(fields.body ?? '');
    const block = Buffer.alloc(512);
    const put = (value: string | Buffer, at: number): void => {
        Buffer.from(value).copy(block, at);
    };
    const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
    put(Buffer.from(fields.name).subarray(0, 100), 0);
    put(octal(fields.mode ?? 0o644, 7), 100);
    put(octal(fields.owner?.uid ?? 0, 7), 108);
    put(octal(fields.owner?.gid ?? 0, 7), 116);
    put(fields.size ?? octal(body.length, 11), 124);
    put(octal(1_700_000_000, 11), 136);
    put('        ', 148);
    put(fields.type ?? '0', 156);
    put(Buffer.from(fields.link ?? '').subarray(0, 100), 157);
    put(fields.magic ?? 'ustar\u000000', 257);
    put(fields.owner?.name ?? '', 265);
    put(fields.prefix ?? '', 345);
    const sum = block.reduce((total, byte) => total + byte, 0) + (fields.checksumError ?? 0);
    put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const padding = Buffer.alloc((512 - (body.length % 512)) % 512, fields.padding ?? 0);
    return Buffer.concat([block, body, padding]);
}

export const file = (name: string | Buffer, body = 'text', more: Partial<Member> = {}): Buffer =>
    member({ name, body, ...more });
export const directory = (name: string): Buffer => member({ name, type: '5', mode: 0o755 });
export const link = (name: string, target: string | Buffer): Buffer => member({ name, type: '2', link: target });
export const hardLink = (name: string, target: string): Buffer => member({ name, type: '1', link: target });
export const special = (name: string, type: string): Buffer => member({ name, type });

/** A GNU long name (`L`) or long link (`K`) for the next member. */
export const gnuLong = (type: 'L' | 'K', text: string): Buffer =>
    member({ name: '././@LongLink', type, body: `${text}\0`, magic: 'ustar  \0' });

export const pax = (records: Readonly<Record<string, string | Buffer>>, type: 'x' | 'g' = 'x'): Buffer =>
    member({
        name: 'pax',
        type,
        body: Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value))),
    });

export function paxRecord(key: string, value: string | Buffer): Buffer {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
    let length = rest.length + 1;
    while (length !== rest.length + String(length).length) length += 1;
    return Buffer.concat([Buffer.from(String(length)), rest]);
}

export const end = Buffer.alloc(1024);

/** Members and the two blocks that end an archive. */
export const archive = (...members: readonly Buffer[]): Buffer => Buffer.concat([...members, end]);
