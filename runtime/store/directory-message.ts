// The canonical bytes of the Remote Execution API's `Directory` message. Digests are taken of these bytes, so they are
// written here and not by a protobuf library: tag order, no default values, no unknown fields, names in byte order.
import { messageField, numberField, textField } from '../protobuf.ts';

export interface ContentDigest {
    /** Lower-case SHA-256. */
    readonly hex: string;
    /** Bytes. */
    readonly size: number;
}

export interface DirectoryMessage {
    readonly files: readonly { readonly name: string; readonly digest: ContentDigest; readonly executable: boolean }[];
    readonly directories: readonly { readonly name: string; readonly digest: ContentDigest }[];
    readonly symlinks: readonly { readonly name: string; readonly target: string }[];
}

/** The message's bytes. Names must be unique across the three lists; the lists may come in any order. */
export function encodeDirectory(message: DirectoryMessage): Buffer {
    const files = inByteOrder(message.files).map(([name, { digest, executable }]) =>
        fileField(name, digest, executable),
    );
    const directories = inByteOrder(message.directories).map(([name, { digest }]) =>
        messageField(2, [...textField(1, name), digestField(2, digest)]),
    );
    const symlinks = inByteOrder(message.symlinks).map(([name, { target }]) =>
        messageField(3, [...textField(1, name), ...textField(2, target)]),
    );
    return Buffer.concat([...files, ...directories, ...symlinks]);
}

/** The field of one file. The message of a folder that has only files is these fields in byte order of the names. */
export function fileField(name: string | Buffer, digest: ContentDigest, executable: boolean): Buffer {
    return messageField(1, [...textField(1, name), digestField(2, digest), ...numberField(4, executable ? 1 : 0)]);
}

function inByteOrder<Entry extends { readonly name: string }>(entries: readonly Entry[]): [Buffer, Entry][] {
    return entries
        .map((entry): [Buffer, Entry] => [Buffer.from(entry.name), entry])
        .sort(([a], [b]) => Buffer.compare(a, b));
}

/** A field that holds a `Digest` message. */
export function digestField(number: number, { hex, size }: ContentDigest): Buffer {
    return messageField(number, [...textField(1, hex), ...numberField(2, size)]);
}
