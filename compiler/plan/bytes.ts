// The one order of everything that is hashed or emitted: the order of UTF-8 bytes, which is the order of code points.

/** The first unit of UTF-16 that is a surrogate; below it, units and bytes have the same order. */
const firstSurrogate = 0xd800;

/** Compares as `Buffer.compare` does. JavaScript's own `<` differs where surrogates meet U+E000…U+FFFF. */
export function compareBytes(a: string, b: string): number {
    const shared = Math.min(a.length, b.length);
    for (let at = 0; at < shared; at++) {
        const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
        if (x === y) continue;
        if (x < firstSurrogate && y < firstSurrogate) return x < y ? -1 : 1;
        return Buffer.compare(Buffer.from(a), Buffer.from(b));
    }
    return Math.sign(a.length - b.length);
}

/** Entries of a record in byte order of their keys. */
export function sortedEntries<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
    return Object.entries(record).sort(([a], [b]) => compareBytes(a, b));
}
