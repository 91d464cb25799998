// The few pieces of protobuf's wire format that canonical messages need. A message is a list of encoded fields, which
// the caller gives in tag order; what equals the default is left out, as hashing demands.

/** A length-delimited field: text, bytes or a message. Empty text is the default and gives nothing. */
export function textField(number: number, value: string | Buffer): readonly Buffer[] {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return bytes.length === 0 ? [] : [messageField(number, [bytes])];
}

/** A nested message, also when it is empty. */
export function messageField(number: number, parts: readonly Buffer[]): Buffer {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const head = Buffer.of(...varint(number * 8 + 2), ...varint(length));
    return Buffer.concat([head, ...parts], head.length + length);
}

/** A non-negative integer or boolean field; zero gives nothing. */
export function numberField(number: number, value: number): readonly Buffer[] {
    return value === 0 ? [] : [Buffer.of(...varint(number * 8), ...varint(value))];
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
