// Small facts that the store remembers under a name: which tree a pinned source gave, what an action's outputs were.
// A record carries its own name and a hash over all of it, so a damaged or misplaced one is never taken for true.
import * as fs from 'node:fs';
import { canonicalJson, hashJson } from '../../compiler/plan/canonical.ts';
import type { Json } from '../../compiler/plan/key-order.ts';
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import { writeAllSync } from './content.ts';

export interface RecordName {
    /** Kinds and names are plain words: letters, digits, `.`, `_`, `-`. */
    readonly kind: string;
    readonly name: string;
}

const wordPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;

/** Path below the records folder. A name that is no plain word is a bug of the caller. */
export function recordPath({ kind, name }: RecordName): string {
    if (!wordPattern.test(kind) || !wordPattern.test(name)) throw new Error(`not a record name: ${kind}/${name}`);
    return `${kind}/${name}.json`;
}

/** The name a file below the records folder stands for. */
export function recordNameOf(kind: string, file: string): RecordName | undefined {
    if (!file.endsWith('.json')) return undefined;
    const name = file.slice(0, -'.json'.length);
    return wordPattern.test(kind) && wordPattern.test(name) ? { kind, name } : undefined;
}

export function encodeRecord(at: RecordName, value: Json): string {
    const body = { kind: at.kind, name: at.name, value };
    return `${canonicalJson({ ...body, check: hashJson(body) })}\n`;
}

/** The value, or undefined when the text is not exactly what `encodeRecord` writes for this name. */
export function decodeRecord(at: RecordName, text: string): Json | undefined {
    let found: unknown;
    try {
        found = JSON.parse(text);
        if (typeof found !== 'object' || found === null || !('value' in found)) return undefined;
        const value = found.value as Json;
        return encodeRecord(at, value) === text ? value : undefined;
    } catch {
        // No JSON, or JSON that has no canonical form.
        return undefined;
    }
}

/** Writes a new file. */
export function writeRecordFile(path: string, text: string): void {
    const file = { descriptor: fs.openSync(path, 'wx', 0o644), path };
    try {
        writeAllSync(file, Buffer.from(text));
    } finally {
        fs.closeSync(file.descriptor);
    }
}

/** Every tree a record mentions; each must be in the store for the record to be of use. */
export function treesOf(value: Json): TreeDigest[] {
    if (typeof value === 'string') {
        const digest = parseTreeDigest(value);
        return digest === undefined ? [] : [digest];
    }
    if (typeof value !== 'object') return [];
    return Object.values(value).flatMap(treesOf);
}
