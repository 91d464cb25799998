// What a build script finds in its environment. (The Cargo Book, "Environment Variables Cargo sets for build scripts";
// Cargo 1.95, `custom_build.rs`.)
import { compareBytes } from '../plan/bytes.ts';
import { asVariable, packageEnvironment } from './package-environment.ts';
import type { Unit } from './unit.ts';

export interface ScriptFacts {
    readonly host: string;
    /** Triple that the package is built for. */
    readonly target: string;
    /** Lines of `rustc --print cfg` for it. */
    readonly cfg: readonly string[];
    readonly rustc: string;
    readonly rustdoc: string;
    readonly cargo: string;
    readonly outFolder: string;
    readonly linker: string | undefined;
    /** Of the side that the package is built for. */
    readonly rustflags: readonly string[];
}

/** Everything but `DEP_*`, which only other scripts know. */
export function scriptEnvironment(unit: Unit, facts: ScriptFacts): Record<string, string> {
    const { package: owner, profile, features } = unit;
    return {
        ...packageEnvironment(owner),
        ...cfgVariables(unit, facts.cfg),
        ...Object.fromEntries(features.map((feature) => [`CARGO_FEATURE_${asVariable(feature)}`, '1'])),
        ...(owner.links === undefined ? {} : { CARGO_MANIFEST_LINKS: owner.links }),
        ...(facts.linker === undefined ? {} : { RUSTC_LINKER: facts.linker }),
        CARGO: facts.cargo,
        CARGO_ENCODED_RUSTFLAGS: facts.rustflags.join('\u001f'),
        DEBUG: String(profile.debuginfo !== 0),
        HOST: facts.host,
        NUM_JOBS: '$(jobs)',
        OPT_LEVEL: profile.optLevel,
        OUT_DIR: facts.outFolder,
        PROFILE: profile.root,
        RUSTC: facts.rustc,
        RUSTDOC: facts.rustdoc,
        TARGET: facts.target,
    };
}

/** Names that several values have are told once, the values joined; names without a value are empty. */
function cfgVariables({ features, profile }: Unit, cfg: readonly string[]): Record<string, string> {
    const values = new Map<string, string[]>([['feature', [...features].sort(compareBytes)]]);
    if (profile.debugAssertions) values.set('debug_assertions', []);
    for (const line of cfg) {
        const [, name, value] = /^([^=]+)(?:="(.*)")?$/.exec(line) ?? [];
        if (name === undefined || name === 'debug_assertions' || name === 'proc_macro') continue;
        const known = values.get(name) ?? [];
        values.set(name, value === undefined ? known : [...known, value]);
    }
    return Object.fromEntries([...values].map(([name, each]) => [`CARGO_CFG_${asVariable(name)}`, each.join(',')]));
}
