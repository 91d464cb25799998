// A native library has one owner: two packages with the same `links` would link it twice.
import { describePackage } from './graph-problems.ts';
import { manifestPath } from './manifest-file.ts';
import type { Package } from './package.ts';
import { comparePackageIds } from './package-order.ts';
import type { CargoProblem } from './problem.ts';

/** `packages` are those that are built. */
export function duplicateLinks(packages: Iterable<Package>): readonly CargoProblem[] {
    const byLinks = Map.groupBy(new Set(packages), ({ links }) => links);
    return [...byLinks].flatMap(([links, owners]): readonly CargoProblem[] => {
        const [first, second] = owners.sort((a, b) => comparePackageIds(a.id, b.id));
        if (links === undefined || first === undefined || second === undefined) return [];
        const names = owners.map(({ id }) => `\`${describePackage(id)}\``).join(' and ');
        return [
            {
                code: 'cargo/duplicate-links',
                message: `${names} both link to \`${links}\``,
                package: describePackage(second.id),
                file: manifestPath(second.root),
                help: 'lock one version for all that depend on it',
            },
        ];
    });
}
