// The canonical bytes of the Remote Execution API's `Directory` message. Digests are taken of these bytes, so they are
// written here and not by a protobuf library: tag order, no default values, no unknown fields, names in byte order.

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

/** Field numbers of the messages, each already shifted into a tag. */
const tag = {
    files: 0x0a,
    directories: 0x12,
    symlinks: 0x1a,
    name: 0x0a,
    digest: 0x12,
    target: 0x12,
    executable: 0x20,
    hash: 0x0a,
    sizeBytes: 0x10,
} as const;

/** The message's bytes. Names must be unique across the three lists; the lists may come in any order. */
export function encodeDirectory(message: DirectoryMessage): Buffer {
    const files = inByteOrder(message.files).map(([name, file]) =>
        field(tag.files, [
            ...text(tag.name, name),
            field(tag.digest, digestParts(file.digest)),
            ...(file.executable ? [Buffer.of(tag.executable, 1)] : []),
        ]),
    );
    const directories = inByteOrder(message.directories).map(([name, directory]) =>
        field(tag.directories, [...text(tag.name, name), field(tag.digest, digestParts(directory.digest))]),
    );
    const symlinks = inByteOrder(message.symlinks).map(([name, link]) =>
        field(tag.symlinks, [...text(tag.name, name), ...text(tag.target, Buffer.from(link.target))]),
    );
    return Buffer.concat([...files, ...directories, ...symlinks]);
}

function inByteOrder<Entry extends { readonly name: string }>(entries: readonly Entry[]): [Buffer, Entry][] {
    return entries
        .map((entry): [Buffer, Entry] => [Buffer.from(entry.name), entry])
        .sort(([a], [b]) => Buffer.compare(a, b));
}

function digestParts(digest: ContentDigest): Buffer[] {
    const size = digest.size === 0 ? [] : [Buffer.of(tag.sizeBytes, ...varint(digest.size))];
    return [...text(tag.hash, Buffer.from(digest.hex, 'latin1')), ...size];
}

/** An empty string is the default and is left out. */
function text(number: number, bytes: Buffer): Buffer[] {
    return bytes.length === 0 ? [] : [field(number, [bytes])];
}

function field(number: number, parts: readonly Buffer[]): Buffer {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    return Buffer.concat([Buffer.of(number, ...varint(length)), ...parts]);
}

/** Base 128, lowest group first. Sizes go beyond 32 bits, so no bit operators. */
function varint(value: number): number[] {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127) {
        bytes.push((rest % 128) + 128);
        rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
    return bytes;
}
