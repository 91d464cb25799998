// What each unit needs, from the roots down. The graph is built as if `--target` had been given, so that units for the
// build machine and units of the product stay apart; `share.ts` brings together what is equal.
import { type DraftDependency, type Drafts, type DraftUnit, compareUnits } from './draft-unit.ts';
import type { ResolvedFeatures } from './features.ts';
import { buildScriptOf, crateName, type Dependency, isLibrary, isLinkable, libraryOf, type Target } from './package.ts';
import type { NodeEdge, PackageNode } from './package-node.ts';
import type { Platforms, UnitKind } from './platforms.ts';
import type { CargoProblem } from './problem.ts';
import { type Profiles, profileOfRun } from './profile.ts';
import { availableFeatures, type Intent, missingFeatures } from './roots.ts';
import type { UnitMode } from './unit.ts';
import { forBuildScript, forDependency, forProduct, isForHost, type UnitFor, worldOf } from './unit-for.ts';

export interface GraphContext {
    readonly drafts: Drafts;
    readonly features: ResolvedFeatures;
    readonly platforms: Platforms;
    readonly profiles: Profiles;
    readonly intent: Intent;
    readonly problems: CargoProblem[];
}

/** Fills in the dependencies of a unit and of all below it, but for those between runs of build scripts. */
export function addDependencies(context: GraphContext, root: DraftUnit, unitFor: UnitFor): void {
    const waiting: [DraftUnit, UnitFor][] = [[root, unitFor]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [unit, reason] = next;
        if (unit.dependencies !== undefined) continue;
        const dependencies = dependenciesOf(context, unit, reason);
        unit.dependencies = dependencies;
        // Depth first and in order, as Cargo does: the first visit decides.
        for (const { unit: below, unitFor: belowFor } of dependencies.toReversed()) waiting.push([below, belowFor]);
    }
}

/** Cargo's order, which the order of arguments follows. */
export function sortDependencies(units: readonly DraftUnit[]): void {
    for (const unit of units)
        unit.dependencies = unit.dependencies?.toSorted((left, right) => compareUnits(left.unit, right.unit));
}

function dependenciesOf(context: GraphContext, unit: DraftUnit, unitFor: UnitFor): readonly DraftDependency[] {
    if (unit.mode === 'run-custom-build') {
        const reason = forBuildScript(unitFor);
        return [dependency(context, { node: unit.node, target: unit.target, unitFor: reason, kind: 'host' })];
    }
    if (unit.mode === 'doc') return documentationDependencies(context, unit, unitFor);
    const found: DraftDependency[] = [];
    for (const used of usedEdges(context, unit, unitFor))
        found.push(libraryDependency(context, unit, unitFor, used, modeBelow(unit.mode, used.library)));
    if (unit.target.kind === 'custom-build') return found;
    found.push(...runOfBuildScript(context, unit, unitFor));
    if (isLibrary(unit.target) && unit.mode !== 'doctest') return found;
    found.push(...ownLibrary(context, unit, unitFor));
    if (unit.mode === 'test' && (unit.target.kind === 'test' || unit.target.kind === 'bench'))
        found.push(...ownPrograms(context, unit, unitFor));
    return found;
}

interface UsedEdge {
    readonly node: PackageNode;
    readonly library: Target;
    readonly edge: NodeEdge;
    readonly declarations: readonly Dependency[];
}

/** The packages that a unit uses, which have something to use. */
function usedEdges(context: GraphContext, unit: DraftUnit, unitFor: UnitFor): readonly UsedEdge[] {
    const used: UsedEdge[] = [];
    for (const edge of unit.node.edges()) {
        const declarations = edge.declarations.filter((one) => isUsed(context, unit, unitFor, one));
        if (declarations.length === 0) continue;
        const node = edge.to();
        const library = libraryOf(node.package);
        if (library !== undefined) used.push({ node, library, edge, declarations });
    }
    return used;
}

function isUsed(
    { platforms, features }: GraphContext,
    { node, target, kind, mode }: DraftUnit,
    unitFor: UnitFor,
    declaration: Dependency,
): boolean {
    if ((target.kind === 'custom-build') !== (declaration.kind === 'build')) return false;
    const isDevelopment = target.kind === 'test' || target.kind === 'example' || mode === 'test' || mode === 'doctest';
    if (declaration.kind === 'dev' && !isDevelopment) return false;
    if (!platforms.counts(declaration, kind)) return false;
    return !declaration.optional || features.uses(node, worldOf(unitFor), declaration.name);
}

function libraryDependency(
    context: GraphContext,
    unit: DraftUnit,
    unitFor: UnitFor,
    used: UsedEdge,
    mode: UnitMode,
): DraftDependency {
    const { node, library, edge, declarations } = used;
    return {
        ...dependency(context, {
            node,
            target: library,
            unitFor: forDependency(unitFor, unit.target, library),
            kind: kindBelow(unit.kind, library),
            mode,
        }),
        externName: externName(context, unit.node, { ...used, declarations: edge.declarations }),
        development: declarations.every(({ kind }) => kind === 'dev'),
    };
}

interface Wanted {
    readonly node: PackageNode;
    readonly target: Target;
    readonly unitFor: UnitFor;
    readonly kind: UnitKind;
    readonly mode?: UnitMode;
}

/** On a target of the same package, whose crate has its own name. */
function dependency(context: GraphContext, wanted: Wanted): DraftDependency {
    const { node, target, unitFor, kind, mode = 'build' } = wanted;
    const { host: forHost, alwaysUnwind } = unitFor;
    const profile = context.profiles.of({
        package: node.package,
        forHost,
        alwaysUnwind,
        triple: context.platforms.triple(kind),
    });
    const features = context.features.of(node, worldOf(unitFor));
    return {
        unit: context.drafts.unit({ node, target, profile, kind, mode, features }),
        unitFor,
        externName: crateName(target),
        development: false,
    };
}

function runOfBuildScript(context: GraphContext, unit: DraftUnit, unitFor: UnitFor): readonly DraftDependency[] {
    const script = buildScriptOf(unit.node.package);
    if (script === undefined) return [];
    const reason = forBuildScript(unitFor);
    const run = context.drafts.unit({
        node: unit.node,
        target: script,
        profile: profileOfRun(unit.profile),
        kind: unit.kind,
        mode: 'run-custom-build',
        features: context.features.of(unit.node, worldOf(reason)),
    });
    return [{ unit: run, unitFor: reason, externName: crateName(script), development: false }];
}

function ownLibrary(context: GraphContext, unit: DraftUnit, unitFor: UnitFor): readonly DraftDependency[] {
    const library = libraryOf(unit.node.package);
    if (library === undefined || !isLinkable(library)) return [];
    return [ownDependency(context, unit, unitFor, library, modeBelow(unit.mode, library))];
}

function ownDependency(
    context: GraphContext,
    unit: DraftUnit,
    unitFor: UnitFor,
    target: Target,
    mode: UnitMode,
): DraftDependency {
    const below = forDependency(unitFor, unit.target, target);
    const kind = kindBelow(unit.kind, target);
    return dependency(context, { node: unit.node, target, unitFor: below, kind, mode });
}

/** Programs that an integration test may start. */
function ownPrograms(context: GraphContext, unit: DraftUnit, { root }: UnitFor): readonly DraftDependency[] {
    const { node, kind } = unit;
    const available = (): ReadonlySet<string> => availableFeatures(node, { ...context, kind, development: false });
    return node.package.targets
        .filter((target) => target.kind === 'bin' && missingFeatures(target, available).length === 0)
        .map((target) =>
            dependency(context, { node, target, unitFor: forProduct(root), kind: kindBelow(kind, target) }),
        );
}

/** Documentation reads the metadata of dependencies, and links to their documentation. */
function documentationDependencies(
    context: GraphContext,
    unit: DraftUnit,
    unitFor: UnitFor,
): readonly DraftDependency[] {
    const found: DraftDependency[] = [];
    for (const used of usedEdges(context, unit, unitFor)) {
        // Cargo does not tell here what is for development alone.
        const modes = [modeBelow(unit.mode, used.library), ...(used.library.doc ? (['doc'] as const) : [])];
        for (const mode of modes)
            found.push({ ...libraryDependency(context, unit, unitFor, used, mode), development: false });
    }
    found.push(...runOfBuildScript(context, unit, unitFor));
    if (unit.target.kind !== 'bin' && unit.target.kind !== 'example') return found;
    found.push(...ownLibrary(context, unit, unitFor));
    const library = libraryOf(unit.node.package);
    if (library?.doc === true && isLinkable(library)) found.push(ownDependency(context, unit, unitFor, library, 'doc'));
    return found;
}

/** What runs in the compiler is built like anything else; documentation needs no more than metadata of the rest. */
function modeBelow(mode: UnitMode, target: Target): UnitMode {
    return (mode === 'doc' || mode === 'check') && !isForHost(target) ? 'check' : 'build';
}

function kindBelow(kind: UnitKind, target: Target): UnitKind {
    return isForHost(target) ? 'host' : kind;
}

/** All entries for one package have to agree on what it is called, even those that are not used here. */
function externName({ problems }: GraphContext, { package: { id } }: PackageNode, used: UsedEdge): string {
    const own = crateName(used.library);
    const names = new Set(
        used.declarations.map(({ name, packageName }) => (name !== packageName ? name.replaceAll('-', '_') : own)),
    );
    const [name = own] = names;
    if (names.size > 1)
        problems.push({
            code: 'cargo/ambiguous-name',
            message: `\`${used.node.package.id.name}\` is called ${[...names].map((one) => `\`${one}\``).join(' and ')}`,
            package: `${id.name} ${id.version}`,
            help: 'use one name in all dependency tables',
        });
    return name;
}
