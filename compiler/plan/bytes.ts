// The one order of everything that is hashed or emitted: the order of UTF-8 bytes, which is the order of code points.

/** Compares as `Buffer.compare` does. JavaScript's own `<` differs where surrogates meet U+E000…U+FFFF. */
export function compareBytes(a: string, b: string): number {
    if (a === b) return 0;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Entries of a record in byte order of their keys. */
export function sortedEntries<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
    return Object.entries(record).sort(([a], [b]) => compareBytes(a, b));
}
