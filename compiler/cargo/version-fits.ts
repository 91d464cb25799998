// Whether a version is one that a dependency table allows.
import type { Dependency, PackageId } from './package.ts';
import { versionOf } from './package-order.ts';
import { matches, parseRequirement, type Requirement } from './requirement.ts';

const requirements = new Map<string, Requirement | undefined>();

function requirementOf(text: string): Requirement | undefined {
    if (!requirements.has(text)) requirements.set(text, parseRequirement(text));
    return requirements.get(text);
}

/** Without a version, a folder or repository may hold any, which `*` does not say of versions before a release. */
export function versionFits({ requirement: text, from }: Dependency, id: PackageId): boolean {
    if (text === '*' && from.type !== 'registry') return true;
    const [requirement, version] = [requirementOf(text), versionOf(id.version)];
    return requirement !== undefined && version !== undefined && matches(requirement, version);
}
