// ELF files below a folder, with what they tell of their hardening.
import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { type Opened, openElf, type ReadBytes } from './elf-file.ts';
import { type ElfFacts, factsOf } from './elf-facts.ts';

export type FoundElf =
    | { readonly path: string; readonly facts: ElfFacts }
    /** It is an ELF file, and nothing can be said of it. */
    | { readonly path: string; readonly refused: string };

/** Regular files below the folder that are ELF files, by their paths in it, in byte order. */
export function elfFilesBelow(folder: string): readonly FoundElf[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort(compareBytes)
        .filter((path) => lstatSync(join(folder, path)).isFile())
        .flatMap((path) => {
            const found = readElf(join(folder, path));
            if (found.kind === 'other') return [];
            return [found.kind === 'refused' ? { path, refused: found.reason } : { path, facts: found.facts }];
        });
}

type Read = Exclude<Opened, { kind: 'elf' }> | { readonly kind: 'facts'; readonly facts: ElfFacts };

/** Only what is looked at is read: programs with debug information are large. */
function readElf(path: string): Read {
    const descriptor = openSync(path, 'r');
    try {
        const opened = openElf(reader(descriptor));
        return opened.kind === 'elf' ? { kind: 'facts', facts: factsOf(opened.file) } : opened;
    } catch (error) {
        // A table that leads out of the file.
        if (error instanceof RangeError) return { kind: 'refused', reason: 'its tables do not fit together' };
        throw error;
    } finally {
        closeSync(descriptor);
    }
}

/** Never more than the file has, whatever its header says. */
function reader(descriptor: number): ReadBytes {
    const step = 0x10_0000;
    return (offset, length) => {
        const parts: Buffer[] = [];
        for (let done = 0; done < length; ) {
            const part = Buffer.alloc(Math.min(step, length - done));
            const count = readSync(descriptor, part, 0, part.length, offset + done);
            if (count === 0) break;
            parts.push(part.subarray(0, count));
            done += count;
        }
        return Buffer.concat(parts);
    };
}
