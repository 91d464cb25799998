// Crates that lock files name, against those that lie in `vendor`: bootstrap has no other place to take them from.
import { crateAt, cratesIn } from '../cargo/crate-folders.ts';
import type { FolderView } from '../cargo/folder-view.ts';
import { parseCargoLock } from '../cargo/lock-file.ts';
import type { Release } from '../rustc/release.ts';
import { type Evaluated, boolOf, listOf, textOf } from '../value.ts';
import type { Lowering } from './context.ts';
import { viewRoot } from './needs.ts';
import { missingCrates } from './rustc-errors.ts';
import { block, fieldOf } from './rustc-fields.ts';

/** Lock files that the build heeds, where the release has them. */
export function heededLocks({ root }: Evaluated): readonly string[] {
    const tools = listOf(root, 'tools').filter((tool) => tool === 'cargo' || tool === 'rust-analyzer');
    return [
        'Cargo.lock',
        'library/Cargo.lock',
        'src/bootstrap/Cargo.lock',
        ...tools.map((tool) => `src/tools/${tool}/Cargo.lock`),
        ...(boolOf(root, 'docs') === true ? ['src/tools/rustbook/Cargo.lock'] : []),
    ];
}

/** Whether lock files have to fit the crates as they are. */
export function isLockHeeded(evaluated: Evaluated): boolean {
    return textOf(block(evaluated, 'vendor'), 'lock-policy') !== 'resolve';
}

/** Sources that planning looks into where they are at hand. */
export function viewedSources(evaluated: Evaluated): readonly string[] {
    return isLockHeeded(evaluated) ? ['main', ...listOf(block(evaluated, 'vendor'), 'add')] : [];
}

/**
 * Refuses sources that lack crates. What patches and scripts make of lock files nobody knows before they are applied, and what
 * was not fetched cannot be looked at: `prepare` looks then.
 */
export function checkVendor({ evaluated, facts, diagnostics }: Lowering, release: Release): void {
    const views = viewedSources(evaluated).map((id) => facts.views?.get(id));
    const [main] = views;
    if (main === undefined || views.includes(undefined) || isChanged(evaluated)) return;
    const there = new Set(views.flatMap((view) => (view === undefined ? [] : cratesOf(view, view === main))));
    for (const path of heededLocks(evaluated)) {
        const lock = parseCargoLock(main.read(`${viewRoot}/${path}`) ?? '');
        if (!lock.ok) continue;
        const names = lock.packages
            .filter(({ source }) => source !== undefined)
            .map(({ name, version }) => `${name} ${version}`)
            .filter((crate) => !there.has(crate));
        const place = fieldOf(evaluated, 'vendor', 'add')?.place ?? evaluated.root.fields.get('version')?.place;
        if (names.length > 0) diagnostics.push(missingCrates(release.version, path, names, place));
    }
}

function isChanged(evaluated: Evaluated): boolean {
    const patches = block(evaluated, 'patches');
    const lists = [...listOf(patches, 'series'), ...listOf(patches, 'files')];
    return lists.length > 0 || textOf(block(evaluated, 'prepare'), 'script') !== undefined;
}

/** `NAME VERSION` of the crates in `vendor` of the sources; in a source that adds some, of those in it, or of the one that it is. */
function cratesOf(view: FolderView, isMain: boolean): readonly string[] {
    const alone = isMain ? undefined : crateAt(view, viewRoot);
    if (alone !== undefined) return [alone];
    return cratesIn(view, isMain ? `${viewRoot}/vendor` : viewRoot).map(({ name, version }) => `${name} ${version}`);
}
