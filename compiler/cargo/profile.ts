// Profiles: built-in settings, `[profile.NAME]` with what it inherits, and overrides for the build machine and for single
// packages. (The Cargo Book, "Profiles"; Cargo 1.95, `core/profiles.rs`.)
import type { PackageId } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { matches, parseRequirement } from './requirement.ts';
import { isTable, type Table, tableAt, textAt } from './toml-table.ts';
import type { Debuginfo, Profile } from './unit.ts';
import { parseVersion } from './version.ts';

/** A profile whose `debuginfo` may still follow from what else is built. */
export interface DraftProfile extends Profile {
    /** Nobody has set it for code of the build machine. */
    readonly debugIsOpen: boolean;
}

export interface ProfileRequest {
    readonly name: string;
    /** `[profile]` of the workspace. */
    readonly tables: Table;
    /** The same from outside, which is stronger. */
    readonly overrides: Table;
    /** What `CARGO_INCREMENTAL` would say; the profile decides when undefined. */
    readonly incremental: boolean | undefined;
}

export interface ProfileUse {
    readonly id: PackageId;
    readonly isMember: boolean;
    readonly isLocal: boolean;
    /** Build scripts, proc macros and what they are made of. */
    readonly isForHost: boolean;
    readonly alwaysUnwinds: boolean;
}

export type Profiles = (use: ProfileUse) => DraftProfile;

const plain: DraftProfile = {
    name: 'dev',
    root: 'debug',
    optLevel: '0',
    lto: 'false',
    codegenUnits: undefined,
    debuginfo: 0,
    splitDebuginfo: undefined,
    debugAssertions: false,
    overflowChecks: false,
    rpath: false,
    incremental: false,
    panic: 'unwind',
    strip: 'none',
    stripIsOpen: true,
    debugIsOpen: false,
};

const builtIn: Readonly<Record<'dev' | 'release', DraftProfile>> = {
    dev: { ...plain, debuginfo: 2, debugAssertions: true, overflowChecks: true, incremental: true },
    release: { ...plain, name: 'release', root: 'release', optLevel: '3' },
};

const usualParent: Readonly<Record<string, string>> = { test: 'dev', bench: 'release', doc: 'dev' };

/** The profiles of one selection; a problem when the name is not known. */
export function profilesFor(request: ProfileRequest): {
    readonly profiles: Profiles;
    readonly problems: readonly CargoProblem[];
} {
    const chain = chainOf(request);
    const root = chain.at(-1) === 'release' ? builtIn.release : builtIn.dev;
    const table = [...chain]
        .reverse()
        .reduce<Table>((merged, name) => mergeTables(merged, ownTable(request, name)), {});
    const start = { ...merge(root, table), name: request.name };
    const problems = isKnown(chain) ? [] : [unknownProfile(request, chain)];
    return { profiles: (use) => profileOf(start, table, use, request.incremental), problems };
}

function isKnown(chain: readonly string[]): boolean {
    const last = chain.at(-1);
    return last === 'dev' || last === 'release';
}

function unknownProfile({ name }: ProfileRequest, chain: readonly string[]): CargoProblem {
    const lost = chain.at(-1) ?? name;
    return {
        code: 'cargo/unknown-profile',
        message:
            lost === name
                ? `there is no profile \`${name}\``
                : `profile \`${name}\` inherits \`${lost}\`, which is not there`,
        help: 'name a profile of the root manifest, with `inherits` in it, or `dev` or `release`',
    };
}

function ownTable({ tables, overrides }: ProfileRequest, name: string): Table {
    return mergeTables(tableAt(tables, name), tableAt(overrides, name));
}

/** The profile and what it inherits, the built-in one last. */
function chainOf(request: ProfileRequest): readonly string[] {
    const chain: string[] = [];
    let name: string | undefined = request.name;
    while (name !== undefined && !chain.includes(name)) {
        chain.push(name);
        name = textAt(ownTable(request, name), 'inherits') ?? usualParent[name];
    }
    return chain;
}

/** The second table is stronger; overrides of packages are merged one by one. */
function mergeTables(weak: Table, strong: Table): Table {
    const merged: Record<string, unknown> = { ...weak };
    for (const [key, value] of Object.entries(strong)) {
        const below = merged[key];
        merged[key] = isTable(below) && isTable(value) ? mergeTables(below, value) : value;
    }
    return merged;
}

function profileOf(start: DraftProfile, table: Table, use: ProfileUse, incremental: boolean | undefined): DraftProfile {
    let profile = start;
    if (use.isForHost) {
        profile = { ...profile, optLevel: '0', codegenUnits: undefined, debugIsOpen: true };
        const override = table['build-override'];
        if (isTable(override)) profile = merge(profile, override);
    }
    for (const override of packageOverrides(table, use)) profile = merge(profile, override);
    return {
        ...profile,
        panic: use.alwaysUnwinds ? 'unwind' : profile.panic,
        incremental: use.isLocal && (incremental ?? profile.incremental),
    };
}

/** `"*"` is for everything that is no member; a specification names one package. */
function packageOverrides(table: Table, { id, isMember }: ProfileUse): readonly Table[] {
    const packages = tableAt(table, 'package');
    const all = packages['*'];
    const own = Object.entries(packages).flatMap(([spec, override]) =>
        spec !== '*' && isTable(override) && isMeant(spec, id) ? [override] : [],
    );
    return [...(isTable(all) && !isMember ? [all] : []), ...own];
}

/** `name`, `name@version`, `name:version`, or a URL with one of these behind `#`. */
function isMeant(spec: string, { name, version }: PackageId): boolean {
    const hash = spec.indexOf('#');
    const text = hash < 0 ? spec : spec.slice(hash + 1);
    const [, wanted, , wantedVersion] = /^([^@:]+)([@:](.+))?$/.exec(text) ?? [];
    if (wanted !== name) return false;
    if (wantedVersion === undefined) return true;
    const requirement = parseRequirement(`=${wantedVersion}`);
    const parsed = parseVersion(version);
    return requirement !== undefined && parsed !== undefined && matches(requirement, parsed);
}

function merge(profile: DraftProfile, table: Table): DraftProfile {
    const get = (key: string): unknown => (Object.hasOwn(table, key) ? table[key] : undefined);
    const debug = debuginfoOf(get('debug'));
    const strip = stripOf(get('strip'));
    return {
        ...profile,
        optLevel: scalar(get('opt-level')) ?? profile.optLevel,
        lto: ltoOf(get('lto')) ?? profile.lto,
        codegenUnits: numberOf(get('codegen-units')) ?? profile.codegenUnits,
        debuginfo: debug ?? profile.debuginfo,
        debugIsOpen: debug === undefined ? profile.debugIsOpen : false,
        splitDebuginfo: textAt(table, 'split-debuginfo') ?? profile.splitDebuginfo,
        debugAssertions: flag(get('debug-assertions')) ?? profile.debugAssertions,
        overflowChecks: flag(get('overflow-checks')) ?? profile.overflowChecks,
        rpath: flag(get('rpath')) ?? profile.rpath,
        incremental: flag(get('incremental')) ?? profile.incremental,
        panic: panicOf(get('panic')) ?? profile.panic,
        // A table that says nothing opens it again: Cargo takes the whole setting from the last one.
        strip: strip ?? 'none',
        stripIsOpen: strip === undefined,
    };
}

function scalar(value: unknown): string | undefined {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : undefined;
}

function numberOf(value: unknown): number | undefined {
    return typeof value === 'number' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : undefined;
}

function ltoOf(value: unknown): Profile['lto'] | undefined {
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (value === 'off' || value === 'n' || value === 'no') return 'off';
    if (value === 'thin' || value === 'fat') return value;
    return value === 'on' || value === 'y' || value === 'yes' || value === 'true' ? 'true' : undefined;
}

const debugLevels: Readonly<Record<string, Debuginfo>> = { none: 0, limited: 1, full: 2, '0': 0, '1': 1, '2': 2 };

function debuginfoOf(value: unknown): Debuginfo | undefined {
    if (typeof value === 'boolean') return value ? 2 : 0;
    if (value === 'line-directives-only' || value === 'line-tables-only') return value;
    return debugLevels[String(value)];
}

function stripOf(value: unknown): Profile['strip'] | undefined {
    if (value === true) return 'symbols';
    if (value === false) return 'none';
    return value === 'none' || value === 'debuginfo' || value === 'symbols' ? value : undefined;
}

function panicOf(value: unknown): Profile['panic'] | undefined {
    return value === 'unwind' || value === 'abort' || value === 'immediate-abort' ? value : undefined;
}

/** What a run of a build script keeps of the profile of what it runs for. */
export function scriptRunProfile({
    name,
    root,
    optLevel,
    debuginfo,
    debugIsOpen,
    debugAssertions,
}: DraftProfile): DraftProfile {
    return { ...plain, name, root, optLevel, debuginfo, debugIsOpen, debugAssertions };
}
