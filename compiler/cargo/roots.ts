// What was asked for: which targets of the selected packages, and how each is to be built.
import type { ResolvedFeatures } from './features.ts';
import { segmentExpression } from './glob.ts';
import { crateName, isLibrary, type Package, type Target } from './package.ts';
import type { PackageNode } from './package-node.ts';
import type { Platforms, UnitKind } from './platforms.ts';
import type { CargoProblem } from './problem.ts';
import type { UnitMode } from './unit.ts';
import { isProcMacro } from './unit-for.ts';

/** The command of Cargo that would be given. */
export type Intent = 'build' | 'test' | 'bench' | 'doc';

/** What `--lib`, `--bin NAME`, `--bins` … say. */
export interface TargetChoice {
    /** `if present` comes from `--all-targets`. */
    readonly library: boolean | 'if present';
    readonly programs: NameChoice;
    readonly examples: NameChoice;
    readonly tests: NameChoice;
    readonly benchmarks: NameChoice;
}

export type NameChoice = 'all' | readonly string[];

export const allTargets: TargetChoice = {
    library: 'if present',
    programs: 'all',
    examples: 'all',
    tests: 'all',
    benchmarks: 'all',
};

/** A target that may become a unit. */
export interface Proposal {
    readonly node: PackageNode;
    readonly target: Target;
    readonly mode: UnitMode;
    /** Whether it is an error when its required features are off, because it was named. */
    readonly named: boolean;
}

/** Whether dependencies for development take part in choosing features. */
export function needsDevelopment(intent: Intent, choice: TargetChoice | undefined): boolean {
    if (intent === 'test' || intent === 'bench') return true;
    if (choice === undefined) return false;
    return [choice.examples, choice.tests, choice.benchmarks].some(isGiven);
}

export function isGiven(choice: NameChoice): boolean {
    return choice === 'all' || choice.length > 0;
}

export function proposals(
    nodes: readonly PackageNode[],
    intent: Intent,
    choice: TargetChoice | undefined,
): { readonly proposals: readonly Proposal[]; readonly problems: readonly CargoProblem[] } {
    if (choice === undefined) return { proposals: nodes.flatMap((node) => byDefault(node, intent)), problems: [] };
    return chosen(nodes, intent, choice);
}

function byDefault(node: PackageNode, intent: Intent): readonly Proposal[] {
    const { targets } = node.package;
    const mode = modeOf(intent);
    const units = targets
        .filter((target) => isDefault(target, node.package, intent))
        .map((target) => ({ node, target, named: false, mode: exampleMode(target, mode) }));
    const library = targets.find((target) => isLibrary(target) && target.doctest && isDoctestable(target));
    if (intent !== 'test' || library === undefined) return units;
    return [...units, { node, target: library, named: false, mode: 'doctest' }];
}

function isDefault(target: Target, { targets }: Package, intent: Intent): boolean {
    switch (intent) {
        case 'build':
            return target.kind === 'bin' || isLibrary(target);
        case 'test':
            return target.test || target.kind === 'example';
        case 'bench':
            return target.bench;
        case 'doc':
            if (!target.doc) return false;
            return (
                target.kind !== 'bin' || !targets.some((one) => isLibrary(one) && crateName(one) === crateName(target))
            );
    }
}

/** Examples that are no tests are only built, to see that they can be. */
function exampleMode(target: Target, mode: UnitMode): UnitMode {
    return mode === 'test' && target.kind === 'example' && !target.test ? 'build' : mode;
}

function chosen(
    nodes: readonly PackageNode[],
    intent: Intent,
    choice: TargetChoice,
): { readonly proposals: readonly Proposal[]; readonly problems: readonly CargoProblem[] } {
    const found: Proposal[] = [];
    const problems: CargoProblem[] = [];
    const mode = modeOf(intent);
    const testMode = intent === 'build' ? 'test' : mode;
    if (choice.library !== false) {
        const libraries = matching(nodes, isLibrary, { mode, named: false });
        if (libraries.length === 0 && choice.library === true)
            problems.push(unknownTarget('there is no library', nodes));
        found.push(...libraries);
    }
    const add = (names: NameChoice, what: string, isWanted: (target: Target) => boolean, how: UnitMode): void => {
        if (names === 'all') found.push(...matching(nodes, isWanted, { mode: how, named: false }));
        else
            for (const name of names) {
                const pattern = segmentExpression(name);
                const fits = (target: Target): boolean => isWanted(target) && pattern.test(target.name);
                const hits = matching(nodes, fits, { mode: how, named: true });
                if (hits.length === 0) problems.push(unknownTarget(`there is no ${what} \`${name}\``, nodes));
                found.push(...hits);
            }
    };
    add(choice.programs, 'program', ({ kind }) => kind === 'bin', mode);
    add(choice.examples, 'example', ({ kind }) => kind === 'example', mode);
    const { tests, benchmarks } = choice;
    add(tests, 'test', tests === 'all' ? ({ test }) => test : ({ kind }) => kind === 'test', testMode);
    add(
        benchmarks,
        'benchmark',
        benchmarks === 'all' ? ({ bench }) => bench : ({ kind }) => kind === 'bench',
        testMode,
    );
    return { proposals: found, problems };
}

function matching(
    nodes: readonly PackageNode[],
    isWanted: (target: Target) => boolean,
    how: { readonly mode: UnitMode; readonly named: boolean },
): readonly Proposal[] {
    return nodes.flatMap((node) =>
        node.package.targets.filter(isWanted).map((target): Proposal => ({ node, target, ...how })),
    );
}

/** Leaves away targets whose required features are off; those that were named are an error. */
export function withRequiredFeatures(
    all: readonly Proposal[],
    available: (node: PackageNode) => ReadonlySet<string>,
): { readonly proposals: readonly Proposal[]; readonly problems: readonly CargoProblem[] } {
    const problems: CargoProblem[] = [];
    const kept = all.filter(({ node, target, named }) => {
        const missing = missingFeatures(target, () => available(node));
        if (isLibrary(target) || missing.length === 0) return true;
        if (named) problems.push(requiredFeatures(node.package, target));
        return false;
    });
    return { proposals: kept, problems };
}

export function missingFeatures(target: Target, available: () => ReadonlySet<string>): readonly string[] {
    const { requiredFeatures: required } = target;
    if (required === undefined || required.length === 0) return [];
    const features = available();
    return required.filter((feature) => !features.has(feature));
}

/** Features of a package, and those of its dependencies as `dependency/feature`. */
export function availableFeatures(
    node: PackageNode,
    question: {
        readonly features: ResolvedFeatures;
        readonly platforms: Platforms;
        readonly kind: UnitKind;
        readonly development: boolean;
    },
): ReadonlySet<string> {
    const { features, platforms, kind, development } = question;
    const available = new Set(features.of(node, 'normal'));
    for (const { to, declarations } of node.edges()) {
        const counts = declarations.some(
            (one) =>
                (development || one.kind !== 'dev') && (platforms.counts(one, kind) || platforms.counts(one, 'host')),
        );
        if (!counts) continue;
        const isMacro = to().package.targets.some(isProcMacro);
        for (const one of declarations) {
            const world = isMacro || one.kind === 'build' ? 'host' : 'normal';
            for (const feature of features.of(to(), world)) available.add(`${one.name}/${feature}`);
        }
    }
    return available;
}

function modeOf(intent: Intent): UnitMode {
    if (intent === 'doc') return 'doc';
    return intent === 'build' ? 'build' : 'test';
}

export function isDoctestable({ crateTypes }: Target): boolean {
    return crateTypes.some((type) => type === 'lib' || type === 'rlib' || type === 'proc-macro');
}

function unknownTarget(what: string, nodes: readonly PackageNode[]): CargoProblem {
    const names = nodes.map(({ package: { id } }) => `\`${id.name}\``).join(', ');
    return { code: 'cargo/unknown-target', message: `${what} in ${names}` };
}

function requiredFeatures({ id }: Package, { name, requiredFeatures: required = [] }: Target): CargoProblem {
    return {
        code: 'cargo/required-features',
        message: `\`${name}\` needs the features ${required.map((feature) => `\`${feature}\``).join(', ')}`,
        package: `${id.name} ${id.version}`,
        help: `turn them on with \`--features ${required.join(',')}\``,
    };
}
