// From a locked workspace to units: features, roots, what they need, what can be shared, link-time optimisation. The
// stages of Cargo, in its order; each is a file of its own.
import type { PlatformFacts } from './cfg.ts';
import { compareUnits, type Drafts, type DraftUnit, drafts } from './draft-unit.ts';
import { type ResolvedFeatures, resolveFeatures } from './features.ts';
import { removeDuplicateDocs } from './duplicate-docs.ts';
import { duplicateLinks } from './duplicate-links.ts';
import { addLinksEdges } from './links-edges.ts';
import type { LockedGraph } from './locked-graph.ts';
import { ltoModes } from './lto.ts';
import { isLibrary, isLinkable } from './package.ts';
import { type PackageNode, packageNodes } from './package-node.ts';
import { type Platforms, platforms } from './platforms.ts';
import type { CargoProblem } from './problem.ts';
import { type Profiles, readProfiles, settledProfile } from './profile.ts';
import { type FeatureFlags, type MemberFeatures, requestedFeatures } from './requested-features.ts';
import {
    availableFeatures,
    type Intent,
    needsDevelopment,
    type Proposal,
    proposals,
    type TargetChoice,
    withRequiredFeatures,
} from './roots.ts';
import { type ChosenPackages, choosePackages, chosenNodes } from './selected-packages.ts';
import { type SharedDependency, type SharedUnit, shareUnits } from './share.ts';
import type { Unit, UnitDependency, UnitGraph } from './unit.ts';
import { addDependencies, type GraphContext, sortDependencies } from './unit-dependencies.ts';
import { forMacro, forProduct, forTest, isForHost, isProcMacro, type UnitFor } from './unit-for.ts';
import { unknownFeatures } from './unknown-features.ts';
import type { Workspace } from './workspace.ts';

export interface Selection {
    readonly intent: Intent;
    /** Specifications, as with `-p`; `undefined` for the default members. */
    readonly packages: readonly string[] | undefined;
    /** Undefined for what the command builds by default. */
    readonly targets: TargetChoice | undefined;
}

export interface UnitRequest {
    readonly workspace: Workspace;
    readonly graph: LockedGraph;
    readonly selection: Selection;
    readonly features: FeatureFlags;
    readonly profile: {
        readonly name: string;
        /** Stronger than the manifest; the same form as `[profile]` of a Cargo config. */
        readonly extra?: Readonly<Record<string, unknown>>;
        readonly incremental?: boolean;
    };
    readonly host: PlatformFacts;
    /** Of `--target`. */
    readonly target?: PlatformFacts;
}

export interface UnitPlan {
    /** Undefined when there is a problem. */
    readonly units: UnitGraph | undefined;
    readonly problems: readonly CargoProblem[];
}

/** What the stage of features found, for those who want to look at it. */
export interface FeaturePlan {
    readonly features: ResolvedFeatures;
    readonly platforms: Platforms;
    /** The selected packages, in order. */
    readonly selected: readonly PackageNode[];
}

export function planUnits(request: UnitRequest): UnitPlan {
    const { features: plan, problems } = planFeatures(request);
    if (plan === undefined) return { units: undefined, problems };
    const { profile, workspace, selection, graph } = request;
    const { profiles, problems: profileProblems } = readProfiles(profile.name, {
        manifest: workspace.profiles,
        extra: profile.extra,
        incremental: profile.incremental,
    });
    if (profiles === undefined) return { units: undefined, problems: profileProblems };
    const roots = rootProposals(plan, selection);
    if (roots.problems.length > 0) return { units: undefined, problems: roots.problems };
    const built = buildGraph(plan, profiles, selection.intent, roots.proposals);
    return graph.problems.length === 0 ? built : { units: undefined, problems: graph.problems };
}

/** What is asked for, before anything that was fetched is looked at. `locked` are packages that can be chosen besides members. */
export function askedOf(
    { workspace, selection, features }: Pick<UnitRequest, 'workspace' | 'selection' | 'features'>,
    locked: LockedGraph['locked'],
): {
    readonly chosen: ChosenPackages;
    readonly requests: readonly MemberFeatures[];
    readonly problems: readonly CargoProblem[];
} {
    const chosen = choosePackages(workspace, { locked }, selection.packages);
    if (chosen.problems.length > 0) return { chosen, requests: [], problems: chosen.problems };
    const asked = requestedFeatures(
        { members: workspace.members, selected: chosen.members, flags: features },
        workspace.resolver === '1' ? workspace.rootPackage : undefined,
    );
    return { chosen, ...asked };
}

/** The first stage alone. */
export function planFeatures(request: UnitRequest): {
    readonly features: FeaturePlan | undefined;
    readonly problems: readonly CargoProblem[];
} {
    const { workspace, graph, selection, host, target } = request;
    const asked = askedOf(request, graph.locked);
    if (asked.problems.length > 0) return { features: undefined, problems: asked.problems };
    const nodeOf = packageNodes(
        graph,
        asked.requests.map((one) => one.package.id),
    );
    const found = platforms(host, target);
    if (graph.problems.length > 0) return { features: undefined, problems: graph.problems };
    const resolved = resolveFeatures(
        asked.requests.map((one) => ({ ...one, package: nodeOf(one.package.id) })),
        {
            unified: workspace.resolver === '1',
            development: needsDevelopment(selection.intent, selection.targets),
            platforms: found,
        },
    );
    const { nodes, problems } = chosenNodes(asked.chosen, { features: resolved, nodeOf, intent: selection.intent });
    if (graph.problems.length > 0) return { features: undefined, problems: graph.problems };
    const wrong = [...problems, ...unknownFeatures(resolved)];
    if (wrong.length > 0) return { features: undefined, problems: wrong };
    return { features: { features: resolved, platforms: found, selected: nodes }, problems: [] };
}

function rootProposals(
    { selected, features, platforms: found }: FeaturePlan,
    { intent, targets }: Selection,
): { readonly proposals: readonly Proposal[]; readonly problems: readonly CargoProblem[] } {
    const proposed = proposals(selected, intent, targets);
    if (proposed.problems.length > 0) return proposed;
    const development = needsDevelopment(intent, targets);
    const kind = found.target === undefined ? 'host' : 'target';
    return withRequiredFeatures(proposed.proposals, (node) =>
        availableFeatures(node, { features, platforms: found, kind, development }),
    );
}

function buildGraph(
    { features, platforms: found }: FeaturePlan,
    profiles: Profiles,
    intent: Intent,
    proposed: readonly Proposal[],
): UnitPlan {
    const units = drafts();
    const problems: CargoProblem[] = [];
    const context: GraphContext = { drafts: units, features, platforms: found, profiles, intent, problems };
    const roots = [...new Set(proposed.map((proposal) => rootUnit(context, proposal)))].sort(compareUnits);
    for (const root of roots) addDependencies(context, root, reasonOfRoot(root, intent));
    const { all } = units;
    problems.push(...duplicateLinks(all.map(({ node }) => node.package)), ...overlappingProfiles(all, profiles));
    if (problems.length > 0) return { units: undefined, problems: distinct(problems) };
    addLinksEdges(all);
    sortDependencies(all);
    if (intent === 'doc') removeDuplicateDocs(all, roots, found.target === undefined);
    return { units: finish(units, roots, found), problems: [] };
}

function rootUnit(
    { drafts: units, features, profiles, platforms: found, intent }: GraphContext,
    root: Proposal,
): DraftUnit {
    const { node, target, mode } = root;
    const profile = profiles.of({
        package: node.package,
        // A procedural macro that was asked for is a product too.
        forHost: false,
        alwaysUnwind: isTest(mode, intent) || isForHost(target),
        triple: found.triple('target'),
    });
    const runsOnHost = isForHost(target);
    return units.unit({
        node,
        target,
        profile,
        kind: runsOnHost ? 'host' : 'target',
        mode,
        features: features.of(node, isProcMacro(target) ? 'host' : 'normal'),
    });
}

function reasonOfRoot({ mode, target, kind }: DraftUnit, intent: Intent): UnitFor {
    if (isProcMacro(target)) return forMacro(kind);
    return isTest(mode, intent) ? forTest(kind) : forProduct(kind);
}

/** With `cargo test` everything is for tests, so that no library is built once more for a program. */
function isTest(mode: DraftUnit['mode'], intent: Intent): boolean {
    return mode === 'test' || mode === 'doctest' || intent === 'test' || intent === 'bench';
}

function overlappingProfiles(units: readonly DraftUnit[], profiles: Profiles): readonly CargoProblem[] {
    const packages = new Set(units.map(({ node }) => node.package));
    return [...packages].flatMap((subject): CargoProblem[] => {
        const specs = profiles.overlaps(subject);
        if (specs.length === 0) return [];
        const { name, version } = subject.id;
        const message = `${specs.map((spec) => `\`${spec}\``).join(' and ')} of a profile mean the same package`;
        return [{ code: 'cargo/bad-profile', message, package: `${name} ${version}` }];
    });
}

function distinct<Item>(items: readonly Item[]): readonly Item[] {
    return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function finish(units: Drafts, draftRoots: readonly DraftUnit[], { target }: Platforms): UnitGraph {
    const shared = shareUnits(units, draftRoots, target === undefined);
    const ordered = shared.units.toSorted((a, b) => compareUnits(fieldsOf(a), fieldsOf(b)) || a.index - b.index);
    const places = new Map(ordered.map((unit, place) => [unit, place]));
    const placeOf = (unit: SharedUnit): number => places.get(unit) ?? 0;
    const roots = shared.roots.map(placeOf);
    const linked = ordered.map((unit) => ({
        ...fieldsOf(unit),
        dependencies: distinct(unit.dependencies.map((one) => linkOf(one, placeOf))),
    }));
    const modes = ltoModes(linked, roots);
    return {
        roots,
        units: linked.map(
            ({ node, profile, kind, ...unit }, index): Unit => ({
                ...unit,
                package: node.package,
                profile: settledProfile(profile),
                platform: kind === 'target' ? target : undefined,
                lto: modes[index] ?? { kind: 'only-object' },
            }),
        ),
    };
}

function fieldsOf({
    draft,
    profile,
    kind,
}: SharedUnit): Pick<DraftUnit, 'node' | 'target' | 'profile' | 'kind' | 'mode' | 'features'> {
    const { node, target, mode, features } = draft;
    return { node, target, profile, kind, mode, features };
}

function linkOf({ unit, externName }: SharedDependency, placeOf: (unit: SharedUnit) => number): UnitDependency {
    const { mode, target } = unit.draft;
    const isLinked = mode === 'build' || mode === 'check';
    return { unit: placeOf(unit), externName, noprelude: !isLinked || !isLibrary(target) || !isLinkable(target) };
}
