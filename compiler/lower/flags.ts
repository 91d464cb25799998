// The one flags vocabulary of a recipe, and the variables that carry C flags to build scripts.
import { type Evaluated, listOf, textOf } from '../value.ts';
import type { Side } from './recorder.ts';
import { targetBlock } from './target-tools.ts';

export interface Flags {
    readonly c: readonly string[];
    readonly cxx: readonly string[];
    readonly preprocessor: readonly string[];
    readonly link: readonly string[];
    readonly rust: readonly string[];
}

/** Fields of either side, by what they are for. */
export const flagFields = {
    target: { c: 'cflags', cxx: 'cxxflags', preprocessor: 'cppflags', link: 'ldflags', rust: 'rustflags' },
    host: {
        c: 'host-cflags',
        cxx: 'host-cxxflags',
        preprocessor: 'host-cppflags',
        link: 'host-ldflags',
        rust: 'host-rustflags',
    },
} as const;

/** For what is built for the target, or for the build machine. */
export function flagsOf(evaluated: Evaluated, side: keyof typeof flagFields): Flags {
    const names = flagFields[side];
    const block = side === 'target' ? targetBlock(evaluated) : undefined;
    const all = (name: string): readonly string[] => [
        ...listOf(evaluated.root, name),
        ...(block === undefined ? [] : listOf(block, name)),
    ];
    return {
        c: all(names.c),
        cxx: all(names.cxx),
        preprocessor: all(names.preprocessor),
        link: all(names.link),
        rust: all(names.rust),
    };
}

/** Field of a `target` block → variable, before the triple. */
const programVariables = { cc: 'CC', cxx: 'CXX', ar: 'AR', 'pkg-config': 'PKG_CONFIG' } as const;

/** Variables that name the target's programs, as the `cc` and `pkg-config` crates read them. */
function programsFor(evaluated: Evaluated): Record<string, string> {
    const block = targetBlock(evaluated);
    const suffix = suffixOf(String(evaluated.facts['target.triple']));
    return Object.fromEntries(
        Object.entries(programVariables).flatMap(([field, variable]) => {
            const program = block === undefined ? undefined : textOf(block, field);
            return program === undefined ? [] : [[`${variable}_${suffix}`, program]];
        }),
    );
}

/** rustc's own flags, and one for each linker flag. */
export function rustFlags({ rust, link }: Flags): readonly string[] {
    return [...rust, ...link.map((flag) => `-Clink-arg=${flag}`)];
}

/** What carries C flags to the build scripts of packages for either side; a cargo has the target's for all of them. */
export function scriptVariables(evaluated: Evaluated): Readonly<Record<Side, Record<string, string>>> {
    const { target, host } = triplesOf(evaluated);
    const flags = { target: flagsOf(evaluated, 'target'), host: flagsOf(evaluated, 'host') };
    const forTarget =
        target === host ? compilerVariables(flags.target, target) : crossVariables(flags, { target, host });
    return {
        target: { ...forTarget, ...programsFor(evaluated) },
        host: compilerVariables(flags.host, host),
    };
}

export function triplesOf({ facts }: Evaluated): Readonly<Record<Side, string>> {
    return { target: String(facts['target.triple']), host: String(facts['host.triple']) };
}

/**
 * For a script that compiles for this triple alone. The `cc` and `cmake` crates read the names with a triple, and make,
 * configure and CMake the plain ones.
 */
export function compilerVariables(flags: Flags, triple: string): Record<string, string> {
    const { c, cxx, preprocessor } = languages(flags);
    return {
        ...variablesFor(flags, suffixOf(triple)),
        ...named({ CFLAGS: c, CXXFLAGS: cxx, CPPFLAGS: preprocessor }),
        ...linkVariable(flags),
    };
}

/**
 * For a script that compiles for another machine and perhaps for its own, too. No plain names: the `cc` crate would take them for
 * both.
 */
export function crossVariables(
    flags: { readonly target: Flags; readonly host: Flags },
    triples: { readonly target: string; readonly host: string },
): Record<string, string> {
    const { c, cxx } = languages(flags.host);
    return {
        ...variablesFor(flags.target, suffixOf(triples.target)),
        ...variablesFor(flags.host, suffixOf(triples.host)),
        ...named({ HOST_CFLAGS: c, HOST_CXXFLAGS: cxx }),
        ...linkVariable(flags.target),
    };
}

function languages(flags: Flags): Record<'c' | 'cxx' | 'preprocessor', string> {
    return {
        c: [...flags.preprocessor, ...flags.c].join(' '),
        cxx: [...flags.preprocessor, ...flags.cxx].join(' '),
        preprocessor: flags.preprocessor.join(' '),
    };
}

function variablesFor(flags: Flags, suffix: string): Record<string, string> {
    const { c, cxx } = languages(flags);
    return named({ [`CFLAGS_${suffix}`]: c, [`CXXFLAGS_${suffix}`]: cxx });
}

function linkVariable({ link }: Flags): Record<string, string> {
    return named({ LDFLAGS: link.join(' ') });
}

function suffixOf(triple: string): string {
    return triple.replaceAll('-', '_').replaceAll('.', '_');
}

/** Without what is empty. */
function named(variables: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
}

/** Variables of a recipe that would make cargo ignore the flags of its configuration. */
export function shadowsFlags(variable: string): boolean {
    return /^(?:CARGO_ENCODED_RUSTFLAGS|RUSTFLAGS|CARGO_BUILD_RUSTFLAGS|CARGO_TARGET_[A-Z0-9_]+_RUSTFLAGS)$/.test(
        variable,
    );
}
