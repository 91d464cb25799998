// Records with keys that somebody else chose. One may be named `constructor`, which every JavaScript object seems to have.

/** The record's own value under a key. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
    return Object.hasOwn(record, key) ? record[key] : undefined;
}
