// A root file system made of packages of a Debian suite. As with a commit, the tree is what is pinned: another machine
// installs the same packages and must come to the same files.
import { hashJson } from '../../compiler/plan/canonical.ts';
import { parseTreeDigest, type TreeDigest } from '../../compiler/plan/digest.ts';
import type { DebianPackage, Source } from '../../compiler/plan/plan.ts';
import { sandboxEpoch } from '../../compiler/plan/sandbox.ts';
import type { Failure } from '../failure.ts';
import type { FetchContext } from '../fetch/context.ts';
import { inScratch } from '../fetch/scratch.ts';
import { demand } from '../host/demand.ts';
import { failure, type Result, success } from '../result.ts';
import { guarded } from '../store/guard.ts';
import { fetchPackages } from './fetch-packages.ts';
import { installPackages } from './install-packages.ts';
import type { SuiteChoice } from './private-apt.ts';

type DebianSource = Source & { readonly type: 'debian' };

/** The pinned tree, from the store or made of its packages. */
export async function fetchDebian(source: DebianSource, context: FetchContext): Promise<Result<TreeDigest, Failure>> {
    const pinned = source.tree as TreeDigest;
    if (context.store.hasObject(pinned)) return success(pinned);
    const actual = await makeRoot(source, source.packages, context);
    if (!actual.ok || actual.value === source.tree) return actual;
    const what = `the root file system of ${source.packages.length} packages of ${source.suite}`;
    return failure({ kind: 'hash-mismatch', what, expected: source.tree, actual: actual.value });
}

/** The tree that the packages give, for locking it. */
export async function makeRoot(
    choice: SuiteChoice,
    packages: readonly DebianPackage[],
    context: FetchContext,
): Promise<Result<TreeDigest, Failure>> {
    const { store } = context;
    const at = { kind: 'packages', name: nameOf(packages) };
    const known = store.readRecord(at.kind, at.name);
    const recorded = typeof known === 'string' ? parseTreeDigest(known) : undefined;
    if (recorded !== undefined && store.hasObject(recorded)) return success(recorded);
    return await guarded(async () => {
        demand(await fetchPackages(choice, packages, context));
        context.report(`installing ${packages.length} packages of ${choice.suite}`);
        return await inScratch(store, 'root', async (folder) => {
            const root = await installPackages(packages, folder, context);
            const what = `the root file system of ${choice.suite}`;
            // Absolute links mean the new root, so they can be relative ones.
            const tree = demand(await store.adoptTree(root, { what, rewriteRoot: '' }));
            demand(await store.writeRecord(at, tree));
            return tree;
        });
    });
}

function nameOf(packages: readonly DebianPackage[]): string {
    const parts = packages.map(({ hash, essential }) => [hash, essential === true]);
    return hashJson([sandboxEpoch, parts]).slice('sha256:'.length);
}
