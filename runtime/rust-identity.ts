// What stands for a crate's metadata in the keys of its dependents. rustc writes the hash of every source file into it,
// for diagnostics and debuggers: an edit that changes no more than comments changes these bytes and nothing else. They are
// replaced by zeros before hashing, so that nothing is compiled again that would see the same interface.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { posix } from 'node:path';
import type { RunAction } from '../compiler/plan/plan.ts';
import type { Bind } from './sandbox/spec.ts';

/** File name → hex SHA-256 of its bytes without source hashes, for files that have any. */
export type Identities = Readonly<Record<string, string>>;

/** As read back from a store; undefined when it is something else. */
export function asIdentities(value: unknown): Identities | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const fit = Object.values(value).every((hex) => typeof hex === 'string' && /^[0-9a-f]{64}$/.test(hex));
    return fit ? (value as Identities) : undefined;
}

/** Beyond these sizes nothing is looked for, and the real bytes count. */
const largest = { dependencyFile: 4 * 2 ** 20, sources: 256 * 2 ** 20, metadata: 128 * 2 ** 20 } as const;

/**
 * The source files that a compiler has read, as paths on the host: from the make rules that it left in the action's
 * scratch folder as `NAME.d`. Undefined when it left none.
 */
export function sourcesRead(action: RunAction, scratch: string, binds: readonly Bind[]): readonly string[] | undefined {
    const rules = fs.readdirSync(scratch).filter((name) => name.endsWith('.d'));
    if (rules.length === 0) return undefined;
    const inputs = binds.filter(({ at, writable }) => !writable && Object.hasOwn(action.mounts, at));
    const sources = new Set<string>();
    for (const name of rules) {
        for (const path of sourcePaths(readRegular(`${scratch}/${name}`, largest.dependencyFile)?.toString() ?? '')) {
            const seen = posix.resolve(action.cwd, path);
            const input = inputs.find(({ at }) => seen.startsWith(`${at}/`));
            if (input !== undefined) sources.add(input.from + seen.slice(input.at.length));
        }
    }
    return [...sources];
}

/** Every file that a rule depends on has a rule of its own without anything after the colon. */
export function sourcePaths(rules: string): readonly string[] {
    return rules
        .split('\n')
        .filter((line) => line.endsWith('.rs:'))
        .map((line) => line.slice(0, -1).replaceAll('\\ ', ' '));
}

/** The bytes of a file; undefined when it is something else, not there, or too large. */
function readRegular(path: string, limit: number): Buffer | undefined {
    let descriptor: number;
    try {
        // What is no file any more, as a pipe, is not waited for.
        descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    } catch {
        return undefined;
    }
    try {
        const status = fs.fstatSync(descriptor);
        return status.isFile() && status.size <= limit ? fs.readFileSync(descriptor) : undefined;
    } finally {
        fs.closeSync(descriptor);
    }
}

/** The identities of an output's files, which lie in `folder` under these names. */
export function identitiesOf(names: readonly string[], folder: string, sources: readonly string[]): Identities {
    const hashes = hashesOf(sources);
    const identities: [string, string][] = [];
    for (const name of hashes.length === 0 ? [] : names) {
        const bytes = readRegular(`${folder}/${name}`, largest.metadata);
        if (bytes === undefined || !eraseAll(bytes, hashes)) continue;
        identities.push([name, createHash('sha256').update(bytes).digest('hex')]);
    }
    return Object.fromEntries(identities);
}

/** Both hashes that rustc may take for a source file; which one depends on the target. */
function hashesOf(sources: readonly string[]): readonly Buffer[] {
    const hashes: Buffer[] = [];
    let left: number = largest.sources;
    for (const path of sources) {
        const text = readRegular(path, left);
        if (text === undefined) continue;
        left -= text.length;
        hashes.push(createHash('sha256').update(text).digest(), createHash('md5').update(text).digest());
    }
    return hashes;
}

/** Overwrites every occurrence with zeros, from the left; tells whether there was one. */
export function eraseAll(bytes: Buffer, needles: readonly Buffer[]): boolean {
    // Almost no place in the bytes begins like one of the needles, so the first two bytes decide.
    const byStart = new Map<number, Buffer[]>();
    const begins = new Uint8Array(2 ** 16);
    for (const needle of needles) {
        const start = needle.readUInt16BE(0);
        begins[start] = 1;
        byStart.set(start, [...(byStart.get(start) ?? []), needle]);
    }
    let found = false;
    for (let at = 0; at + 1 < bytes.length; at++) {
        const start = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
        if (begins[start] === 0) continue;
        const needle = byStart.get(start)?.find((each) => each.equals(bytes.subarray(at, at + each.length)));
        if (needle === undefined) continue;
        bytes.fill(0, at, at + needle.length);
        at += needle.length - 1;
        found = true;
    }
    return found;
}
