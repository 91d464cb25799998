// What a unit needs. (Cargo 1.95, `compiler/unit_dependencies.rs`.)
import { type Platform, platformMatches } from './cfg.ts';
import type { Features } from './features.ts';
import type { LockedGraph } from './locked-graph.ts';
import {
    buildScriptOf,
    crateName,
    type Dependency,
    isLinkable,
    libraryOf,
    type Package,
    type Target,
} from './package.ts';
import { type Profiles, scriptRunProfile } from './profile.ts';
import type { UnitMode } from './unit.ts';
import {
    contextFor,
    type Draft,
    type DraftEdge,
    type DraftGraph,
    externNameOf,
    type Kind,
    kindFor,
    makeDraft,
    type UnitFor,
} from './unit-draft.ts';

export interface EdgeContext {
    readonly graph: LockedGraph;
    readonly features: Features;
    readonly profiles: Profiles;
    readonly host: Platform;
    readonly target: Platform;
    /** Pairs `FROM TO` of drafts that only dev-dependencies connect. */
    readonly devEdges: Set<string>;
}

interface Wanted {
    readonly package: Package;
    readonly target: Target;
    readonly context: UnitFor;
    readonly kind: Kind;
    readonly mode: UnitMode;
}

/** The draft of a target in a context. */
export function draftFor({ features, profiles }: EdgeContext, wanted: Wanted): Draft {
    const { package: owner, target, context, kind, mode } = wanted;
    const profile = profiles({
        id: owner.id,
        isMember: owner.origin === 'member',
        isLocal: owner.origin === 'member' || owner.origin === 'local',
        isForHost: context.isHost,
        alwaysUnwinds: context.alwaysUnwinds,
    });
    const side = context.hostFeatures ? 'host' : 'normal';
    return makeDraft({ package: owner, target, profile, kind, mode, features: features.of(owner, side) });
}

/** Visits a draft and everything below it. The first visit decides what a unit depends on. */
export function visit(context: EdgeContext, drafts: DraftGraph, root: Draft, rootFor: UnitFor): void {
    const waiting: { readonly draft: Draft; readonly unitFor: UnitFor }[] = [{ draft: root, unitFor: rootFor }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (drafts.has(next.draft.key)) continue;
        const edges = edgesOf(context, next.draft, next.unitFor);
        drafts.set(next.draft.key, { draft: next.draft, edges: [...edges] });
        for (const { to, unitFor } of [...edges].reverse()) waiting.push({ draft: to, unitFor });
    }
}

function edgesOf(context: EdgeContext, draft: Draft, unitFor: UnitFor): readonly DraftEdge[] {
    if (draft.mode === 'run-custom-build') return [scriptCompilation(context, draft, unitFor)];
    const edges = dependencyEdges(context, draft, unitFor);
    if (draft.target.kind === 'custom-build') return edges;
    const script = scriptRun(context, draft, unitFor);
    if (script !== undefined) edges.push(script);
    const isLibrary = draft.target.kind === 'lib' || draft.target.kind === 'proc-macro';
    if (isLibrary && draft.mode !== 'doctest') return edges;
    const library = ownLibrary(context, draft, unitFor);
    if (library !== undefined) edges.push(library);
    if (draft.mode === 'test' && (draft.target.kind === 'test' || draft.target.kind === 'bench')) {
        edges.push(...ownPrograms(context, draft, unitFor));
    }
    return edges;
}

/** A script's own compilation: for the build machine, with the features of what it runs for. */
function scriptCompilation(context: EdgeContext, run: Draft, unitFor: UnitFor): DraftEdge {
    const inside = { isHost: true, hostFeatures: unitFor.hostFeatures, alwaysUnwinds: true };
    const wanted = { package: run.package, target: run.target, context: inside, kind: 'host', mode: 'build' } as const;
    return { to: draftFor(context, wanted), unitFor: inside, externName: crateName(run.target) };
}

/** The run of the package's build script, on the side of the unit that asks. */
function scriptRun(context: EdgeContext, draft: Draft, unitFor: UnitFor): DraftEdge | undefined {
    const script = buildScriptOf(draft.package);
    if (script === undefined) return undefined;
    const inside = { isHost: true, hostFeatures: unitFor.hostFeatures, alwaysUnwinds: true };
    const side = inside.hostFeatures ? 'host' : 'normal';
    const run = makeDraft({
        package: draft.package,
        target: script,
        profile: scriptRunProfile(draft.profile),
        kind: draft.kind,
        mode: 'run-custom-build',
        features: context.features.of(draft.package, side),
    });
    return { to: run, unitFor: inside, externName: crateName(script) };
}

function ownLibrary(context: EdgeContext, draft: Draft, unitFor: UnitFor): DraftEdge | undefined {
    const library = libraryOf(draft.package);
    if (library === undefined || !isLinkable(library)) return undefined;
    const inside = contextFor(unitFor, draft.target, library);
    const wanted = { package: draft.package, target: library, context: inside, kind: kindFor(draft.kind, library) };
    return { to: draftFor(context, { ...wanted, mode: 'build' }), unitFor: inside, externName: crateName(library) };
}

/** Programs that an integration test may start. */
function ownPrograms(context: EdgeContext, draft: Draft, unitFor: UnitFor): readonly DraftEdge[] {
    const { package: owner } = draft;
    const side = unitFor.hostFeatures ? 'host' : 'normal';
    const active = new Set(context.features.of(owner, side));
    const normal: UnitFor = { isHost: false, hostFeatures: false, alwaysUnwinds: false };
    return owner.targets
        .filter(
            ({ kind, requiredFeatures }) =>
                kind === 'bin' && (requiredFeatures ?? []).every((each) => active.has(each)),
        )
        .map((target) => ({
            to: draftFor(context, {
                package: owner,
                target,
                context: normal,
                kind: kindFor(draft.kind, target),
                mode: 'build',
            }),
            unitFor: normal,
            externName: crateName(target),
        }));
}

function dependencyEdges(context: EdgeContext, draft: Draft, unitFor: UnitFor): DraftEdge[] {
    const edges: DraftEdge[] = [];
    for (const { to, declarations } of context.graph.edges(draft.package.id)) {
        const active = declarations.filter((declaration) => isActive(context, draft, unitFor, declaration));
        if (active.length === 0) continue;
        const dependency = context.graph.package(to);
        const library = dependency === undefined ? undefined : libraryOf(dependency);
        if (dependency === undefined || library === undefined) continue;
        const inside = contextFor(unitFor, draft.target, library);
        const next = draftFor(context, {
            package: dependency,
            target: library,
            context: inside,
            kind: kindFor(draft.kind, library),
            mode: 'build',
        });
        const renamed = active.find(({ isRenamed }) => isRenamed);
        edges.push({ to: next, unitFor: inside, externName: externNameOf(dependency, renamed?.name) });
        if (active.every(({ kind }) => kind === 'dev')) context.devEdges.add(`${draft.key} ${next.key}`);
    }
    return edges;
}

/** Whether a declaration counts for this unit. */
function isActive(context: EdgeContext, draft: Draft, unitFor: UnitFor, declaration: Dependency): boolean {
    const { kind, platform, optional, name } = declaration;
    const { target, mode } = draft;
    if ((target.kind === 'custom-build') !== (kind === 'build')) return false;
    if (kind === 'dev' && target.kind !== 'test' && target.kind !== 'example' && mode !== 'test') return false;
    if (platform !== undefined && !platformMatches(platform, draft.kind === 'host' ? context.host : context.target))
        return false;
    if (!optional) return true;
    return context.features.hasDependency(draft.package, unitFor.hostFeatures ? 'host' : 'normal', name);
}

/** A script is told what the scripts of its package's direct dependencies with `links` found out. */
export function connectScripts(drafts: DraftGraph, devEdges: ReadonlySet<string>): void {
    const users = new Map<string, Draft[]>();
    for (const { draft, edges } of drafts.values()) {
        for (const { to } of edges) {
            if (to.mode === 'run-custom-build') users.set(to.key, [...(users.get(to.key) ?? []), draft]);
        }
    }
    const added: { readonly run: string; readonly edges: readonly DraftEdge[] }[] = [];
    for (const { draft } of drafts.values()) {
        if (draft.mode !== 'run-custom-build') continue;
        const told = new Map<string, DraftEdge>();
        for (const user of users.get(draft.key) ?? []) {
            for (const edge of drafts.get(user.key)?.edges ?? []) {
                if (edge.to.package === draft.package || devEdges.has(`${user.key} ${edge.to.key}`)) continue;
                for (const run of runsOf(drafts, edge.to)) told.set(run.to.key, run);
            }
        }
        added.push({ run: draft.key, edges: [...told.values()] });
    }
    for (const { run, edges } of added) drafts.get(run)?.edges.push(...edges);
}

function runsOf(drafts: DraftGraph, { key, mode, target, package: owner }: Draft): readonly DraftEdge[] {
    if (mode !== 'build' || owner.links === undefined || !isLinkable(target)) return [];
    return (drafts.get(key)?.edges ?? []).filter(({ to }) => to.mode === 'run-custom-build' && to.package === owner);
}
