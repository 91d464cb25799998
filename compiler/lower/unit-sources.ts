// Where the sources of packages lie in the sandbox: always the same place, whoever builds them.
import type { PackageId } from '../cargo/package.ts';

const sourcesFolder = '/rpkg/src';

/** The main source of an application. */
export const workspaceFolder = `${sourcesFolder}/workspace`;

/** A crate of a registry. */
export function crateFolder({ name, version }: Pick<PackageId, 'name' | 'version'>): string {
    return `${sourcesFolder}/${name}-${version}`;
}
