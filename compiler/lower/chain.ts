// Kind `chain`: each link is a recipe of kind `rustc` that is built by the link before it (spec/chains.md).
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { idleLlvm, otherCompiler, chainProblem } from '../chain-errors.ts';
import { type ChainLink, chainLinks } from '../chain-links.ts';
import { fieldKey } from '../field-key.ts';
import type { TreeRef } from '../plan/plan.ts';
import { noListedLlvm } from '../rustc/lineage-llvm.ts';
import { type Evaluated, listOf, textOf } from '../value.ts';
import { addCertificate } from './certificate.ts';
import type { LoweredPart, Lowering, Part } from './context.ts';
import { linkBefore, linkRecipe, takesListedLlvm } from './link-recipe.ts';
import { mergeParts } from './merge-parts.ts';
import { stage0Of } from './rustc-stage0.ts';

/** The recipes of the links, in order. With `goal = dry-run` the first alone: those behind it need its compiler. */
export function chainParts(evaluated: Evaluated): readonly Part[] {
    const parts = linksOf(evaluated).map(({ link, recipe }, at): Part => {
        const changer = { layer: evaluated.name, place: placeOf(evaluated, recipe) };
        return { name: link.name, evaluated: linkRecipe(recipe, link, at === 0, changer) };
    });
    const [first] = parts;
    return first !== undefined && endsWithDryRun(first) ? [first] : parts;
}

interface LinkWithRecipe {
    readonly link: ChainLink;
    /** As it was written. */
    readonly recipe: Evaluated;
}

function linksOf(evaluated: Evaluated): readonly LinkWithRecipe[] {
    return chainLinks(evaluated.root).links.flatMap((link) => {
        const recipe = evaluated.parts?.get(link.name);
        return recipe === undefined ? [] : [{ link, recipe }];
    });
}

function placeOf({ root }: Evaluated, recipe: Evaluated): Changer['place'] {
    const place = root.fields.get('version')?.place ?? root.place ?? recipe.root.fields.get('version')?.place;
    if (place === undefined) throw new Error('a recipe without a place');
    return place;
}

type Changer = Parameters<typeof linkRecipe>[3];

function endsWithDryRun({ evaluated }: Part): boolean {
    return textOf(evaluated.root, 'goal') === 'dry-run';
}

/** What is wrong with the choice of an LLVM, whatever the world is like. */
export function checkChain(evaluated: Evaluated): readonly Diagnostic[] {
    if (listOf(evaluated.root, 'llvm').length === 0) return [];
    const place = evaluated.root.fields.get('llvm')?.place;
    const takers = linksOf(evaluated).filter(({ recipe }) => takesListedLlvm(recipe));
    if (takers.length === 0) return [idleLlvm(place)];
    const majors = listOf(evaluated.root, 'llvm').map(Number);
    return takers
        .filter(({ link }) => link.llvm.listed === undefined)
        .map(({ link }) => chainProblem(noListedLlvm(link.version, majors), place));
}

/** Adds the links and their certificates; `out` is what the last one installs. */
export function lowerChain(lowering: Lowering): Record<string, TreeRef> {
    const { evaluated, parts } = lowering;
    const links = linksOf(evaluated);
    checkBegin(lowering);
    const merged = mergeParts(lowering, {
        suffix: suffixOf,
        prefix: ({ name }) => `${fieldKey(['link', name])}.`,
        given: (part) => new Map(givenTo(parts, part)),
    });
    let outputs: Readonly<Record<string, TreeRef>> = {};
    let certificate: TreeRef | undefined;
    for (const [at, part] of parts.entries()) {
        const place = merged.get(part);
        const link = links[at]?.link;
        if (place === undefined || link === undefined) continue;
        outputs = Object.fromEntries(Object.entries(part.outputs).map(([name, tree]) => [name, place.ref(tree)]));
        const { out } = outputs;
        if (out === undefined || endsWithDryRun({ name: part.name, evaluated: part.lowering.evaluated })) continue;
        certificate = addCertificate(lowering, { part, place, link, out, before: certificate });
    }
    return { ...outputs, ...(certificate === undefined ? {} : { certificate }) };
}

function suffixOf({ name }: LoweredPart): string {
    return `@${name}`;
}

/** What the link before installs stands in for a source of this one. */
function givenTo(parts: readonly LoweredPart[], part: LoweredPart): readonly (readonly [TreeRef, TreeRef])[] {
    const before = parts[parts.indexOf(part) - 1];
    const out = before?.outputs['out'];
    return before === undefined || out === undefined ? [] : [[`fetch.${linkBefore}`, `${out}${suffixOf(before)}`]];
}

/** The compiler that the first link is built with is the one that the chain begins with. */
function checkBegin({ evaluated, parts, diagnostics }: Lowering): void {
    const have = evaluated.root.fields.get('have');
    const begin = parts[0] === undefined ? undefined : stage0Of(parts[0].lowering);
    const { lineage } = chainLinks(evaluated.root);
    if (begin === undefined || lineage === undefined || begin.rustc === lineage.have) return;
    diagnostics.push(otherCompiler(lineage.have, begin.rustc, have?.place));
}
