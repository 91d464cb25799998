// How a user's folder looks without reading its files: one hash over names, kinds and signatures. Directories count by
// what they hold, not by their own times, which change whenever something that is left out does.
import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { entrySignatureOf, signatureOf } from '../host/stat-signature.ts';
import { Pace } from '../store/pace.ts';
import type { Exclude } from './exclude.ts';

interface LocalSignature {
    readonly hash: string;
    readonly changedNs: bigint;
    /** Relative path of a link → file of the distribution that takes its place. */
    readonly copies: ReadonlyMap<string, string>;
}

/** Distributions replace files of a package by links to a common copy; such a copy is as good as the file itself. */
const sharedRoot = '/usr/';

export async function signLocal(root: string, exclude: Exclude): Promise<LocalSignature> {
    const hash = createHash('sha256');
    const copies = new Map<string, string>();
    let changedNs = 0n;
    const note = (line: string, ns: bigint): void => {
        hash.update(`${line}\n`);
        if (ns > changedNs) changedNs = ns;
    };
    const pace = new Pace();
    const pending = [''];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
        if (pace.due()) await pace.rest();
        for (const entry of entriesOf(join(root, folder))) {
            const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
            if (exclude(path, () => entry.isDirectory())) continue;
            const absolute = join(root, path);
            if (entry.isDirectory()) {
                note(JSON.stringify([path]), 0n);
                pending.push(path);
                continue;
            }
            const own = entrySignatureOf(absolute);
            note(JSON.stringify([path, own.text]), own.changedNs);
            const shared = entry.isSymbolicLink() ? sharedFile(root, absolute) : undefined;
            if (shared === undefined) continue;
            copies.set(path, shared);
            const other = signatureOf(shared);
            note(JSON.stringify([path, shared, other.text]), other.changedNs);
        }
    }
    return { hash: hash.digest('hex'), changedNs, copies };
}

function entriesOf(folder: string): Dirent[] {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytes(a.name, b.name));
}

/** The regular file below /usr that a link leads to from outside of it. */
function sharedFile(root: string, link: string): string | undefined {
    const target = resolve(dirname(link), readlinkSync(link));
    if (target === root || target.startsWith(`${root}/`)) return undefined;
    try {
        const real = realpathSync(target);
        return real.startsWith(sharedRoot) && statSync(real).isFile() ? real : undefined;
    } catch {
        return undefined;
    }
}
