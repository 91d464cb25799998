// Profiles: the built-in ones, `[profile]` of the workspace, and a layer above it in the same form (what a distribution
// sets). For one unit, later wins: built-in, the profile with what it inherits, what the build machine's units start
// from, `build-override`, `package."*"` for what is no member, the specification of the package.
import type { Package } from './package.ts';
import { specMatches } from './package-spec.ts';
import type { CargoProblem } from './problem.ts';
import type { Debuginfo, Profile } from './unit.ts';

/** A profile whose `strip` and debug information may still be settled by the units around it. */
export interface DraftProfile extends Profile {
    readonly debuginfoIsDeferred: boolean;
}

export interface ProfileQuestion {
    readonly package: Package;
    /** For a build script, a procedural macro, or what they need. */
    readonly forHost: boolean;
    readonly alwaysUnwind: boolean;
    /** Triple of where it runs. */
    readonly triple: string;
}

export interface Profiles {
    readonly of: (question: ProfileQuestion) => DraftProfile;
    /** More than one specification for one package. */
    readonly overlaps: (subject: Package) => readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

export interface ProfileSources {
    /** `[profile]` of the workspace's manifest. */
    readonly manifest: Table;
    /** Stronger; as `[profile]` of a Cargo config. */
    readonly extra: Table | undefined;
    /** In place of what the profiles say, as `CARGO_INCREMENTAL` does. */
    readonly incremental: boolean | undefined;
}

const builtIn: Readonly<Record<string, Table>> = {
    dev: {},
    release: {},
    test: { inherits: 'dev' },
    bench: { inherits: 'release' },
    doc: { inherits: 'dev' },
};

const plain = {
    optLevel: '0',
    lto: 'false',
    codegenUnits: undefined,
    debuginfo: 0,
    debuginfoIsDeferred: false,
    splitDebuginfo: undefined,
    debugAssertions: false,
    overflowChecks: false,
    rpath: false,
    incremental: false,
    panic: 'unwind',
    strip: 'none',
    stripIsOpen: true,
} as const;

/** All profiles have to be right, not only the one that is asked for. */
export function readProfiles(
    name: string,
    sources: ProfileSources,
): { readonly profiles: Profiles | undefined; readonly problems: readonly CargoProblem[] } {
    const chain = chainOf(name, sources);
    const names = new Set([builtIn, sources.manifest, sources.extra ?? {}].flatMap((table) => Object.keys(table)));
    const others = [...names].filter((other) => other !== name).map((other) => chainOf(other, sources));
    const problems = [chain, ...others].filter((one) => 'code' in one);
    if ('code' in chain || problems.length > 0) return { profiles: undefined, problems };
    const { root, settings } = chain;
    const specs = [chain, ...others].map((one) => ('settings' in one ? specsOf(one.settings) : []));
    const start: DraftProfile =
        root === 'dev'
            ? {
                  ...plain,
                  name,
                  root: 'debug',
                  debuginfo: 2,
                  debugAssertions: true,
                  overflowChecks: true,
                  incremental: true,
              }
            : { ...plain, name, root: 'release', optLevel: '3' };
    const base = withSettings(start, settings);
    const overrides = Object.entries(tableOr(settings['package']));
    const matching = (subject: Package): [string, unknown][] =>
        overrides.filter(([spec]) => spec !== '*' && specMatches(spec, subject));
    const memo = new Map<string, DraftProfile>();

    const layered = (subject: Package, forHost: boolean): DraftProfile => {
        let profile = base;
        if (forHost) {
            profile = { ...profile, optLevel: '0', codegenUnits: undefined, debuginfoIsDeferred: true };
            if (isTable(settings['build-override'])) profile = withSettings(profile, settings['build-override']);
        }
        for (const [spec, override] of overrides)
            if (spec === '*' && subject.origin !== 'member') profile = withSettings(profile, tableOr(override));
        const [own] = matching(subject);
        return own === undefined ? profile : withSettings(profile, tableOr(own[1]));
    };

    return {
        problems: [],
        profiles: {
            of: ({ package: subject, forHost, alwaysUnwind, triple }) => {
                const local = subject.origin === 'member' || subject.origin === 'local';
                // Only specifications tell one package from another.
                const special = overrides.length > 0 && matching(subject).length > 0 ? subject.root : '';
                const apple = triple.includes('-apple-');
                const key = [special, subject.origin === 'member', local, forHost, alwaysUnwind, apple].join('\n');
                const known = memo.get(key);
                if (known !== undefined) return known;
                const profile = layered(subject, forHost);
                const finished: DraftProfile = {
                    ...profile,
                    panic: alwaysUnwind ? 'unwind' : profile.panic,
                    splitDebuginfo:
                        apple && profile.debuginfo !== 0
                            ? (profile.splitDebuginfo ?? 'unpacked')
                            : profile.splitDebuginfo,
                    incremental: local && (sources.incremental ?? profile.incremental),
                };
                memo.set(key, finished);
                return finished;
            },
            overlaps: (subject) => {
                const found = specs.map((list) => list.filter((spec) => specMatches(spec, subject)));
                return found.find((list) => list.length > 1) ?? [];
            },
        },
    };
}

function specsOf(settings: Table): readonly string[] {
    return Object.keys(tableOr(settings['package'])).filter((spec) => spec !== '*');
}

/** Running a build script is told little of the profile, so that one run serves many. */
export function profileOfRun({
    name,
    root,
    debuginfo,
    debuginfoIsDeferred,
    optLevel,
    debugAssertions,
}: DraftProfile): DraftProfile {
    return { ...plain, name, root, debuginfo, debuginfoIsDeferred, optLevel, debugAssertions };
}

/** A profile in which nothing is open any more. */
export function settledProfile(draft: DraftProfile): Profile {
    const { name, root, optLevel, lto, codegenUnits, debuginfo, splitDebuginfo } = draft;
    const { debugAssertions, overflowChecks, rpath, incremental, panic, strip, stripIsOpen } = draft;
    return {
        name,
        root,
        optLevel,
        lto,
        codegenUnits,
        debuginfo,
        splitDebuginfo,
        debugAssertions,
        overflowChecks,
        rpath,
        incremental,
        panic,
        strip,
        stripIsOpen,
    };
}

interface Chain {
    readonly root: 'dev' | 'release';
    readonly settings: Table;
}

function chainOf(name: string, { manifest, extra }: ProfileSources): Chain | CargoProblem {
    const seen: string[] = [];
    const tables: Table[] = [];
    let at = name;
    for (;;) {
        if (seen.includes(at))
            return badProfile(
                `the profiles ${[...seen, at].map((one) => `\`${one}\``).join(', ')} inherit in a circle`,
            );
        seen.push(at);
        const parts = [builtIn[at], manifest[at], extra?.[at]].filter(isTable);
        if (parts.length === 0) {
            const by = seen.at(-2);
            return badProfile(
                `${by === undefined ? '' : `the profile \`${by}\` inherits \`${at}\`; `}there is no profile \`${at}\``,
            );
        }
        const table = parts.reduce(mergeTables);
        tables.unshift(table);
        const { inherits } = table;
        if (at === 'dev' || at === 'release') {
            if (inherits !== undefined) return badProfile(`the profile \`${at}\` cannot inherit`);
            return { root: at, settings: tables.reduce(mergeTables) };
        }
        if (typeof inherits !== 'string') return badProfile(`the profile \`${at}\` does not say what it \`inherits\``);
        at = inherits;
    }
}

function badProfile(message: string): CargoProblem {
    return { code: 'cargo/bad-profile', message };
}

/** The right one wins; `build-override` and each entry of `package` are tables of the same kind. */
function mergeTables(left: Table, right: Table): Table {
    const merged: Record<string, unknown> = { ...left };
    for (const [key, value] of Object.entries(right)) {
        const before = merged[key];
        merged[key] = isTable(before) && isTable(value) ? mergeTables(before, value) : value;
    }
    return merged;
}

/** One layer above another. A layer that does not speak of `strip` leaves it to be settled later, as Cargo does. */
function withSettings(profile: DraftProfile, settings: Table): DraftProfile {
    const text = (key: string): string | undefined => {
        const value = settings[key];
        return typeof value === 'string' ? value : undefined;
    };
    const flag = (key: string): boolean | undefined => {
        const value = settings[key];
        return typeof value === 'boolean' ? value : undefined;
    };
    const { 'opt-level': optLevel, 'codegen-units': codegenUnits, debug, strip, lto } = settings;
    return {
        ...profile,
        optLevel: typeof optLevel === 'string' || typeof optLevel === 'number' ? String(optLevel) : profile.optLevel,
        lto: ltoOf(lto) ?? profile.lto,
        codegenUnits: typeof codegenUnits === 'number' ? codegenUnits : profile.codegenUnits,
        debuginfo: debug === undefined ? profile.debuginfo : debuginfoOf(debug),
        debuginfoIsDeferred: debug === undefined && profile.debuginfoIsDeferred,
        splitDebuginfo: text('split-debuginfo') ?? profile.splitDebuginfo,
        debugAssertions: flag('debug-assertions') ?? profile.debugAssertions,
        overflowChecks: flag('overflow-checks') ?? profile.overflowChecks,
        rpath: flag('rpath') ?? profile.rpath,
        incremental: flag('incremental') ?? profile.incremental,
        panic: panicOf(settings['panic']) ?? profile.panic,
        strip: stripOf(strip),
        stripIsOpen: strip === undefined,
    };
}

function ltoOf(value: unknown): Profile['lto'] | undefined {
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (value === 'off' || value === 'n' || value === 'no' || value === 'none') return 'off';
    return value === 'thin' || value === 'fat' ? value : undefined;
}

function debuginfoOf(value: unknown): Debuginfo {
    if (value === true || value === 2 || value === 'full') return 2;
    if (value === 1 || value === 'limited') return 1;
    return value === 'line-directives-only' || value === 'line-tables-only' ? value : 0;
}

function panicOf(value: unknown): Profile['panic'] | undefined {
    return value === 'unwind' || value === 'abort' || value === 'immediate-abort' ? value : undefined;
}

function stripOf(value: unknown): Profile['strip'] {
    if (value === true || value === 'symbols') return 'symbols';
    return value === 'debuginfo' ? 'debuginfo' : 'none';
}

function tableOr(value: unknown): Table {
    return isTable(value) ? value : {};
}

function isTable(value: unknown): value is Table {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
