// The one flags vocabulary of a recipe and the channel that each language has with the cargo driver.
import { type Evaluated, listOf } from '../value.ts';

export interface Flags {
    readonly c: readonly string[];
    readonly cxx: readonly string[];
    readonly preprocessor: readonly string[];
    readonly link: readonly string[];
    readonly rust: readonly string[];
}

export function flagsOf(evaluated: Evaluated): Flags {
    const { root } = evaluated;
    return {
        c: listOf(root, 'cflags'),
        cxx: listOf(root, 'cxxflags'),
        preprocessor: listOf(root, 'cppflags'),
        link: listOf(root, 'ldflags'),
        rust: listOf(root, 'rustflags'),
    };
}

/** Variables that carry C flags to the `cc` and `cmake` crates for one target, which both read before the plain names. */
export function compilerVariables(flags: Flags, triple: string): Record<string, string> {
    const suffix = triple.replaceAll('-', '_').replaceAll('.', '_');
    const c = [...flags.preprocessor, ...flags.c].join(' ');
    const cxx = [...flags.preprocessor, ...flags.cxx].join(' ');
    return {
        ...(c === '' ? {} : { [`CFLAGS_${suffix}`]: c }),
        ...(cxx === '' ? {} : { [`CXXFLAGS_${suffix}`]: cxx }),
        ...(flags.link.length === 0 ? {} : { LDFLAGS: flags.link.join(' ') }),
    };
}

/** Variables of a recipe that would make cargo ignore the flags of its configuration. */
export function shadowsFlags(variable: string): boolean {
    return /^(?:CARGO_ENCODED_RUSTFLAGS|RUSTFLAGS|CARGO_BUILD_RUSTFLAGS|CARGO_TARGET_[A-Z0-9_]+_RUSTFLAGS)$/.test(
        variable,
    );
}
