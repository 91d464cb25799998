// From what was asked for to the first units. (Cargo 1.95, `ops/cargo_compile/unit_generator.rs`.)
import type { Features } from './features.ts';
import type { Package, Target } from './package.ts';
import type { CargoProblem } from './problem.ts';
import type { UnitMode } from './unit.ts';

/** Targets to build: named ones, all of a kind, or Cargo's default when nothing is said. */
export interface TargetSelection {
    readonly lib?: boolean;
    readonly bins?: 'all' | readonly string[];
    readonly examples?: 'all' | readonly string[];
    readonly tests?: 'all' | readonly string[];
    readonly benches?: 'all' | readonly string[];
}

/** What `--all-targets` stands for. */
export const allTargets: TargetSelection = { lib: true, bins: 'all', examples: 'all', tests: 'all', benches: 'all' };

export interface RootTarget {
    readonly package: Package;
    readonly target: Target;
    readonly mode: UnitMode;
    /** It is compiled as part of tests: panics unwind. */
    readonly isTested: boolean;
}

/** What one command makes of targets: `build` compiles, `test` and `bench` compile and run tests. */
export type Command = 'build' | 'test' | 'bench';

interface Proposal extends RootTarget {
    /** It was named, so missing features are an error. */
    readonly isNamed: boolean;
}

export function rootTargets(
    packages: readonly Package[],
    selection: TargetSelection | undefined,
    command: Command,
    features: Features,
): { readonly roots: readonly RootTarget[]; readonly problems: readonly CargoProblem[] } {
    const proposals = selection === undefined ? usual(packages, command) : selected(packages, selection, command);
    const problems: CargoProblem[] = selection === undefined ? [] : missingNames(packages, selection);
    const roots: RootTarget[] = [];
    const seen = new Set<string>();
    for (const { isNamed, ...root } of proposals) {
        const missing = missingFeatures(root, features);
        const isLibrary = root.target.kind === 'lib' || root.target.kind === 'proc-macro';
        if (missing.length > 0 && !isLibrary) {
            if (isNamed) problems.push(requiredFeatures(root, missing));
            continue;
        }
        const key = `${root.package.root} ${root.package.targets.indexOf(root.target)} ${root.mode}`;
        if (seen.has(key)) continue;
        seen.add(key);
        roots.push(root);
    }
    return { roots, problems };
}

function usual(packages: readonly Package[], command: Command): readonly Proposal[] {
    const isUsual = (target: Target): boolean => {
        if (command === 'build') return target.kind === 'bin' || target.kind === 'lib' || target.kind === 'proc-macro';
        if (command === 'bench') return target.bench;
        return target.test || target.kind === 'example';
    };
    return packages.flatMap((which) =>
        which.targets
            .filter(isUsual)
            .map((target) =>
                proposal(which, target, { isTest: command !== 'build', isNamed: false, isSpecific: false }),
            ),
    );
}

function proposal(
    which: Package,
    target: Target,
    {
        isTest,
        isNamed,
        isSpecific,
    }: { readonly isTest: boolean; readonly isNamed: boolean; readonly isSpecific: boolean },
): Proposal {
    const isPlainExample = target.kind === 'example' && !isSpecific && !target.test;
    const isCompiledAsTest = isTest ? !isPlainExample : target.kind === 'test' || target.kind === 'bench';
    return { package: which, target, mode: isCompiledAsTest ? 'test' : 'build', isTested: isTest, isNamed };
}

function selected(packages: readonly Package[], selection: TargetSelection, command: Command): readonly Proposal[] {
    const isTest = command !== 'build';
    const row = (
        wanted: 'all' | readonly string[] | undefined,
        of: (target: Target) => boolean,
        ofAll: (target: Target) => boolean,
        asTest: boolean,
    ): readonly Proposal[] => {
        if (wanted === undefined) return [];
        return packages.flatMap((which) =>
            which.targets
                .filter((target) => (wanted === 'all' ? ofAll(target) : of(target) && wanted.includes(target.name)))
                .map((target) =>
                    proposal(which, target, { isTest: asTest, isNamed: wanted !== 'all', isSpecific: true }),
                ),
        );
    };
    const isLibrary = ({ kind }: Target): boolean => kind === 'lib' || kind === 'proc-macro';
    const isKind =
        (kind: Target['kind']) =>
        (target: Target): boolean =>
            target.kind === kind;
    return [
        ...(selection.lib === true ? row('all', isLibrary, isLibrary, isTest) : []),
        ...row(selection.bins, isKind('bin'), isKind('bin'), isTest),
        ...row(selection.examples, isKind('example'), isKind('example'), isTest),
        ...row(selection.tests, isKind('test'), ({ test }) => test, true),
        ...row(selection.benches, isKind('bench'), ({ bench }) => bench, true),
    ];
}

function missingFeatures({ package: which, target }: RootTarget, features: Features): readonly string[] {
    const active = new Set(features.of(which, target.kind === 'proc-macro' ? 'host' : 'normal'));
    return (target.requiredFeatures ?? []).filter((feature) => {
        const slash = feature.indexOf('/');
        // `dependency/feature`: counted as there when the dependency is, as nothing else is known of it here.
        return slash < 0
            ? !active.has(feature)
            : !features.hasFeatureOfDependency(which, feature.slice(0, slash), feature.slice(slash + 1));
    });
}

function requiredFeatures({ package: { id, root }, target }: RootTarget, missing: readonly string[]): CargoProblem {
    return {
        code: 'cargo/required-features',
        message: `${target.kind} \`${target.name}\` requires the features ${missing.map((each) => `\`${each}\``).join(', ')}`,
        package: `${id.name} ${id.version}`,
        file: `${root}/Cargo.toml`,
        help: `add them: \`features = [${missing.join(', ')}]\``,
    };
}

function missingNames(packages: readonly Package[], selection: TargetSelection): CargoProblem[] {
    const rows = [
        ['bin', selection.bins],
        ['example', selection.examples],
        ['test', selection.tests],
        ['bench', selection.benches],
    ] as const;
    return rows.flatMap(([kind, wanted]) => {
        if (wanted === undefined || wanted === 'all') return [];
        const there = packages.flatMap(({ targets }) => targets.filter((target) => target.kind === kind));
        return wanted
            .filter((name) => !there.some((target) => target.name === name))
            .map((name): CargoProblem => {
                const names = there.map((target) => `\`${target.name}\``).join(', ');
                return {
                    code: 'cargo/unknown-target',
                    message: `there is no ${kind} \`${name}\``,
                    help: names === '' ? `the packages have no ${kind} at all` : `there are ${names}`,
                };
            });
    });
}
