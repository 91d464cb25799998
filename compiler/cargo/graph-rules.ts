// What a graph of units must keep, whoever made it: no cycles, one package for each native library, and a compiler that is
// new enough.
import type { Package } from './package.ts';
import type { CargoProblem } from './problem.ts';
import type { Draft, DraftGraph } from './unit-draft.ts';
import { comparePrecedence, parseVersion, type Version } from './version.ts';

/** Problems that make the graph unusable; `compiler` is what rustc says of itself, undefined when it is not known. */
export function brokenGraphRules(drafts: DraftGraph, compiler: string | undefined): readonly CargoProblem[] {
    const cycle = findCycle(drafts);
    return [...(cycle === undefined ? [] : [cycle]), ...duplicateLinks(drafts), ...oldCompiler(drafts, compiler)];
}

/** Depth first, with an explicit stack: graphs are deep. */
function findCycle(drafts: DraftGraph): CargoProblem | undefined {
    const state = new Map<string, 'open' | 'done'>();
    for (const { draft: root } of drafts.values()) {
        if (state.has(root.key)) continue;
        const path: { readonly draft: Draft; next: number }[] = [{ draft: root, next: 0 }];
        state.set(root.key, 'open');
        for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
            const edge = drafts.get(top.draft.key)?.edges[top.next++];
            if (edge === undefined) {
                state.set(top.draft.key, 'done');
                path.pop();
            } else if (state.get(edge.to.key) === 'open') {
                const start = path.findIndex(({ draft }) => draft.key === edge.to.key);
                return cycleProblem([...path.slice(start).map(({ draft }) => draft), edge.to]);
            } else if (!state.has(edge.to.key)) {
                state.set(edge.to.key, 'open');
                path.push({ draft: edge.to, next: 0 });
            }
        }
    }
    return undefined;
}

function cycleProblem(path: readonly Draft[]): CargoProblem {
    const names = path.map(({ package: { id } }) => `${id.name} ${id.version}`);
    return {
        code: 'cargo/dependency-cycle',
        message: `packages need each other: ${[...new Set(names)].join(' → ')} → ${names[0] ?? ''}`,
        package: names[0] ?? '',
        file: `${path[0]?.package.root ?? ''}/Cargo.toml`,
        help: 'only dev-dependencies may lead back to a package: take one of these dependencies away',
    };
}

/** A native library may be linked through one package only. */
function duplicateLinks(drafts: DraftGraph): readonly CargoProblem[] {
    const owners = new Map<string, Package>();
    const problems = new Map<string, CargoProblem>();
    for (const { draft } of drafts.values()) {
        const { links, id } = draft.package;
        if (links === undefined) continue;
        const other = owners.get(links) ?? draft.package;
        owners.set(links, other);
        if (other === draft.package) continue;
        problems.set(links, {
            code: 'cargo/duplicate-links',
            message: `links the native library \`${links}\`, which \`${other.id.name} ${other.id.version}\` links already`,
            package: `${id.name} ${id.version}`,
            help: 'have one version of the package in the build: bring the lock file up to date, or patch one of the dependents',
        });
    }
    return [...problems.values()];
}

/** The package that asks for the newest compiler, when the one at hand is older. */
function oldCompiler(drafts: DraftGraph, compiler: string | undefined): readonly CargoProblem[] {
    const [, said = ''] = /(\d+\.\d+\.\d+)/.exec(compiler ?? '') ?? [];
    const have = parseVersion(said);
    if (have === undefined) return [];
    let worst: { readonly owner: Package; readonly wanted: Version } | undefined;
    for (const { draft } of drafts.values()) {
        const wanted = rustVersionOf(draft.package);
        if (wanted === undefined || comparePrecedence(wanted, have) <= 0) continue;
        if (worst === undefined || comparePrecedence(wanted, worst.wanted) > 0)
            worst = { owner: draft.package, wanted };
    }
    if (worst === undefined) return [];
    const { id, rustVersion = '' } = worst.owner;
    return [
        {
            code: 'cargo/old-compiler',
            message: `needs rustc ${rustVersion} or newer, and the compiler is ${said}`,
            package: `${id.name} ${id.version}`,
            help: `build with rustc ${rustVersion}, or pin an older version of the package`,
        },
    ];
}

/** `1.70` stands for 1.70.0. */
function rustVersionOf({ rustVersion }: Package): Version | undefined {
    if (rustVersion === undefined) return undefined;
    return parseVersion([...rustVersion.split('.'), '0', '0'].slice(0, 3).join('.'));
}
