// The package that a first recipe is for: the one that was named, or the only one that has programs.
import type { Diagnostic } from '../../lang/diagnostic.ts';
import type { Package, Target } from '../cargo/package.ts';
import { specMatches } from '../cargo/package-spec.ts';
import type { Workspace } from '../cargo/workspace.ts';
import { noProgram, severalPackages } from './errors.ts';

/** `spec` means at least one member, which the caller has made sure of. */
export function choosePackage(
    { members, defaultMembers, rootPackage }: Workspace,
    spec: string | undefined,
): Package | Diagnostic {
    const asked = spec === undefined ? defaultMembers : members.filter((member) => specMatches(spec, member));
    const able = asked.filter((member) => programsOf(member).length > 0);
    const chosen = able.find((member) => member === rootPackage) ?? able[0];
    if (chosen === undefined) return noProgram(namesOf(asked));
    if (able.length > 1 && chosen !== rootPackage) return severalPackages(namesOf(able));
    return chosen;
}

/** Whether a recipe has to name the package: the workspace, looked at from its root, would build another one, or more. */
export function hasToBeNamed({ defaultMembers }: Workspace, chosen: Package): boolean {
    return defaultMembers.length !== 1 || defaultMembers[0]?.root !== chosen.root;
}

export function programsOf({ targets }: Package): readonly Target[] {
    return targets.filter(({ kind }) => kind === 'bin');
}

function namesOf(packages: readonly Package[]): readonly string[] {
    return packages.map(({ id }) => `\`${id.name}\``);
}
