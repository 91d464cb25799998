// Crates that a source of the recipe stands in for.
import { readPackage } from '../compiler/cargo/manifest.ts';
import { gitPackageFinder } from '../compiler/cargo/git-package.ts';
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import { manifestOpener } from '../compiler/cargo/workspace.ts';
import { findWorkspaceRoot } from '../compiler/cargo/workspace-root.ts';
import type { CargoNeed } from '../compiler/lower/needs.ts';
import type { Source } from '../compiler/plan/plan.ts';
import type { Failure } from '../runtime/failure.ts';
import type { FetchContext } from '../runtime/fetch/context.ts';
import { fetchSource } from '../runtime/fetch/fetch.ts';
import { failure, type Result, success } from '../runtime/result.ts';
import type { CrateThere } from './crates-there.ts';
import { folderView } from './folder-view.ts';

/** As crates with the version that the source has of each; nothing says what their checksum is. */
export async function replacedCrates(
    { replacements }: CargoNeed,
    sources: ReadonlyMap<string, Source>,
    fetching: FetchContext,
): Promise<Result<readonly CrateThere[], Failure>> {
    const crates: CrateThere[] = [];
    for (const { name, source: label } of replacements) {
        const source = sources.get(label);
        if (source === undefined) continue;
        const tree = await fetchSource(source, fetching);
        if (!tree.ok) return tree;
        const folder = fetching.store.objectPath(tree.value);
        const version = versionIn(folder, name);
        if (version === undefined) {
            const what = `package \`${name}\` in source \`${label}\``;
            return failure({ kind: 'missing-path', what, path: `${folder}/Cargo.toml` });
        }
        const pin: CrateThere['pin'] = () => Promise.resolve(success({ source, folder }));
        crates.push({ name, version, folder, checksum: undefined, pin, isPartOfMain: false });
    }
    return success(crates);
}

/** The version of the package of this name, wherever in the folder it lies. */
function versionIn(folder: string, name: string): string | undefined {
    const view = folderView((path) => path);
    const problems: CargoProblem[] = [];
    const open = manifestOpener(view, problems);
    const manifest = gitPackageFinder(view, open)(folder, name);
    if (manifest === undefined) return undefined;
    return readPackage(manifest, {
        view,
        problems,
        origin: 'registry',
        source: undefined,
        findWorkspace: () => findWorkspaceRoot(open, manifest, folder),
    })?.id.version;
}
