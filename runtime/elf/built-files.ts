// ELF files and archives of them, on disk or below a folder, with what they tell of themselves.
import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareBytes } from '../../compiler/plan/bytes.ts';
import { openArchive } from './archive.ts';
import { type ElfFacts, factsOf } from './elf-facts.ts';
import { type ElfFile, openElf, type ReadBytes } from './elf-file.ts';
import { functionSizes } from './function-sizes.ts';
import { type Producers, producersOf } from './producers.ts';

export interface BuiltObject {
    /** With the member in parentheses, if it lies in an archive. */
    readonly path: string;
    /** The name of the member, and how many of the same name come before it. */
    readonly member?: { readonly name: string; readonly nth: number };
    readonly facts: ElfFacts;
    readonly producers: Producers;
    /** Where it begins in the file. */
    readonly offset: number;
    readonly size: number;
}

export interface RefusedObject {
    readonly path: string;
    /** It is an ELF file or an archive, and nothing can be said of it. */
    readonly refused: string;
}

export interface BuiltFile {
    readonly path: string;
    /** Absolute. */
    readonly location: string;
    readonly objects: readonly (BuiltObject | RefusedObject)[];
}

/** Regular files below the folder that are such, by their paths in it, in byte order. */
export function builtFilesBelow(folder: string): readonly BuiltFile[] {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort(compareBytes)
        .filter((path) => lstatSync(join(folder, path)).isFile())
        .flatMap((path) => builtFile(path, join(folder, path)) ?? []);
}

/** Undefined for a file of any other kind. Only what is looked at is read: programs with debug information are large. */
export function builtFile(path: string, location: string): BuiltFile | undefined {
    return withReader(location, (read) => {
        const archive = openArchive(read);
        if (archive.kind === 'refused') return { path, location, objects: [{ path, refused: archive.reason }] };
        if (archive.kind === 'other') {
            const object = objectFrom(path, read);
            return object === undefined ? undefined : { path, location, objects: [object] };
        }
        const names = new Map<string, number>();
        const objects = archive.members.flatMap(({ name, offset, size }): (BuiltObject | RefusedObject)[] => {
            const nth = names.get(name) ?? 0;
            const shown = `${path}(${name}${nth === 0 ? '' : `:${nth + 1}`})`;
            const object = objectFrom(shown, part(read, offset, size));
            if (object === undefined) return [];
            names.set(name, nth + 1);
            return 'refused' in object ? [object] : [{ ...object, member: { name, nth }, offset, size }];
        });
        return { path, location, objects };
    });
}

/** For the functions of one object; the file is opened again. */
export function sizesIn(location: string, { offset, size }: BuiltObject): ReturnType<typeof functionSizes> {
    return withReader(location, (read) => {
        const opened = openElf(part(read, offset, size));
        return opened.kind === 'elf' ? functionSizes(opened.file) : () => undefined;
    });
}

/** Bytes from there on as a file of its own. */
function part(read: ReadBytes, start: number, size: number): ReadBytes {
    return (offset, length) => read(start + offset, Math.max(0, Math.min(length, size - offset)));
}

function objectFrom(path: string, read: ReadBytes): BuiltObject | RefusedObject | undefined {
    try {
        const opened = openElf(read);
        if (opened.kind === 'other') return undefined;
        return opened.kind === 'refused' ? { path, refused: opened.reason } : told(path, opened.file);
    } catch (error) {
        // A table that leads out of the file.
        if (error instanceof RangeError) return { path, refused: 'its tables do not fit together' };
        throw error;
    }
}

function told(path: string, file: ElfFile): BuiltObject {
    return { path, facts: factsOf(file), producers: producersOf(file), offset: 0, size: Number.MAX_SAFE_INTEGER };
}

function withReader<Value>(path: string, use: (read: ReadBytes) => Value): Value {
    const descriptor = openSync(path, 'r');
    try {
        return use(reader(descriptor));
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
