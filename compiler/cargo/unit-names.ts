// What units are called: the hash that rustc mixes into symbols and file names, and the id of the unit's action. Both
// follow from what the unit is, never from where it was found or who asked for it, so equal units of two applications
// are one action.
import { createHash } from 'node:crypto';
import { compareBytes } from '../plan/bytes.ts';
import { canonicalJson } from '../plan/canonical.ts';
import { crateName, type Package } from './package.ts';
import { isRlib, type Profile, type Unit, type UnitGraph } from './unit.ts';

export interface UnitName {
    /** 16 hex digits for `-C metadata` and `-C extra-filename`. */
    readonly hash: string;
    /** What stands behind the crate's name in names of files. */
    readonly suffix: string;
    /** Id of the unit's action: `unit.serde-1.0.219.lib`. */
    readonly id: string;
    /**
     * Begins the names of files that a script's run writes for others. The id would not do: it tells how many variants of a unit
     * the application has.
     */
    readonly tag: string;
    /** File that dependents are given; for libraries that publish metadata also `metadata`. Undefined for a script's run. */
    readonly file: string | undefined;
    readonly metadata: string | undefined;
    /** All files of a library that can be linked, in the order of its crate types. */
    readonly linkable: readonly string[];
}

export interface NamingOptions {
    /** What the compiler says of itself, so that crates of two compilers never meet. */
    readonly compiler: string;
    /** Tells revisions of one crate apart; empty when nobody asked for that. */
    readonly salt: string;
    /** Folder that the paths of local packages are told relative to. */
    readonly workspaceRoot: string;
}

/** Names of all units, by index. */
export function nameUnits(graph: UnitGraph, options: NamingOptions): readonly UnitName[] {
    const hashes = hashUnits(graph, options);
    const ids = idsOf(graph, hashes);
    return graph.units.map((unit, index) => {
        const hash = hashes[index] ?? '';
        const suffix = suffixOf(unit, hash, options.salt !== '');
        const { name, version } = unit.package.id;
        const tag = `${name}-${version}-${hash}`;
        return {
            hash,
            suffix,
            id: ids[index] ?? '',
            tag,
            ...filesOf(unit, suffix),
            linkable: linkableFiles(unit, suffix),
        };
    });
}

/** What tells units apart, by index: equal for equal units of different graphs. */
export function hashUnits({ units }: UnitGraph, options: NamingOptions): readonly string[] {
    const hashes = new Array<string | undefined>(units.length);
    const hashOf = (index: number): string => {
        const known = hashes[index];
        if (known !== undefined) return known;
        const unit = units[index];
        if (unit === undefined) throw new Error(`the graph has no unit ${index}`);
        const dependencies = unit.dependencies.map((dependency) => [dependency.externName, hashOf(dependency.unit)]);
        const identity = { ...identityOf(unit, options), dependencies };
        const hash = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
        hashes[index] = hash;
        return hash;
    };
    return units.map((_, index) => hashOf(index));
}

function identityOf(unit: Unit, { compiler, salt, workspaceRoot }: NamingOptions): Record<string, string | string[]> {
    const { target, features, mode, platform } = unit;
    return {
        compiler,
        salt,
        package: packageIdentity(unit.package, workspaceRoot),
        target: [target.kind, target.name, ...target.crateTypes],
        features: [...features],
        mode,
        platform: platform ?? '',
        profile: profileIdentity(unit.profile),
        lto: [unit.lto.kind, 'value' in unit.lto ? (unit.lto.value ?? '') : ''],
    };
}

function packageIdentity({ id, origin, root }: Package, workspaceRoot: string): string[] {
    const { name, version, source } = id;
    if (origin === 'registry') return [name, version, 'registry'];
    if (origin === 'git') return [name, version, source ?? ''];
    return [name, version, root.startsWith(workspaceRoot) ? `path:${root.slice(workspaceRoot.length)}` : 'path'];
}

/** Without the profile's name, as two names for the same settings give the same code, and without `lto`, which units know as a mode. */
function profileIdentity(profile: Profile): string[] {
    const { optLevel, codegenUnits, debuginfo, splitDebuginfo, debugAssertions, overflowChecks } = profile;
    const { rpath, panic, strip } = profile;
    const values = [optLevel, codegenUnits ?? '', debuginfo, splitDebuginfo ?? '', debugAssertions];
    return [...values, overflowChecks, rpath, panic, strip].map(String);
}

function idsOf({ units }: UnitGraph, hashes: readonly string[]): readonly string[] {
    const groups = new Map<string, number[]>();
    for (const [index, unit] of units.entries()) {
        const plain = plainId(unit);
        groups.set(plain, [...(groups.get(plain) ?? []), index]);
    }
    const ids = new Array<string>(units.length).fill('');
    for (const [plain, indices] of groups) {
        // Variants of one target differ in features or profile; their order must not depend on who asked.
        const ordered = [...indices].sort((a, b) => compareBytes(hashes[a] ?? '', hashes[b] ?? ''));
        for (const [position, index] of ordered.entries()) {
            ids[index] = position === 0 ? plain : `${plain}.${position + 1}`;
        }
    }
    return ids;
}

function plainId({ package: { id }, target, mode, platform }: Unit): string {
    const owner = `unit.${id.name}-${id.version}`;
    const side = platform === undefined ? '.host' : '';
    const name = target.name.replaceAll(/[^A-Za-z0-9._+@-]/g, '_');
    if (mode === 'run-custom-build') return `${owner}.run${platform === undefined ? '.host' : ''}`;
    if (target.kind === 'custom-build') return `${owner}.script`;
    const role = target.kind === 'lib' || target.kind === 'proc-macro' ? target.kind : `${target.kind}.${name}`;
    return `${owner}.${role}${mode === 'build' ? '' : `.${mode}`}${target.kind === 'proc-macro' ? '' : side}`;
}

/** rustc's own file names: Unix and wasm targets. */
function filesOf(unit: Unit, suffix: string): Pick<UnitName, 'file' | 'metadata'> {
    const { target, mode } = unit;
    if (mode === 'run-custom-build') return { file: undefined, metadata: undefined };
    const stem = `${crateName(target)}${suffix}`;
    if (isRlib(unit)) return { file: `lib${stem}.rlib`, metadata: `lib${stem}.rmeta` };
    if (mode === 'test' || target.crateTypes.includes('bin'))
        return { file: executable(unit, stem), metadata: undefined };
    return { file: libraryFile(unit, stem), metadata: undefined };
}

/** What users call the program that a unit makes; undefined when it makes none. */
export function programOf(unit: Unit): string | undefined {
    const { target, mode } = unit;
    const isProgram = mode === 'build' && (target.kind === 'bin' || target.kind === 'example');
    return isProgram && target.crateTypes.includes('bin') ? executable(unit, target.name) : undefined;
}

function executable({ platform }: Unit, stem: string): string {
    return platform?.startsWith('wasm') === true ? `${stem}.wasm` : stem;
}

/** What dependents link with; the kinds in the order in which rustc would prefer them. */
function libraryFile(unit: Unit, stem: string): string {
    const { crateTypes } = unit.target;
    if (crateTypes.includes('lib') || crateTypes.includes('rlib')) return `lib${stem}.rlib`;
    return crateTypes.includes('staticlib') && crateTypes.length === 1 ? `lib${stem}.a` : sharedLibrary(unit, stem);
}

/** rustc's name of a library with a C interface. */
export function sharedLibrary({ platform }: Pick<Unit, 'platform'>, stem: string): string {
    return platform?.startsWith('wasm') === true ? `${stem}.wasm` : `lib${stem}.so`;
}

/** rustc itself chooses among them. */
function linkableFiles(unit: Unit, suffix: string): readonly string[] {
    const stem = `lib${crateName(unit.target)}${suffix}`;
    const endings: Readonly<Record<string, string>> = { lib: 'rlib', rlib: 'rlib', dylib: 'so', 'proc-macro': 'so' };
    return [...new Set(unit.target.crateTypes.flatMap((type) => endings[type] ?? []))].map((end) => `${stem}.${end}`);
}

/**
 * Programs may name a shared library of the workspace, so its file has the plain name, as with Cargo. A salt is there to tell
 * libraries apart, and so their files, too.
 */
function suffixOf({ target, package: { origin }, mode }: Unit, hash: string, isSalted: boolean): string {
    const isShared = target.crateTypes.some((type) => type === 'cdylib' || type === 'dylib');
    const isLocal = origin === 'member' || origin === 'local';
    return mode === 'build' && isShared && isLocal && !isSalted ? '' : `-${hash}`;
}
