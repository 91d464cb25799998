// Where an application's crates come from: pinned by Cargo.lock, a folder of installed crates, or inside the sources.
import { compareBytes } from '../plan/bytes.ts';
import type { Mount } from '../plan/plan.ts';
import { type LockedPackage, parseCargoLock } from '../cargo/lock-file.ts';
import { type Evaluated, type Field, labelsOf, listOf, textOf } from '../value.ts';
import type { Place } from '../../lang/source.ts';
import { type Lowering, places } from './context.ts';
import { extraFeatures } from './crate-overrides.ts';
import { badLock, missingLock, unpinnedPackage, vendorPath } from './errors.ts';
import { flagsOf } from './flags.ts';
import { type CargoNeed, type LockPolicy, type SourceNeed, type TextNeed, textKey } from './needs.ts';
import { stdOf } from './target-tools.ts';
import { keysBelow } from './trace.ts';
import { unitAsks } from './unit-asks.ts';

export interface Vendor {
    /** Sandbox folder that holds one folder for each crate. */
    readonly directory: string;
    readonly mounts: Readonly<Record<string, Mount>>;
    /** Sources of the lock file that the vendored crates stand in for. */
    readonly registries: readonly string[];
}

const vendorPlace = '/rpkg/vendor';

/** What must be known of the crates before planning: a folder's tree, or the text of the lock file. */
export function vendorNeeds(
    evaluated: Evaluated,
    sources: readonly SourceNeed[],
): { sources: readonly SourceNeed[]; texts: readonly TextNeed[] } {
    const main = sources.find(({ id }) => id === 'main');
    const place = vendorField(evaluated, 'from')?.place ?? main?.place;
    if (place === undefined) return { sources: [], texts: [] };
    switch (vendorFrom(evaluated)) {
        case 'crates':
            return { sources: [], texts: [{ source: 'main', path: lockPath(evaluated), place }] };
        case 'directory': {
            const path = vendorText(evaluated, 'path');
            if (path === undefined) return { sources: [], texts: [] };
            return { sources: [{ id: 'vendor', source: { type: 'local', path, exclude: [] }, place }], texts: [] };
        }
        case 'bundled':
            return { sources: [], texts: [] };
    }
}

/** Whether the recipe is built by rustc alone. */
export function isWithoutCargo({ root }: Evaluated): boolean {
    return textOf(root, 'driver') === 'rustc';
}

/** What has to be looked at when no Cargo reads the manifests; undefined when Cargo does, or there is no main source. */
export function cargoNeed(evaluated: Evaluated, sources: readonly SourceNeed[]): CargoNeed | undefined {
    const main = sources.find(({ id }) => id === 'main');
    if (evaluated.kind !== 'app' || !isWithoutCargo(evaluated) || main === undefined) return undefined;
    return {
        lock: lockPath(evaluated),
        from: vendorFrom(evaluated),
        path: vendorText(evaluated, 'path'),
        host: String(evaluated.facts['host.triple']),
        target: String(evaluated.facts['target.triple']),
        std: stdOf(evaluated),
        flags: { host: listOf(evaluated.root, 'host-rustflags'), target: flagsOf(evaluated, 'target').rust },
        policy: lockPolicy(evaluated),
        unlock: vendorList(evaluated, 'unlock'),
        replacements: blocksWithSource(evaluated),
        extraFeatures: extraFeatures(evaluated),
        asks: unitAsks(evaluated),
        place: vendorField(evaluated, 'from')?.place ?? main.place,
    };
}

/** Adds the actions that give the folder of crates. */
export function addVendor(lowering: Lowering): Vendor {
    const from = vendorFrom(lowering.evaluated);
    if (from === 'crates') return lockedCrates(lowering);
    const path = vendorText(lowering.evaluated, 'path');
    if (path === undefined) lowering.diagnostics.push(vendorPath(from, vendorField(lowering.evaluated, 'from')?.place));
    if (from === 'bundled') return { directory: `${places.source}/${path ?? ''}`, mounts: {}, registries: [] };
    return mounted('fetch.vendor', []);
}

function mounted(tree: string, registries: readonly string[]): Vendor {
    return { directory: vendorPlace, mounts: { [vendorPlace]: { tree, writable: false } }, registries };
}

function lockedCrates(lowering: Lowering): Vendor {
    const { evaluated, actions, trace } = lowering;
    const place = vendorField(evaluated, 'from')?.place ?? lowering.sources.find(({ id }) => id === 'main')?.place;
    const entries: Record<string, string> = {};
    const registries = new Set<string>();
    for (const locked of place === undefined ? [] : lockedPackages(lowering, place)) {
        if (locked.source === undefined || place === undefined) continue;
        const id = addCrate(lowering, locked, place);
        if (id === undefined) continue;
        entries[`${locked.name}-${locked.version}`] = id;
        registries.add(locked.source);
    }
    actions.set('vendor', { kind: 'compose', entries });
    trace.note(
        ['actions', 'vendor', 'entries'],
        [...keysBelow(evaluated, 'vendor'), ...keysBelow(evaluated, 'source.main')],
    );
    return mounted('vendor', [...registries].sort(compareBytes));
}

function lockedPackages({ evaluated, facts, diagnostics }: Lowering, place: Place): readonly LockedPackage[] {
    const path = lockPath(evaluated);
    const text = facts.texts.get(textKey('main', path));
    if (text === undefined) {
        diagnostics.push(missingLock(path, 'main', place));
        return [];
    }
    const lock = parseCargoLock(text);
    if (lock.ok) return lock.packages;
    diagnostics.push(badLock(path, lock.message, place));
    return [];
}

function addCrate(lowering: Lowering, locked: LockedPackage, place: Place): string | undefined {
    const { name, version, source = '', checksum } = locked;
    if (checksum === undefined || source.startsWith('git+')) {
        lowering.diagnostics.push(unpinnedPackage(name, version, source.split('#')[0] ?? source, place));
        return undefined;
    }
    const id = `fetch.crate.${name}-${version}`;
    lowering.actions.set(id, { kind: 'fetch', source: { type: 'crate', name, version, hash: `sha256:${checksum}` } });
    lowering.trace.note(['actions', id, 'source'], keysBelow(lowering.evaluated, 'source.main'));
    return id;
}

function vendorFrom(evaluated: Evaluated): 'crates' | 'directory' | 'bundled' {
    const from = vendorText(evaluated, 'from');
    return from === 'directory' || from === 'bundled' ? from : 'crates';
}

function blocksWithSource({ root }: Evaluated): CargoNeed['replacements'] {
    return [...labelsOf(root, 'crate')].flatMap(([name, group]) => {
        const source = textOf(group, 'source');
        return source === undefined ? [] : [{ name, source }];
    });
}

function lockPolicy(evaluated: Evaluated): LockPolicy {
    const policy = vendorText(evaluated, 'lock-policy');
    return policy === 'patch' || policy === 'resolve' ? policy : 'require';
}

function vendorList({ root }: Evaluated, name: string): readonly string[] {
    const group = root.groups.get('vendor');
    return group === undefined ? [] : listOf(group, name);
}

function vendorField(evaluated: Evaluated, name: string): Field | undefined {
    return evaluated.root.groups.get('vendor')?.fields.get(name);
}

function vendorText(evaluated: Evaluated, name: string): string | undefined {
    const value = vendorField(evaluated, name)?.value;
    return typeof value === 'string' ? value : undefined;
}

function lockPath(evaluated: Evaluated): string {
    return vendorText(evaluated, 'lock') ?? 'Cargo.lock';
}
