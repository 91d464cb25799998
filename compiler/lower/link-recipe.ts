// The recipe of one link of a chain: what it says itself, but built by the link before, and with no more than the next link needs.
import type { ChainLink } from '../chain-links.ts';
import { type Evaluated, labelsOf, listOf, textOf } from '../value.ts';
import { type Changer, type FieldChange, withFields } from './changed-fields.ts';
import { block, stage0Sources } from './rustc-fields.ts';

/** Label under which the recipe of a link finds what the link before gave. */
export const linkBefore = 'link-before';

/** What of a recipe concerns only those who use what it installs. Blocks and fields that a link in between leaves as they are by default. */
const forUsers: readonly string[] = ['docs', 'targets', 'install', 'output', 'tests', 'pgo'];

/** The recipe of a link; `isFirst` is built by the compiler that its recipe names. */
export function linkRecipe(evaluated: Evaluated, link: ChainLink, isFirst: boolean, changer: Changer): Evaluated {
    const changes = [
        ...llvmChanges(evaluated, link),
        ...(isFirst ? [] : bootstrapChanges(evaluated, link)),
        ...(link.isLast ? [] : betweenChanges(evaluated, link)),
    ];
    return withFields(evaluated, changes, changer);
}

/** Whether a link takes its LLVM from the list of the chain. */
export function takesListedLlvm(evaluated: Evaluated): boolean {
    const llvm = block(evaluated, 'llvm');
    return textOf(llvm, 'link') !== 'bundled' && textOf(llvm, 'config') === undefined;
}

function llvmChanges(evaluated: Evaluated, { llvm, version }: ChainLink): readonly FieldChange[] {
    if (!takesListedLlvm(evaluated) || llvm.listed === undefined) return [];
    const because = `of those that there are, LLVM ${String(llvm.listed)} fits ${version}`;
    return [{ names: ['llvm', 'config'], value: `llvm-config-${String(llvm.listed)}`, because }];
}

function bootstrapChanges(evaluated: Evaluated, { stage0 }: ChainLink): readonly FieldChange[] {
    const because = `a link of a chain is built by the one before it, ${stage0}`;
    return [
        ...sourcesOfStage0(evaluated).map((label) => ({ names: ['source', label], value: undefined, because })),
        { names: ['bootstrap', 'from'], value: [linkBefore], because },
        { names: ['bootstrap', 'version'], value: stage0, because },
        { names: ['bootstrap', 'cargo'], value: stage0, because },
    ];
}

/** Sources that hold nothing but the compiler that the link before takes the place of. */
function sourcesOfStage0(evaluated: Evaluated): readonly string[] {
    const patches = block(evaluated, 'patches');
    const named = [...listOf(patches, 'series'), ...listOf(patches, 'files')].map((text) => text.split('/')[0]);
    const used = new Set(['main', ...listOf(block(evaluated, 'vendor'), 'add'), ...named]);
    const known = labelsOf(evaluated.root, 'source');
    return stage0Sources(evaluated).filter((label) => known.has(label) && !used.has(label));
}

function betweenChanges({ root }: Evaluated, { stage }: ChainLink): readonly FieldChange[] {
    const because = 'links before the last are there to build the next one';
    const isDryRun = textOf(root, 'goal') === 'dry-run';
    return [
        ...(isDryRun ? [] : [{ names: ['goal'], value: undefined, because }]),
        ...forUsers.map((name) => ({ names: [name], value: undefined, because })),
        { names: ['tools'], value: ['cargo'], because },
        { names: ['bootstrap', 'stage'], value: stage, because },
    ];
}
