// Packages as cargo itself sees them: of a workspace of odd corners, and of the crates that this machine happens to have.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { crateFolders } from '../../../compiler/cargo/crate-folders.ts';
import { parseCargoLock } from '../../../compiler/cargo/lock-file.ts';
import { lockedGraph } from '../../../compiler/cargo/locked-graph.ts';
import { openManifest } from '../../../compiler/cargo/manifest-file.ts';
import { readPackage } from '../../../compiler/cargo/manifest.ts';
import { libraryOf, type PackageId } from '../../../compiler/cargo/package.ts';
import type { CargoProblem } from '../../../compiler/cargo/problem.ts';
import { loadWorkspace } from '../../../compiler/cargo/workspace.ts';
import { compareBytes } from '../../../compiler/plan/bytes.ts';
import { diskView, writeFiles } from '../../support/cargo-tree.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { awkward } from './awkward-workspace.ts';
import { comparableCargo, comparableOurs, hasCargo, type Metadata, runCargo } from './cargo-metadata.ts';

describe.skipIf(!hasCargo)('the awkward workspace', () => {
    it('is what cargo says', () => {
        const folder = fs.realpathSync(freshFolder());
        writeFiles(folder, awkward);
        const metadata = runCargo(
            'metadata',
            '--offline',
            '--all-features',
            '--format-version=1',
            `--manifest-path=${folder}/Cargo.toml`,
        ) as Metadata;
        const loaded = loadWorkspace(diskView, folder);
        if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, undefined, 1));
        const { workspace } = loaded;
        const byName = (name: string): object | undefined => {
            const found = workspace.locals.find(({ id }) => id.name === name);
            return found && comparableOurs(found);
        };
        for (const each of metadata.packages) expect(byName(each.name)).toEqual(comparableCargo(each));

        const names = new Map(metadata.packages.map(({ id, name }) => [id, name]));
        const named = (ids: readonly string[]): readonly string[] =>
            ids.map((id) => names.get(id) ?? id).sort(compareBytes);
        const ours = (packages: readonly { id: PackageId }[]): readonly string[] =>
            packages.map(({ id }) => id.name).sort(compareBytes);
        expect(ours(workspace.members)).toEqual(named(metadata.workspace_members));
        expect(ours(workspace.defaultMembers)).toEqual(named(metadata.workspace_default_members));

        // The lock that cargo wrote for it.
        const lock = parseCargoLock(fs.readFileSync(`${folder}/Cargo.lock`, 'utf8'));
        if (!lock.ok) throw new Error(lock.message);
        const graph = lockedGraph({ workspace, lock: lock.packages, view: diskView, crateFolder: () => undefined });
        for (const { id, dependencies } of metadata.resolve?.nodes ?? []) {
            const of = workspace.locals.find((local) => local.id.name === names.get(id));
            const targets = of === undefined ? [] : graph.edges(of.id).map(({ to }) => graph.package(to));
            // Cargo does not mention what has nothing to link to.
            const edges = targets.filter((each) => each !== undefined).filter((each) => libraryOf(each) !== undefined);
            expect(ours(edges), names.get(id)).toEqual(named(dependencies));
        }
        expect(graph.problems).toEqual([]);
    });
});

const registry = path.join(os.homedir(), '.cargo/registry/src');
const crates = fs.existsSync(registry)
    ? fs
          .readdirSync(registry)
          .flatMap((index) => fs.readdirSync(`${registry}/${index}`).map((name) => `${registry}/${index}/${name}`))
    : [];
/** Enough to meet most kinds, few enough to ask cargo about each. */
const asked = crates.sort(compareBytes).filter((_, index) => index % Math.ceil(crates.length / 40) === 0);

describe.skipIf(crates.length === 0)(`${crates.length} crates in cargo's cache`, () => {
    function read(folder: string): { of: ReturnType<typeof readPackage>; problems: readonly CargoProblem[] } {
        const problems: CargoProblem[] = [];
        const manifest = openManifest(diskView, folder, problems);
        const of =
            manifest &&
            readPackage(manifest, {
                view: diskView,
                problems,
                origin: 'registry',
                source: undefined,
                findWorkspace: () => undefined,
            });
        return { of, problems };
    }

    it('are all understood, and found by name and version', { timeout: 120_000 }, () => {
        const find = new Map<string, (id: PackageId) => string | undefined>();
        for (const folder of crates) {
            const { of, problems } = read(folder);
            expect(problems).toEqual([]);
            if (of === undefined) throw new Error(`${folder} is no package`);
            const parent = path.dirname(folder);
            const lookup = find.get(parent) ?? crateFolders(diskView, parent);
            find.set(parent, lookup);
            expect(lookup(of.id)).toBe(folder);
        }
    });

    it.skipIf(!hasCargo).each(asked)('%s is what cargo says', { timeout: 20_000 }, (folder) => {
        const { of } = read(folder);
        const theirs = runCargo('read-manifest', `--manifest-path=${folder}/Cargo.toml`);
        expect(of && comparableOurs(of)).toEqual(comparableCargo(theirs as Metadata['packages'][number]));
    });
});
