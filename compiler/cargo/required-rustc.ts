// The oldest compiler that packages say they can do with.
import { describePackage } from './graph-problems.ts';
import type { Package } from './package.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

export interface RequiredRustc {
    /** As written: `1.70` or `1.70.0`. */
    readonly version: string;
    /** `NAME VERSION` of the package that asks for it. */
    readonly package: string;
}

/** The highest `rust-version`, and the first package that has it; undefined when none says anything. */
export function requiredRustc(packages: Iterable<Package>): RequiredRustc | undefined {
    let highest: (RequiredRustc & { readonly parsed: Version }) | undefined;
    for (const { id, rustVersion } of packages) {
        const parsed = rustVersion === undefined ? undefined : parseRustVersion(rustVersion);
        if (rustVersion === undefined || parsed === undefined) continue;
        if (highest !== undefined && compareVersions(parsed, highest.parsed) <= 0) continue;
        highest = { version: rustVersion, package: describePackage(id), parsed };
    }
    return highest === undefined ? undefined : { version: highest.version, package: highest.package };
}

/** What is not written is zero. */
function parseRustVersion(text: string): Version | undefined {
    const numbers = text.split('.');
    return parseVersion([...numbers, '0', '0'].slice(0, Math.max(3, numbers.length)).join('.'));
}
