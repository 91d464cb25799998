// Which compiler can build a release: any point release of the minor version before it, or of the same one.
import type { Rule, RustcProblem } from './problem.ts';
import { isFrom, type NumberedVersion, plainVersion, type Release, versionNumbers } from './release.ts';

export interface Stage0Window {
    /** `1.84`: every point release of it will do. */
    readonly previous: string;
    /** `1.85`: rebuilding with a compiler of the same release. */
    readonly same: string;
    /** Whether bootstrap itself looks; before, a compiler that is too old fails at some unknown feature. */
    readonly isChecked: boolean;
    readonly rule: Rule;
}

export function stage0Window({ minor }: NumberedVersion): Stage0Window {
    const isChecked = isFrom({ minor, patch: 0 }, '1.78');
    return {
        previous: `1.${String(minor - 1)}`,
        same: `1.${String(minor)}`,
        isChecked,
        rule: isChecked
            ? { release: '1.78.0', source: 'src/bootstrap/src/core/config/config.rs, `check_stage0_version`' }
            : {
                  release: `1.${String(minor)}.0`,
                  source: 'src/stage0.json: the release before it is the one it is made with',
              },
    };
}

export interface Stage0Answer {
    readonly problems: readonly RustcProblem[];
    /** The compiler is of the same minor version: bootstrap turns `build.local-rebuild` on by itself. */
    readonly isSameRelease: boolean;
}

/**
 * The compiler and the cargo that are to build a release. Versions as `rustc --version` and `cargo --version` print them
 * (`1.84.0`, `1.84.0-beta.3`), or for cargo as its package has it (`0.85.0`).
 */
export function checkStage0(release: Release, rustc: string, cargo?: string): Stage0Answer {
    const tools = [
        { tool: 'rustc', given: rustc, numbers: versionNumbers(rustc) },
        ...(cargo === undefined ? [] : [{ tool: 'cargo', given: cargo, numbers: cargoRelease(cargo) }]),
    ];
    const window = stage0Window(release);
    const problems = tools.flatMap(({ tool, given, numbers }): readonly RustcProblem[] =>
        numbers !== undefined && fits(release, numbers) ? [] : [wrongStage0(release, window, tool, given)],
    );
    return { problems, isSameRelease: versionNumbers(rustc)?.minor === release.minor };
}

function fits({ minor }: NumberedVersion, stage0: NumberedVersion): boolean {
    return stage0.minor === minor || stage0.minor === minor - 1;
}

function wrongStage0(
    { version, minor }: Release,
    { previous, same, rule }: Stage0Window,
    tool: string,
    given: string,
): RustcProblem {
    const have = tool === 'cargo' ? cargoRelease(given) : versionNumbers(given);
    const isOld = have !== undefined && have.minor < minor - 1;
    return {
        code: 'rustc/wrong-stage0',
        severity: 'error',
        message: `${tool} ${given} cannot build ${version}: it takes any ${previous}, or any ${same} (rule of ${rule.release}: ${rule.source})`,
        help: isOld
            ? `build the releases in between: \`rpkg lineage rustc ${version} --have ${plainVersion(have)}\` lists them`
            : `give a ${tool} of ${previous} or ${same}`,
        rule,
    };
}

/** The release of Rust that a cargo belongs to: 1.85 for 1.85.x, and for package version 0.86.x. */
function cargoRelease(version: string): NumberedVersion | undefined {
    const match = /^0\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+~].*)?$/.exec(version);
    if (match === null) return versionNumbers(version);
    return { minor: Number(match[1]) - 1, patch: Number(match[2] ?? 0) };
}

/** The package version of the cargo in a release's sources, without its last number: 0.86 for 1.85. */
export function pairedCargo({ minor }: NumberedVersion): string {
    return `0.${String(minor + 1)}`;
}

/** Whether a cargo, by the `version` of its Cargo.toml (src/tools/cargo), is the one of this release. */
export function checkCargoPair(release: Release, cargo: string): readonly RustcProblem[] {
    if (cargoRelease(cargo)?.minor === release.minor) return [];
    const paired = pairedCargo(release);
    const rule = { release: release.version, source: `src/tools/cargo/Cargo.toml: version ${paired}` };
    return [
        {
            code: 'rustc/unpaired-cargo',
            severity: 'error',
            message: `cargo ${cargo} is not the one of rustc ${release.version}, which is ${paired}`,
            help: 'take cargo from src/tools/cargo of the same sources',
            rule,
        },
    ];
}

/** Sources without a cargo. */
export function missingCargo({ version }: Release): RustcProblem {
    return {
        code: 'rustc/unpaired-cargo',
        severity: 'error',
        message: `the sources of rustc ${version} have no cargo: \`src/tools/cargo/Cargo.toml\` is not in \`source main\``,
        help: 'take sources that have it, such as those of the release itself',
    };
}

/** A cargo that is said to be another one than the sources have. */
export function otherCargo({ version }: Release, said: string, found: string): RustcProblem {
    const rule = { release: version, source: `src/tools/cargo/Cargo.toml: version ${found}` };
    return {
        code: 'rustc/unpaired-cargo',
        severity: 'error',
        message: `cargo ${said} is not the one of rustc ${version}, which is ${found} (rule of ${version}: ${rule.source})`,
        help: `write \`version = paired\`, or \`version = ${found}\``,
        rule,
    };
}
