// The planner on one screen: features → first units → everything below them → shared units → link-time optimisation.
import type { Platform } from './cfg.ts';
import { type FeatureRoot, resolveFeatures } from './features.ts';
import { brokenGraphRules } from './graph-rules.ts';
import type { LockedGraph } from './locked-graph.ts';
import { ltoModes } from './lto.ts';
import { type Package, type PackageId } from './package.ts';
import type { CargoProblem } from './problem.ts';
import { profilesFor } from './profile.ts';
import { shareUnits } from './share.ts';
import type { Table } from './toml-table.ts';
import type { UnitGraph } from './unit.ts';
import { type Draft, type DraftGraph, kindFor, type UnitFor } from './unit-draft.ts';
import { connectScripts, draftFor, type EdgeContext, visit } from './unit-edges.ts';
import { type Command, type RootTarget, rootTargets, type TargetSelection } from './unit-roots.ts';
import type { Workspace } from './workspace.ts';

export interface UnitsRequest {
    readonly workspace: Workspace;
    readonly graph: LockedGraph;
    readonly selection: {
        /** Names; the default members when empty. */
        readonly packages: readonly string[];
        /** All libraries and programs when undefined. */
        readonly targets: TargetSelection | undefined;
    };
    readonly features: {
        readonly named: readonly string[];
        readonly all: boolean;
        readonly defaults: boolean;
        /** Features that the recipe gives to single crates. */
        readonly extra?: (id: PackageId) => readonly string[];
    };
    readonly profile: string;
    /** `[profile]` tables that are stronger than those of the manifest. */
    readonly profileOverrides: Table;
    readonly incremental?: boolean;
    readonly command: Command;
    /** The triple of `--target`; undefined builds for the build machine. */
    readonly target: string | undefined;
    readonly host: Platform;
    readonly targetFacts: Platform;
    /** What rustc says of itself, to compare with what packages ask for. */
    readonly compiler?: string;
}

export interface PlannedUnits {
    readonly units: UnitGraph | undefined;
    readonly problems: readonly CargoProblem[];
    /** Who turned on each feature: see `Features.reasons`. */
    readonly reasons: ReadonlyMap<string, string>;
}

export function planUnits(request: UnitsRequest): PlannedUnits {
    const { workspace, graph, command } = request;
    const chosen = chosenPackages(request);
    const { profiles, problems: profileProblems } = profilesFor({
        name: request.profile,
        tables: workspace.profiles,
        overrides: request.profileOverrides,
        incremental: request.incremental,
    });
    const problems = [...chosen.problems, ...profileProblems];
    const failed = (): PlannedUnits => ({
        units: undefined,
        problems: [...problems, ...graph.problems],
        reasons: new Map(),
    });
    if (problems.length > 0) return failed();
    const { roots: featureRoots, problems: featureProblems } = wantedFeatures(request, chosen.packages);
    problems.push(...featureProblems);
    const features = resolveFeatures(graph, featureRoots, featureOptions(request));
    const { roots, problems: rootProblems } = rootTargets(
        chosen.packages,
        request.selection.targets,
        command,
        features,
    );
    problems.push(...rootProblems);
    if (problems.length > 0 || graph.problems.length > 0) return failed();
    const context: EdgeContext = {
        graph,
        features,
        profiles,
        host: request.host,
        target: request.targetFacts,
        devEdges: new Set(),
    };
    const drafts: DraftGraph = new Map();
    const rootDrafts = roots.map((root) => addRoot(context, drafts, root, command));
    connectScripts(drafts, context.devEdges);
    problems.push(...brokenGraphRules(drafts, request.compiler), ...graph.problems);
    if (problems.length > 0) return { units: undefined, problems, reasons: features.reasons };
    return { units: finished(drafts, rootDrafts, request.target), problems: [], reasons: features.reasons };
}

function chosenPackages({ workspace, selection }: UnitsRequest): {
    readonly packages: readonly Package[];
    readonly problems: readonly CargoProblem[];
} {
    if (selection.packages.length === 0) return { packages: workspace.defaultMembers, problems: [] };
    const found = selection.packages.map((name) => workspace.members.find(({ id }) => id.name === name));
    const problems = selection.packages
        .filter((_, index) => found[index] === undefined)
        .map((name): CargoProblem => {
            const names = workspace.members.map(({ id }) => `\`${id.name}\``).join(', ');
            return {
                code: 'cargo/unknown-package',
                message: `the workspace has no package \`${name}\``,
                help: `it has ${names}`,
            };
        });
    return { packages: found.filter((each) => each !== undefined), problems };
}

function featureOptions({
    workspace,
    selection,
    features,
    command,
    host,
    targetFacts,
}: UnitsRequest): Parameters<typeof resolveFeatures>[2] {
    const isNew = workspace.resolver !== '1';
    const { targets } = selection;
    const wantsDev =
        command !== 'build' ||
        targets?.tests !== undefined ||
        targets?.benches !== undefined ||
        targets?.examples !== undefined;
    return {
        splitsHost: isNew,
        ignoresDev: isNew && !wantsDev,
        ignoresInactive: isNew,
        host,
        target: targetFacts,
        extra: features.extra ?? (() => []),
    };
}

/** Features of the command line, for each package that is built, and with the old resolver for the root package as well. */
function wantedFeatures(
    { workspace, features }: UnitsRequest,
    packages: readonly Package[],
): { readonly roots: readonly FeatureRoot[]; readonly problems: readonly CargoProblem[] } {
    const isNew = workspace.resolver !== '1';
    const { rootPackage } = workspace;
    const all =
        !isNew && rootPackage !== undefined && !packages.includes(rootPackage) ? [rootPackage, ...packages] : packages;
    const used = new Set<string>();
    const roots = all.flatMap((which): FeatureRoot[] => {
        const takesFlags = isNew || which === rootPackage || rootPackage === undefined || packages.length === 1;
        const values = [
            ...(takesFlags ? features.named.flatMap((text) => asValue(which, text, workspace, used)) : []),
            ...(features.all && takesFlags ? [...which.features.keys()] : []),
            ...((features.defaults || !takesFlags) && which.features.has('default') ? ['default'] : []),
        ];
        const hasMacro = which.targets.some(({ kind }) => kind === 'proc-macro');
        const sides = hasMacro && isNew ? (['normal', 'host'] as const) : (['normal'] as const);
        return sides.map((side) => ({ package: which, side, values }));
    });
    const problems = features.named.filter((text) => !used.has(text)).map((text) => unknownFeature(text, packages));
    return { roots, problems };
}

/** `feature`, `dependency/feature` or `member/feature`, as it stands for one package. */
function asValue(which: Package, text: string, { members }: Workspace, used: Set<string>): readonly string[] {
    const slash = text.indexOf('/');
    if (slash < 0) {
        if (!which.features.has(text)) return [];
        used.add(text);
        return [text];
    }
    const [owner, feature] = [text.slice(0, slash).replace(/\?$/, ''), text.slice(slash + 1)];
    if (owner === which.id.name && which.features.has(feature)) {
        used.add(text);
        return [feature];
    }
    if (which.dependencies.some(({ name }) => name === owner)) {
        used.add(text);
        return [text];
    }
    // Another member's: it takes it itself when it is built, too.
    if (members.some(({ id, features }) => id.name === owner && features.has(feature))) used.add(text);
    return [];
}

function unknownFeature(text: string, packages: readonly Package[]): CargoProblem {
    const names = [...new Set(packages.flatMap(({ features }) => [...features.keys()]))];
    return {
        code: 'cargo/unknown-feature',
        message: `none of the packages has the feature \`${text}\``,
        ...(packages.length === 1 ? { package: `${packages[0]?.id.name ?? ''} ${packages[0]?.id.version ?? ''}` } : {}),
        help:
            names.length === 0 ? 'they have no features' : `they have ${names.map((name) => `\`${name}\``).join(', ')}`,
    };
}

/** The draft of a root, visited with its dependencies. */
function addRoot(context: EdgeContext, drafts: DraftGraph, root: RootTarget, command: Command): Draft {
    const { package: owner, target, mode, isTested } = root;
    const isMacro = target.kind === 'proc-macro';
    const ownFor: UnitFor = { isHost: false, hostFeatures: isMacro, alwaysUnwinds: isTested || isMacro };
    const draft = draftFor(context, { package: owner, target, context: ownFor, kind: kindFor('target', target), mode });
    const isTest = mode === 'test' || command !== 'build';
    visit(context, drafts, draft, { isHost: isMacro, hostFeatures: isMacro, alwaysUnwinds: isTest || isMacro });
    return draft;
}

function finished(drafts: DraftGraph, roots: readonly Draft[], target: string | undefined): UnitGraph {
    const shared = shareUnits(drafts, roots, { target });
    const modes = ltoModes(
        shared.units.map(({ draft, profile, dependencies }) => ({
            target: draft.target,
            mode: draft.mode,
            profile,
            dependencies: dependencies.map(({ unit }) => unit),
        })),
        shared.roots,
    );
    return {
        units: shared.units.map(({ draft, platform, profile, dependencies }, index) => ({
            package: draft.package,
            target: draft.target,
            profile,
            platform,
            mode: draft.mode,
            features: draft.features,
            dependencies: dependencies.map(({ unit, externName }) => ({ unit, externName, noprelude: false })),
            lto: modes[index] ?? { kind: 'only-object' },
        })),
        roots: shared.roots,
    };
}
