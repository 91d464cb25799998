// Which packages `-p` means: members by name or pattern, and any other package of the lock file that takes part in the
// build, by Cargo's package id specifications.
import { nearest } from '../../lang/suggest.ts';
import type { ResolvedFeatures } from './features.ts';
import { segmentExpression } from './glob.ts';
import { describePackage } from './graph-problems.ts';
import type { LockedGraph } from './locked-graph.ts';
import { type Package, packageKey } from './package.ts';
import type { NodeOf, PackageNode } from './package-node.ts';
import { comparePackageIds } from './package-order.ts';
import { type NamedPackage, packageSpec, specMatches } from './package-spec.ts';
import type { CargoProblem } from './problem.ts';
import type { Intent } from './roots.ts';
import { isProcMacro } from './unit-for.ts';
import type { Workspace } from './workspace.ts';

export interface ChosenPackages {
    /** They get the features of the command line. */
    readonly members: ReadonlySet<Package>;
    /** For each thing that was asked for, what it may mean. Which of several it is, the features decide. */
    readonly choices: readonly Choice[];
    readonly problems: readonly CargoProblem[];
}

interface Choice {
    readonly spec: string;
    readonly candidates: readonly NamedPackage[];
}

/** Without specifications, the default members. */
export function choosePackages(
    { members, defaultMembers }: Workspace,
    { locked }: Pick<LockedGraph, 'locked'>,
    specs: readonly string[] | undefined,
): ChosenPackages {
    const choices = specs?.flatMap((spec): readonly Choice[] => {
        if (!isPattern(spec)) return [{ spec, candidates: packagesOf(spec, members, locked) }];
        const pattern = segmentExpression(spec);
        const found = members.filter(({ id }) => pattern.test(id.name));
        return found.length === 0
            ? [{ spec, candidates: [] }]
            : found.map((member) => ({ spec, candidates: [member] }));
    });
    const all = choices ?? defaultMembers.map((member) => ({ spec: member.id.name, candidates: [member] }));
    const keys = new Set(all.flatMap(({ candidates }) => candidates.map(({ id }) => packageKey(id))));
    return {
        members: new Set(members.filter(({ id }) => keys.has(packageKey(id)))),
        choices: all,
        problems: all
            .filter(({ candidates }) => candidates.length === 0)
            .map(({ spec }) => unknownPackage(spec, [...members, ...locked])),
    };
}

function isPattern(spec: string): boolean {
    return !spec.includes('://') && /[*?[\]]/.test(spec);
}

/** Members that are not locked yet are told by who reads the lock. */
function packagesOf(
    spec: string,
    members: readonly Package[],
    locked: readonly NamedPackage[],
): readonly NamedPackage[] {
    const found = [...members, ...locked].filter((one) => specMatches(spec, one));
    return [...new Map(found.map((one) => [packageKey(one.id), one])).values()];
}

/** Of packages that share a name, those that this build uses are meant. */
export function chosenNodes(
    { members, choices }: ChosenPackages,
    { features, nodeOf, intent }: { features: ResolvedFeatures; nodeOf: NodeOf; intent: Intent },
): { readonly nodes: readonly PackageNode[]; readonly problems: readonly CargoProblem[] } {
    const worlds = Map.groupBy(features.entries(), (entry) => packageKey(entry.package.package.id));
    const isUsed = ({ id }: NamedPackage): boolean => {
        const entries = worlds.get(packageKey(id)) ?? [];
        if (entries.some(({ world }) => world === 'normal')) return true;
        return entries.some(({ package: { package: one } }) => one.targets.some(isProcMacro));
    };
    const isMember = ({ id }: NamedPackage): boolean =>
        [...members].some((one) => packageKey(one.id) === packageKey(id));
    const nodes = new Map<string, PackageNode>();
    const problems: CargoProblem[] = [];
    for (const { spec, candidates } of choices) {
        const able = candidates.length === 1 && candidates.every(isMember) ? candidates : candidates.filter(isUsed);
        const [only, ...more] = able;
        if (only === undefined) problems.push(unusedPackage(spec, candidates));
        else if (more.length > 0) problems.push(ambiguousPackage(spec, able));
        else {
            const node = nodeOf(only.id);
            if (!isMember(only) && isUntestable(node, intent)) problems.push(untestablePackage(node.package));
            nodes.set(packageKey(only.id), node);
        }
    }
    return { nodes: [...nodes.values()].sort((a, b) => comparePackageIds(a.package.id, b.package.id)), problems };
}

/** The lock has development dependencies of members alone. */
function isUntestable({ package: { dependencies } }: PackageNode, intent: Intent): boolean {
    return (intent === 'test' || intent === 'bench') && dependencies.some(({ kind }) => kind === 'dev');
}

function unknownPackage(spec: string, all: readonly NamedPackage[]): CargoProblem {
    const near = nearest(
        spec,
        all.map(({ id }) => id.name),
    );
    return {
        code: 'cargo/unknown-package',
        message: `no package of the workspace or of its Cargo.lock is \`${spec}\``,
        help:
            near === undefined
                ? 'name a member, or a dependency as `NAME` or `NAME@VERSION`'
                : `did you mean \`${near}\`?`,
    };
}

function unusedPackage(spec: string, candidates: readonly NamedPackage[]): CargoProblem {
    const versions = candidates.map(({ id }) => describePackage(id)).join(', ');
    return {
        code: 'cargo/unknown-package',
        message: `\`${spec}\` is in Cargo.lock (${versions}), and the target needs nothing of it`,
        help: 'name a package that the target is built of: not one that only build scripts, other platforms or features that are off need',
    };
}

function ambiguousPackage(spec: string, candidates: readonly NamedPackage[]): CargoProblem {
    return {
        code: 'cargo/ambiguous-package',
        message: `\`${spec}\` can mean ${candidates.map(({ id }) => `\`${describePackage(id)}\``).join(' and ')}`,
        help: `name one of them: ${candidates.map((one) => `\`${shortSpec(one, candidates)}\``).join(', ')}`,
    };
}

/** With the version, and in full where that is not enough. */
function shortSpec(one: NamedPackage, candidates: readonly NamedPackage[]): string {
    const short = `${one.id.name}@${one.id.version}`;
    return candidates.filter((other) => specMatches(short, other)).length === 1 ? short : packageSpec(one);
}

function untestablePackage({ id }: Package): CargoProblem {
    return {
        code: 'cargo/unknown-package',
        message: `\`${describePackage(id)}\` is no member of the workspace, and its tests need packages that Cargo.lock does not have`,
        package: describePackage(id),
        help: 'test it in a workspace of its own',
    };
}
