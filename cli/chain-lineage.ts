// The lineage of a recipe of kind `chain`: its links as they are planned, with the stage and the LLVM that their recipes take.
import { chainLinks } from '../compiler/chain-links.ts';
import { chainParts } from '../compiler/lower/chain.ts';
import { block, llvmConfig } from '../compiler/lower/rustc-fields.ts';
import type { Lineage, Link } from '../compiler/rustc/lineage.ts';
import { estimateOf } from '../compiler/rustc/lineage-estimate.ts';
import { type Evaluated, numberOf } from '../compiler/value.ts';

/** Undefined for a recipe of another kind, and for a chain without links. */
export function chainLineage(evaluated: Evaluated): Lineage | undefined {
    if (evaluated.kind !== 'chain') return undefined;
    const { lineage, links } = chainLinks(evaluated.root);
    const recipes = new Map(chainParts(evaluated).map((part) => [part.name, part.evaluated]));
    if (lineage === undefined) return undefined;
    return {
        ...lineage,
        links: links.map((link): Link => {
            const recipe = recipes.get(link.name);
            return recipe === undefined ? link : planned(link, recipe, link.isLast);
        }),
    };
}

function planned(link: Link, recipe: Evaluated, isLast: boolean): Link {
    const config = llvmConfig(recipe);
    const major = /-(\d+)$/.exec(config ?? '')?.[1];
    const stage = numberOf(block(recipe, 'bootstrap'), 'stage') ?? link.stage;
    return {
        ...link,
        stage,
        // An `llvm-config` without a number in its name is one that fits: it is asked when planning.
        llvm: { ...link.llvm, major: config === undefined ? undefined : Number(major ?? link.llvm.major ?? 0) },
        estimate: estimateOf({ isLast, isLlvmBuilt: config === undefined, isTwice: stage > 1 }),
    };
}
