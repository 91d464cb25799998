// Unit → arguments of rustc, in Cargo's order (Cargo 1.95, `compiler/mod.rs`), but for the form of messages, which here
// are for people. What only a build script can know stands in argument files (`@FILE`) at the end.
import { compareBytes } from '../plan/bytes.ts';
import { crateName, type Package } from './package.ts';
import { isRlib, type LtoMode, type Profile, type Unit } from './unit.ts';

export interface ArgumentOptions {
    readonly hash: string;
    /** What stands behind the crate's name in names of files; may be empty. */
    readonly suffix: string;
    /** Path of the root module, as rustc is to see it. */
    readonly source: string;
    /** Whether the package was asked for. */
    readonly isPrimary: boolean;
    /** Folders of what is made: metadata, everything else, and the list of files that were read. */
    readonly places: { readonly metadata: string; readonly link: string; readonly notes: string };
    /** Folder with the crates of all dependencies. */
    readonly dependencies: string | undefined;
    readonly externs: readonly { readonly name: string; readonly file: string; readonly noprelude: boolean }[];
    readonly linker: string | undefined;
    /** Of the unit's side, after everything that comes from manifests. */
    readonly rustflags: readonly string[];
    /** Argument files. */
    readonly late: readonly string[];
}

export function rustcArguments(unit: Unit, options: ArgumentOptions): readonly string[] {
    const { target, profile, features, mode } = unit;
    return [
        '--crate-name',
        crateName(target),
        `--edition=${target.edition}`,
        options.source,
        ...(isHarness(unit) ? [] : target.crateTypes.flatMap((type) => ['--crate-type', type])),
        emitArgument(unit, options),
        ...(isLinkedDynamically(unit, options) ? ['-C', 'prefer-dynamic'] : []),
        ...profileArguments(profile, unit.lto),
        ...unit.package.lints,
        ...unit.package.checkCfg.flatMap((value) => ['--check-cfg', value]),
        ...assertionArguments(profile),
        ...(mode !== 'test' ? [] : target.harness ? ['--test'] : ['--cfg', 'test']),
        ...features.flatMap((feature) => ['--cfg', `feature="${feature}"`]),
        ...checkCfgArguments(unit.package),
        '-C',
        `metadata=${options.hash}`,
        ...(options.suffix === '' ? [] : ['-C', `extra-filename=${options.suffix}`]),
        ...(profile.rpath ? ['-C', 'rpath'] : []),
        '--out-dir',
        options.places.link,
        ...(unit.platform === undefined ? [] : ['--target', unit.platform]),
        ...(options.linker === undefined ? [] : ['-C', `linker=${options.linker}`]),
        ...(profile.strip === 'none' ? [] : ['-C', `strip=${profile.strip}`]),
        ...(options.dependencies === undefined ? [] : ['-L', `dependency=${options.dependencies}`]),
        ...options.externs.flatMap(({ name, file, noprelude }) => [
            '--extern',
            `${noprelude ? 'noprelude:' : ''}${name}=${file}`,
        ]),
        ...(target.kind === 'proc-macro' ? ['--extern', 'proc_macro'] : []),
        ...(unit.package.origin === 'registry' || unit.package.origin === 'git' ? ['--cap-lints', 'allow'] : []),
        ...options.rustflags,
        ...options.late.map((file) => `@${file}`),
    ];
}

/** A test without a harness is an ordinary program. */
function isHarness({ mode, target }: Unit): boolean {
    return mode === 'test' && target.harness;
}

/** A shared library that was asked for is to stand alone. */
function isLinkedDynamically({ target }: Unit, { isPrimary }: ArgumentOptions): boolean {
    return target.kind === 'proc-macro' || (target.crateTypes.includes('dylib') && !isPrimary);
}

function emitArgument(unit: Unit, { places, suffix }: ArgumentOptions): string {
    const stem = `${crateName(unit.target)}${suffix}`;
    const notes = `dep-info=${places.notes}/${stem}.d`;
    return isRlib(unit) ? `--emit=${notes},metadata=${places.metadata}/lib${stem}.rmeta,link` : `--emit=${notes},link`;
}

function profileArguments(profile: Profile, lto: LtoMode): readonly string[] {
    const { optLevel, panic, codegenUnits, debuginfo, splitDebuginfo } = profile;
    return [
        ...(optLevel === '0' ? [] : ['-C', `opt-level=${optLevel}`]),
        ...(panic === 'unwind' ? [] : ['-C', `panic=${panic}`]),
        ...ltoArguments(lto),
        ...(codegenUnits === undefined ? [] : ['-C', `codegen-units=${codegenUnits}`]),
        ...(debuginfo === 0 ? [] : ['-C', `debuginfo=${debuginfo}`]),
        ...(splitDebuginfo === undefined ? [] : ['-C', `split-debuginfo=${splitDebuginfo}`]),
    ];
}

function ltoArguments(lto: LtoMode): readonly string[] {
    switch (lto.kind) {
        case 'only-object':
            return ['-C', 'embed-bitcode=no'];
        case 'off':
            return ['-C', 'lto=off', '-C', 'embed-bitcode=no'];
        case 'only-bitcode':
            return ['-C', 'linker-plugin-lto'];
        case 'object-and-bitcode':
            return [];
        case 'run':
            return ['-C', lto.value === undefined ? 'lto' : `lto=${lto.value}`];
    }
}

/** Only what differs from what rustc derives from the level of optimisation. */
function assertionArguments({ optLevel, debugAssertions, overflowChecks }: Profile): readonly string[] {
    if (optLevel !== '0') {
        if (debugAssertions) {
            return ['-C', 'debug-assertions=on', ...(overflowChecks ? [] : ['-C', 'overflow-checks=off'])];
        }
        return overflowChecks ? ['-C', 'overflow-checks=on'] : [];
    }
    if (!debugAssertions) {
        return ['-C', 'debug-assertions=off', ...(overflowChecks ? ['-C', 'overflow-checks=on'] : [])];
    }
    return overflowChecks ? [] : ['-C', 'overflow-checks=off'];
}

function checkCfgArguments({ features }: Package): readonly string[] {
    const names = [...features.keys()].sort(compareBytes).map((name) => `"${name}"`);
    return ['--check-cfg', 'cfg(docsrs,test)', '--check-cfg', `cfg(feature, values(${names.join(', ')}))`];
}
