// ELF files below a folder, archives left aside, with what they tell of their hardening.
import { builtFilesBelow } from './built-files.ts';
import type { ElfFacts } from './elf-facts.ts';
import type { Producers } from './producers.ts';

export type FoundElf =
    | { readonly path: string; readonly facts: ElfFacts; readonly producers: Producers }
    /** It is an ELF file, and nothing can be said of it. */
    | { readonly path: string; readonly refused: string };

/** By their paths in the folder, in byte order. */
export function elfFilesBelow(folder: string): readonly FoundElf[] {
    return builtFilesBelow(folder).flatMap(({ objects }) =>
        objects.flatMap((object): FoundElf[] => {
            if ('refused' in object) return [object];
            const { path, member, facts, producers } = object;
            return member === undefined ? [{ path, facts, producers }] : [];
        }),
    );
}
