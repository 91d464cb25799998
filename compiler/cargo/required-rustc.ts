// The oldest compiler that packages say they can do with. Those count that are built, for either side.
import { describePackage } from './graph-problems.ts';
import { manifestPath } from './manifest-file.ts';
import type { Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import type { UnitGraph } from './unit.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

export interface RequiredRustc {
    /** As written: `1.70` or `1.70.0`. */
    readonly version: string;
    /** The package that asks for it. */
    readonly package: Package;
}

/** The highest `rust-version`, and the first package that has it; undefined when none says anything. */
export function requiredRustc(packages: Iterable<Package>): RequiredRustc | undefined {
    let highest: (RequiredRustc & { readonly parsed: Version }) | undefined;
    for (const one of packages) {
        const { rustVersion } = one;
        const parsed = rustVersion === undefined ? undefined : parseRustVersion(rustVersion);
        if (rustVersion === undefined || parsed === undefined) continue;
        if (highest !== undefined && compareVersions(parsed, highest.parsed) <= 0) continue;
        highest = { version: rustVersion, package: one, parsed };
    }
    return highest === undefined ? undefined : { version: highest.version, package: highest.package };
}

/** Told of the package that asks for the newest compiler, when the one at hand is older. `rustc`: what it says of itself. */
export function oldCompiler({ units }: UnitGraph, rustc: string): readonly CargoProblem[] {
    const wanted = requiredRustc(units.map((unit) => unit.package));
    const [have = ''] = /\d+\.\d+\.\d+/.exec(rustc) ?? [];
    const [least, parsed] = [parseRustVersion(wanted?.version ?? ''), parseVersion(have)];
    if (wanted === undefined || least === undefined || parsed === undefined) return [];
    if (compareVersions(least, parsed) <= 0) return [];
    return [
        {
            code: 'cargo/old-compiler',
            message: `needs rustc ${wanted.version} or newer, and the compiler is ${have}`,
            package: describePackage(wanted.package.id),
            file: manifestPath(wanted.package.root),
            help: `build with rustc ${wanted.version}, lock an older version of the package, or try it nevertheless with \`ignore-rust-version = true\``,
        },
    ];
}

/** What is not written is zero. */
function parseRustVersion(text: string): Version | undefined {
    const numbers = text.split('.');
    return parseVersion([...numbers, '0', '0'].slice(0, Math.max(3, numbers.length)).join('.'));
}
