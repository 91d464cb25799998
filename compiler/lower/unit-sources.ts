// Sources of units → actions: crates that the graph uses, patched where the recipe says so, and of the workspace what a
// member needs to see.
import { isInside } from '../cargo/folder-path.ts';
import type { Package } from '../cargo/package.ts';
import type { Workspace } from '../cargo/workspace.ts';
import { compareBytes, sortedEntries } from '../plan/bytes.ts';
import type { Mount, TreeRef } from '../plan/plan.ts';
import { shellWord } from '../plan/quote.ts';
import type { Place } from '../../lang/source.ts';
import { labelsOf, listOf } from '../value.ts';
import { type Lowering, limitsOf, places, sourceMounts } from './context.ts';
import type { CrateOverrides } from './crate-overrides.ts';
import { unknownPatch } from './errors.ts';
import { hiddenFolders } from './member-view.ts';
import type { CargoFacts } from './needs.ts';
import type { Planned } from './planned-units.ts';
import { keysBelow } from './trace.ts';
import { unitEnv } from './unit-env.ts';
import { workspaceFolder } from './unit-places.ts';
import type { UnitsRequest } from './unit-work.ts';

/** The workspace and the crates that the graph really uses, patched where the recipe says so; crates become fetch actions. */
export function sourcesOf(
    lowering: Lowering,
    { graph, workspace }: Planned,
    { facts, overrides }: { readonly facts: CargoFacts; readonly overrides: CrateOverrides },
): UnitsRequest['sourceOf'] {
    const sources = new Map<string, TreeRef>();
    const packages = [...new Set(graph.units.map((unit) => unit.package))];
    for (const [at, source] of sortedEntries(Object.fromEntries(facts.crates))) {
        const owners = packages.filter(({ root }) => isInside(root, at));
        if (owners.length === 0) continue;
        const id = `fetch.crate.${at.slice(at.lastIndexOf('/') + 1)}`;
        lowering.actions.set(id, { kind: 'fetch', source });
        lowering.trace.note(
            ['actions', id, 'source'],
            [...keysBelow(lowering.evaluated, 'vendor'), ...owners.map(({ id: { name } }) => `crate.${name}.source`)],
        );
        const patches = [...new Set(owners.flatMap((owner) => overrides(owner)?.patches ?? []))];
        sources.set(at, patches.length === 0 ? id : addPatched(lowering, at, id, patches));
    }
    const members = new Map<Package, TreeRef>();
    return (which) => {
        const at = [...sources.keys()].find((folder) => isInside(which.root, folder));
        if (at !== undefined) return { at, tree: sources.get(at) ?? '' };
        const known = members.get(which) ?? memberTree(lowering, workspace, which, { facts, overrides });
        members.set(which, known);
        return { at: workspaceFolder, tree: known };
    };
}

/** The workspace as a member sees it. */
function memberTree(
    lowering: Lowering,
    workspace: Workspace,
    which: Package,
    { facts, overrides }: { readonly facts: CargoFacts; readonly overrides: CrateOverrides },
): TreeRef {
    const isLocal = which.origin === 'member' || which.origin === 'local';
    if (!isLocal || overrides(which)?.seesWorkspace === true) return 'fetch.main';
    const without = hiddenFolders(facts.view, workspace, which);
    if (without.length === 0) return 'fetch.main';
    const id = `source.${which.id.name}-${which.id.version}`;
    lowering.actions.set(id, { kind: 'select', tree: 'fetch.main', without: [...without].sort(compareBytes) });
    return id;
}

/** The crate with the recipe's patches: one action, whoever uses the crate. */
function addPatched(lowering: Lowering, at: string, tree: TreeRef, patches: readonly string[]): TreeRef {
    const id = `patch.${at.slice(at.lastIndexOf('/') + 1)}`;
    const mounts: Record<string, Mount> = { [at]: { tree, writable: true } };
    const commands = patches.map((text) => {
        const slash = text.indexOf('/');
        const [source, file] = [text.slice(0, slash), text.slice(slash + 1)];
        const [found] = Object.entries(sourceMounts(lowering, [source], false));
        if (slash < 0 || found === undefined) {
            lowering.diagnostics.push(unknownPatch(text, patchesPlace(lowering, text)));
            return '';
        }
        mounts[found[0]] = found[1];
        return `patch --batch --forward -p1 -i ${shellWord(`${found[0]}/${file}`)}`;
    });
    lowering.actions.set(id, {
        kind: 'run',
        commands: [{ script: [...commands, "find . -name '*.orig' -type f -exec rm -f {} +"].join('\n') }],
        ...lowering.surroundings,
        env: unitEnv(lowering),
        cwd: at,
        mounts,
        outputs: { out: at },
        scratch: places.build,
        limits: limitsOf(lowering, lowering.evaluated.root, 1),
    });
    lowering.trace.note(['actions', id], keysBelow(lowering.evaluated, 'crate'));
    return id;
}

function patchesPlace({ evaluated }: Lowering, text: string): Place | undefined {
    for (const block of labelsOf(evaluated.root, 'crate').values()) {
        if (listOf(block, 'patches').includes(text)) return block.fields.get('patches')?.place;
    }
    return undefined;
}
