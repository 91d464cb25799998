// The `target TRIPLE { … }` block of the platform that is built for: its standard library, its tools, what runs its programs.
import { type Evaluated, type Group, labelsOf, listOf, textOf } from '../value.ts';

/** The block of the target in use. */
export function targetBlock({ root, facts }: Evaluated): Group | undefined {
    return labelsOf(root, 'target').get(String(facts['target.triple']));
}

/** Where the standard library comes from, as written: a source, the compiler, or nowhere said. */
export function stdOf(evaluated: Evaluated): string | undefined {
    const block = targetBlock(evaluated);
    return block === undefined ? undefined : textOf(block, 'std');
}

/** Sources that hold the standard library of one target or another: they are no sources of the package. */
export function stdSources({ root }: Evaluated): readonly string[] {
    return [...labelsOf(root, 'target').values()].flatMap((block) => {
        const std = textOf(block, 'std');
        return std === undefined || std === toolchainStd ? [] : [std];
    });
}

/** Those of them that the target in use does not need. */
export function idleSources(evaluated: Evaluated): readonly string[] {
    const own = stdOf(evaluated);
    return stdSources(evaluated).filter((label) => label !== own);
}

/** The word for the standard library that the compiler brings. */
export const toolchainStd = 'toolchain';

export function isCross({ facts }: Evaluated): boolean {
    return facts['target.triple'] !== facts['host.triple'];
}

/** Names of the programs that the block speaks of, as far as they are found on PATH or in /usr/bin. */
export function targetPrograms(evaluated: Evaluated): readonly string[] {
    const block = targetBlock(evaluated);
    if (block === undefined) return [];
    const named = ['linker', 'cc', 'cxx', 'ar', 'pkg-config'].flatMap((name) => textOf(block, name) ?? []);
    const words = [...named, ...listOf(block, 'runner').slice(0, 1)];
    return words.map((word) => word.replace(/^\/usr\/bin\//, '')).filter((word) => !word.includes('/'));
}

/** Words before a program of the target to run it; undefined when this machine cannot run it and nothing is said of how. */
export function runnerOf(evaluated: Evaluated): readonly string[] | undefined {
    const block = targetBlock(evaluated);
    if (block?.fields.has('runner') === true) return listOf(block, 'runner');
    const { facts } = evaluated;
    const isNative = facts['host.arch'] === facts['target.arch'] && facts['host.os'] === facts['target.os'];
    return isNative ? [] : undefined;
}
