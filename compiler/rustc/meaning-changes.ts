// What changed without a change of words: defaults of settings, and what bootstrap does with the same settings. A recipe that is
// carried to the next release meets these silently. `seen` is the first sample that has the change, `before` the last that lacks it;
// the release itself lies behind `before` and not behind `seen`.
import { isFrom, type NumberedVersion } from './release.ts';

export interface MeaningChange {
    readonly before: string;
    readonly seen: string;
    /** Settings, verbs or variables that it is about; what a recipe may have in it. */
    readonly about: readonly string[];
    /** One sentence, without a full stop. */
    readonly text: string;
    readonly source: string;
}

function change(
    [before, seen]: readonly [string, string],
    about: readonly string[],
    text: string,
    id: number,
): MeaningChange {
    return { before, seen, about, text, source: `change ${String(id)} of bootstrap` };
}

const gap63: readonly [string, string] = ['1.63.0', '1.78.0'];
const gap78: readonly [string, string] = ['1.78.0', '1.85.1'];
const gap85: readonly [string, string] = ['1.85.1', '1.87.0'];
const gap87: readonly [string, string] = ['1.87.0', '1.89.0'];
const gap89: readonly [string, string] = ['1.89.0', '1.90.0'];
const gap90: readonly [string, string] = ['1.90.0', '1.91.1'];
const gap91: readonly [string, string] = ['1.91.1', '1.92.0'];
const gap92: readonly [string, string] = ['1.92.0', '1.94.1'];

export const meaningChanges: readonly MeaningChange[] = [
    change(
        gap63,
        ['build.optimized-compiler-builtins'],
        'whether compiler-rt of LLVM is built is a setting, on outside of the channel `dev`; before, it was on where its sources were there',
        102579,
    ),
    change(
        gap63,
        ['rust.use-lld'],
        '`true` means an lld of the system; "self-contained" is the one that is built',
        116278,
    ),
    change(gap63, ['build.tools'], 'rust-analyzer-proc-macro-srv is not built unless it is asked for', 119124),
    change(gap63, ['dist', 'install'], '`x.py install` leaves no tarballs in build/dist', 118724),
    change(gap63, ['profile'], 'the profiles `codegen` and `llvm` became `compiler`', 121278),
    change(gap78, ['rust.lld'], 'in the profile `dist`, lld is built unless it is turned off', 126701),
    change(gap78, ['rust.channel'], 'in a source release the channel is that of src/ci/channel', 125181),
    change(
        gap78,
        ['llvm.download-ci-llvm'],
        'an LLVM is downloaded unless the setting or the profile turns it off',
        130529,
    ),
    change(gap78, ['rust.llvm-tools'], 'the tools of LLVM are built where there is no configuration file', 133207),
    change(gap78, ['build.vendor'], 'crates come from vendor/ where that and .cargo/config.toml are there', 133853),
    change(
        gap78,
        ['rust.debug-assertions', 'rust.download-rustc'],
        'debug assertions turn the download of a compiler off',
        133068,
    ),
    change(gap78, ['build.tools'], 'wasm-component-ld is among the tools that `build.extended` builds', 127866),
    change(gap85, ['rust.lto'], 'it is for rustdoc, too', 135832),
    change(gap85, ['rust.debug-assertions'], 'on in the profile `compiler`', 135729),
    change(gap85, ['build.tools'], 'there is no rls any more', 126856),
    change(gap87, ['--stage'], 'library 0 is the one of the compiler at hand, not that of the sources', 119899),
    change(
        gap89,
        ['--stage', 'build.build-stage', 'build.check-stage'],
        '`x.py build` and `x.py check` refuse stage 0; `check` takes 1 by default',
        142581,
    ),
    change(gap89, ['rust.lld'], 'in the profile `dist`, lld is not built unless it is turned on', 143255),
    change(
        gap90,
        ['--stage', 'build.doc-stage', 'build.dist-stage', 'build.install-stage'],
        '`x.py doc`, `dist`, `install`, `clippy` and `test` refuse stage 0',
        145472,
    ),
    change(
        gap90,
        ['build-dir'],
        'folders stageN in the build folder are numbered as what they belong to; tools lie elsewhere',
        145295,
    ),
    change(
        gap90,
        ['gcc.download-ci-gcc'],
        'a GCC is downloaded unless the setting or the profile turns it off',
        146435,
    ),
    change(
        gap90,
        ['build.local-rebuild'],
        'with a compiler of the same sources, stage 0 of the library can be built for other targets',
        145876,
    ),
    change(
        gap91,
        ['rust.lld', 'target.*.default-linker-linux-override'],
        'x86_64-unknown-linux-gnu links with lld whether `rust.lld` is on or not, unless the override is "off" or LLVM is one of the system',
        147157,
    ),
    change(gap92, ['RUSTFLAGS'], 'flags from variables come behind those of bootstrap, and so win over them', 148911),
    change(gap92, ['build.python'], 'it is heeded on macOS, too', 148636),
    change(['1.95.0', '1.96.0'], ['x.py'], 'options have to be written in full', 154508),
];

/** What changes its meaning on the way from one release to a newer one. */
export function meaningChangesBetween(older: NumberedVersion, newer: NumberedVersion): readonly MeaningChange[] {
    return meaningChanges.filter(({ before, seen }) => !isFrom(older, seen) && !isBefore(newer, before));
}

/** Not behind the sample that still lacks the change. */
function isBefore({ minor, patch }: NumberedVersion, sample: string): boolean {
    return !isFrom({ minor, patch }, sample) || sample === `1.${String(minor)}.${String(patch)}`;
}
