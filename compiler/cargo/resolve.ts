// Which versions a build is made of when no lock file decides: for each dependency that takes part, the newest version that
// is there and fits. As with Cargo, of versions that count as compatible a build has one, and of packages that link to one
// native library as well; where the newest does not go with the rest, older ones are tried.
import { resolveProblems } from './resolve-problems.ts';
import { type Dependency, type Package, type PackageId, packageKey } from './package.ts';
import { compatibleKey } from './compatible-key.ts';
import type { CargoProblem } from './problem.ts';

export interface Resolution {
    /** In the order in which they were chosen. */
    readonly packages: readonly Package[];
    /** What the dependencies of a package were resolved to. */
    readonly dependencies: (of: Package) => readonly Package[];
    /** Whether there is an answer. Without one, `problems` and what `package` told say why. */
    readonly isComplete: boolean;
    readonly problems: readonly CargoProblem[];
}

export interface ResolveRequest {
    readonly roots: readonly { readonly package: Package; readonly features: readonly string[] }[];
    /** Best first. */
    readonly candidates: (dependent: Package, declaration: Dependency) => readonly PackageId[];
    /** Undefined for one that cannot be read, which it tells itself. */
    readonly package: (id: PackageId) => Package | undefined;
    /** Features of a package that are on whoever depends on it. */
    readonly extraFeatures: (id: PackageId) => readonly string[];
    /** Whether the entry of a dependency table takes part at all. */
    readonly counts: (dependent: Package, declaration: Dependency) => boolean;
    /** Whether an entry that does not count is to take part where what it needs is there and goes with the rest. */
    readonly mayCount: (dependent: Package, declaration: Dependency) => boolean;
    /** Versions of a package that are there, whether they fit or not. */
    readonly versions: (name: string) => readonly PackageId[];
}

/** An entry of a dependency table that has to be resolved. */
interface Want {
    readonly key: string;
    readonly dependent: Package;
    readonly declaration: Dependency;
    readonly candidates: readonly PackageId[];
}

interface State {
    /** What may be there only once → the package that is. */
    readonly slots: Map<string, Package>;
    readonly packages: Map<string, Package>;
    /** Features of each package, and `dep:NAME` and `NAME/FEATURE` as features have them. */
    readonly features: Map<string, Set<string>>;
    readonly bound: Map<string, Package>;
    readonly open: Map<string, Want>;
}

type Conflict = CargoProblem | 'unreadable';

/** Beyond this, there is either no answer or none that would be found in time. */
const maxSteps = 100_000;

export function resolve(request: ResolveRequest): Resolution {
    const start = startState(request);
    const first = search(request, copyOf(start));
    if (first.state !== undefined) {
        return { ...resolution(extended(request, first.state)), isComplete: true, problems: [] };
    }
    // No answer: what keeps the newest versions from being one is told, all of it at once.
    const problems: CargoProblem[] = [];
    return { ...resolution(settle(request, start, problems)), isComplete: false, problems };
}

function resolution({ packages, bound }: State): Pick<Resolution, 'packages' | 'dependencies'> {
    return {
        packages: [...packages.values()],
        dependencies: (of) => of.dependencies.flatMap((_, index) => bound.get(wantKey(of, index)) ?? []),
    };
}

function startState(request: ResolveRequest): State {
    const state: State = {
        slots: new Map(),
        packages: new Map(),
        features: new Map(),
        bound: new Map(),
        open: new Map(),
    };
    for (const root of request.roots) {
        add(state, root.package);
        enable(request, state, root.package, root.features);
    }
    return state;
}

function copyOf({ slots, packages, features, bound, open }: State): State {
    return {
        slots: new Map(slots),
        packages: new Map(packages),
        features: new Map([...features].map(([key, names]) => [key, new Set(names)])),
        bound: new Map(bound),
        open: new Map(open),
    };
}

/** Depth first; a choice that leads nowhere is taken back, and the next version tried. */
function search(request: ResolveRequest, start: State): { readonly state: State | undefined } {
    const choices: { readonly before: State; readonly want: Want; readonly rest: readonly PackageId[] }[] = [];
    let state = start;
    let want = nextWant(state);
    let rest = want?.candidates ?? [];
    for (let steps = 0; want !== undefined; steps++) {
        const [candidate, ...others] = rest;
        if (candidate === undefined || steps > maxSteps) {
            const last = choices.pop();
            if (last === undefined || steps > maxSteps) return { state: undefined };
            ({ before: state, want, rest } = last);
            continue;
        }
        const after = others.length === 0 ? state : copyOf(state);
        if (bind(request, after, want, candidate) === undefined) {
            if (others.length > 0) choices.push({ before: state, want, rest: others });
            state = after;
            want = nextWant(state);
            rest = want?.candidates ?? [];
        } else rest = others;
    }
    return { state };
}

/** Takes the best candidate of everything; what cannot be had, or goes with nothing, is a problem and left out. */
function settle(request: ResolveRequest, state: State, problems: CargoProblem[]): State {
    for (let want = nextWant(state); want !== undefined; want = nextWant(state)) {
        const { dependent, declaration, candidates } = want;
        const conflicts: Conflict[] = [];
        const isBound = candidates.some((candidate) => {
            const conflict = bind(request, state, want, candidate);
            if (conflict !== undefined) conflicts.push(conflict);
            return conflict === undefined;
        });
        if (isBound) continue;
        state.open.delete(want.key);
        const [problem = resolveProblems.noVersion(dependent, declaration, request.versions(declaration.packageName))] =
            conflicts;
        if (problem !== 'unreadable') problems.push(problem);
    }
    return state;
}

/** With what only may take part. */
function extended(strict: ResolveRequest, found: State): State {
    const request: ResolveRequest = {
        ...strict,
        counts: (dependent, declaration) =>
            strict.counts(dependent, declaration) || strict.mayCount(dependent, declaration),
    };
    let state = found;
    for (const each of found.packages.values()) openDependencies(request, state, each);
    for (let want = nextWant(state); want !== undefined; want = nextWant(state)) {
        const { candidates, key } = want;
        const tried = candidates.map((candidate) => {
            const after = copyOf(state);
            return bind(request, after, want, candidate) === undefined ? after : undefined;
        });
        state = tried.find((after) => after !== undefined) ?? state;
        state.open.delete(key);
    }
    return state;
}

/** The one with the least to choose from, so that what is certain is settled first. */
function nextWant({ open }: State): Want | undefined {
    let best: Want | undefined;
    for (const want of open.values()) {
        if (want.candidates.length <= 1) return want;
        if (best === undefined || want.candidates.length < best.candidates.length) best = want;
    }
    return best;
}

/** Resolves one dependency to a package; undefined when that goes with everything so far. Otherwise the state is spoilt. */
function bind(request: ResolveRequest, state: State, want: Want, id: PackageId): Conflict | undefined {
    const found = request.package(id);
    const { dependent, declaration } = want;
    if (found === undefined) return 'unreadable';
    const wanted = [
        ...declaration.features,
        ...request.extraFeatures(id),
        ...featuresThrough(state, dependent, declaration),
    ];
    const lacking = wanted.find((feature) => !found.features.has(feature));
    if (lacking !== undefined) return resolveProblems.noFeature(dependent, declaration, found, lacking);
    const other = slotsOf(found)
        .map((slot) => state.slots.get(slot))
        .find((taken) => taken !== undefined && taken !== found);
    if (other !== undefined) return resolveProblems.conflict(dependent, declaration, found, other);
    state.open.delete(want.key);
    state.bound.set(want.key, found);
    add(state, found);
    return enable(request, state, found, withDefaults(declaration, found, wanted));
}

function add({ slots, packages }: State, found: Package): void {
    packages.set(packageKey(found.id), found);
    for (const slot of slotsOf(found)) slots.set(slot, found);
}

/** Two packages with a slot in common cannot both be in a build. */
function slotsOf({ id, links }: Package): readonly string[] {
    const { source } = id;
    const origin = source?.startsWith('git+') === true ? source : source === undefined ? 'local' : 'registry';
    const own = `${compatibleKey(id)} ${origin}`;
    return links === undefined ? [own] : [own, `links ${links}`];
}

/** Turns features on, with all that they and the package's dependencies ask for then. */
function enable(
    request: ResolveRequest,
    state: State,
    owner: Package,
    features: readonly string[],
): Conflict | undefined {
    const key = packageKey(owner.id);
    const known = state.features.get(key);
    const on = known ?? new Set<string>();
    state.features.set(key, on);
    const before = on.size;
    const waiting = [...features];
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
        if (on.has(value)) continue;
        on.add(value);
        waiting.push(...impliedBy(owner, value));
    }
    return known !== undefined && on.size === before ? undefined : openDependencies(request, state, owner);
}

/** Dependencies that are on have to be resolved, or are told what is asked of them. */
function openDependencies(request: ResolveRequest, state: State, owner: Package): Conflict | undefined {
    const on = state.features.get(packageKey(owner.id)) ?? new Set();
    for (const [index, declaration] of owner.dependencies.entries()) {
        if (declaration.optional && !on.has(`dep:${declaration.name}`)) continue;
        if (!request.counts(owner, declaration)) continue;
        const below = wantKey(owner, index);
        const bound = state.bound.get(below);
        if (bound === undefined) {
            const candidates = state.open.get(below)?.candidates ?? request.candidates(owner, declaration);
            state.open.set(below, { key: below, dependent: owner, declaration, candidates });
            continue;
        }
        const wanted = featuresThrough(state, owner, declaration);
        const lacking = wanted.find((feature) => !bound.features.has(feature));
        if (lacking !== undefined) return resolveProblems.noFeature(owner, declaration, bound, lacking);
        const conflict = enable(request, state, bound, wanted);
        if (conflict !== undefined) return conflict;
    }
    return undefined;
}

function impliedBy({ features, dependencies }: Package, value: string): readonly string[] {
    const slash = value.indexOf('/');
    if (slash < 0) return features.get(value) ?? [];
    const name = value.slice(0, slash);
    // `NAME?/FEATURE` waits for somebody else to turn the dependency on.
    if (name.endsWith('?') || !dependencies.some((each) => each.name === name && each.optional)) return [];
    return [`dep:${name}`, ...(features.has(name) ? [name] : [])];
}

/** Features that the dependent's own features ask of a dependency. */
function featuresThrough({ features }: State, dependent: Package, { name }: Dependency): readonly string[] {
    return [...(features.get(packageKey(dependent.id)) ?? [])].flatMap((value) => {
        const [, owner, feature] = /^([^/?]+)\??\/(.+)$/.exec(value) ?? [];
        return owner === name && feature !== undefined ? [feature] : [];
    });
}

function withDefaults(
    { defaultFeatures }: Dependency,
    { features }: Package,
    wanted: readonly string[],
): readonly string[] {
    return defaultFeatures && features.has('default') ? [...wanted, 'default'] : wanted;
}

function wantKey({ id }: Package, index: number): string {
    return `${packageKey(id)}#${index}`;
}
