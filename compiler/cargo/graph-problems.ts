// Wording of what can be wrong between Cargo.lock, the manifests, and the crates that were fetched.
import { manifestPath } from './manifest-file.ts';
import type { Dependency, Package, PackageId } from './package.ts';
import type { CargoProblem } from './problem.ts';

export function describePackage({ name, version }: PackageId): string {
    return `${name} ${version}`;
}

function lockPath(root: string): string {
    return `${root === '/' ? '' : root}/Cargo.lock`;
}

const updateLock = 'run `cargo update --workspace` in the sources and commit Cargo.lock, or patch it';

export const graphProblems = {
    missingLock: (root: string): CargoProblem => ({
        code: 'cargo/lock-mismatch',
        message: 'the workspace has no Cargo.lock',
        file: lockPath(root),
        help: 'make one with `cargo generate-lockfile` and add it to the sources',
    }),

    memberNotLocked: (id: PackageId, file: string, root: string): CargoProblem => ({
        code: 'cargo/lock-mismatch',
        message: `${lockPath(root)} does not have \`${describePackage(id)}\`, which the workspace has`,
        package: describePackage(id),
        file,
        help: updateLock,
    }),

    notLocked: ({
        dependent,
        declaration: { packageName, requirement, from },
        locked,
        root,
    }: {
        dependent: Package;
        declaration: Dependency;
        locked: readonly PackageId[];
        root: string;
    }): CargoProblem => {
        const wanted =
            from.type === 'registry' ? `${packageName} ${requirement}` : `${packageName} ${requirement} (${from.type})`;
        const has = locked.length === 0 ? 'none' : locked.map(({ version }) => version).join(', ');
        return {
            code: 'cargo/lock-mismatch',
            message: `\`${describePackage(dependent.id)}\` needs \`${wanted}\`, and ${lockPath(root)} has ${has} for it`,
            package: describePackage(dependent.id),
            file: manifestPath(dependent.root),
            help: updateLock,
        };
    },

    missingLocal: (id: PackageId, root: string): CargoProblem => ({
        code: 'cargo/lock-mismatch',
        message: `${lockPath(root)} has \`${describePackage(id)}\` of a local folder, and no folder holds it`,
        package: describePackage(id),
        file: lockPath(root),
        help: updateLock,
    }),

    missingCrate: (id: PackageId, folder: string | undefined): CargoProblem => ({
        code: 'cargo/missing-crate',
        message:
            folder === undefined
                ? `the crate \`${describePackage(id)}\` is not there`
                : `the crate \`${describePackage(id)}\` is not in ${folder}`,
        package: describePackage(id),
        ...(folder === undefined ? {} : { file: manifestPath(folder) }),
        help: 'add it to the folder of crates, or fetch the crates of this Cargo.lock',
    }),

    otherCrate: (id: PackageId, found: Package): CargoProblem => ({
        code: 'cargo/crate-mismatch',
        message: `Cargo.lock means \`${describePackage(id)}\`, and the crate says that it is \`${describePackage(found.id)}\``,
        package: describePackage(id),
        file: manifestPath(found.root),
        help: 'put the crate of the locked version there',
    }),

    cycle: (ids: readonly PackageId[], root: string): CargoProblem => ({
        code: 'cargo/dependency-cycle',
        message: `packages need each other: ${ids.map(describePackage).join(' → ')}`,
        file: lockPath(root),
        help: 'cut one of the dependencies, or make it a dev-dependency',
    }),
};
