// Wording of what can be wrong while versions are chosen from the crates that are there.
import { compatibleKey } from './compatible-key.ts';
import { describePackage } from './graph-problems.ts';
import { manifestPath } from './manifest-file.ts';
import type { Dependency, Package, PackageId } from './package.ts';
import type { CargoProblem } from './problem.ts';

function wanted({ packageName, requirement }: Dependency): string {
    return requirement === '*' ? packageName : `${packageName} ${requirement}`;
}

export const resolveProblems = {
    noVersion: (dependent: Package, declaration: Dependency, there: readonly PackageId[]): CargoProblem => ({
        code: 'cargo/no-version',
        message:
            there.length === 0
                ? `needs \`${wanted(declaration)}\`, and no crate of this name is there`
                : `needs \`${wanted(declaration)}\`, and there is ${there.map(({ version }) => version).join(', ')}`,
        package: describePackage(dependent.id),
        file: manifestPath(dependent.root),
        help:
            there.length === 0
                ? 'add the crate to the folder, or turn off the feature that needs it'
                : 'add a version that fits, or patch the manifest that asks for another',
    }),

    conflict: (dependent: Package, declaration: Dependency, found: Package, other: Package): CargoProblem => ({
        code: 'cargo/version-conflict',
        message:
            compatibleKey(found.id) === compatibleKey(other.id)
                ? `needs \`${wanted(declaration)}\`, which is ${found.id.version}, and ${other.id.version} is part of the build; they count as one version`
                : `needs \`${describePackage(found.id)}\`, which links to \`${found.links ?? ''}\`, as \`${describePackage(other.id)}\` of the build does`,
        package: describePackage(dependent.id),
        file: manifestPath(dependent.root),
        help: 'add a version that all who need the crate can use',
    }),

    noFeature: (dependent: Package, declaration: Dependency, found: Package, feature: string): CargoProblem => ({
        code: 'cargo/no-version',
        message: `needs \`${wanted(declaration)}\` with the feature \`${feature}\`, which \`${describePackage(found.id)}\` does not have`,
        package: describePackage(dependent.id),
        file: manifestPath(dependent.root),
        help: 'add a version that has the feature, or turn off what asks for it',
    }),
};
