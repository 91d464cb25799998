// Which recipe of a file is meant.
import type { Diagnostic } from '../lang/diagnostic.ts';
import { nearest } from '../lang/suggest.ts';
import { basesOf } from './ast-paths.ts';
import { chooseRecipe, unknownRecipe } from './name-errors.ts';
import { type Chain, type Meaning, type Module, type Program, lookUp } from './program.ts';

export type Chosen = { readonly chain: Chain | undefined } | { readonly problem: Diagnostic };

/**
 * The recipe called `wanted`, or `alias.name` for an imported one. Without a name: the only one that is neither the
 * base of another one nor an environment for it.
 */
export function chooseChain(program: Program, module: Module, wanted: string | undefined): Chosen {
    const recipes = recipesIn(program, module);
    const names = recipes.map(({ name }) => name);
    if (wanted !== undefined) {
        const meaning = lookUp(program, module, wanted.split('.'));
        if (meaning?.sort === 'recipe') return { chain: meaning.chain };
        return { problem: unknownRecipe(wanted, module.path, nearest(wanted, names), names) };
    }
    const bases = new Set(module.ast.definitions.flatMap((definition) => basesOf(definition).map(onlyName)));
    const topmost = recipes.filter(({ name }) => !bases.has(name));
    const built = topmost.filter(({ chain }) => chain?.kind !== 'environment');
    const [only, ...more] = built.length === 0 ? topmost : built;
    return only === undefined || more.length > 0
        ? { problem: chooseRecipe(module.path, names) }
        : { chain: only.chain };
}

function recipesIn(program: Program, module: Module): readonly Extract<Meaning, { sort: 'recipe' }>[] {
    return [...(program.scopes.get(module.path)?.values() ?? [])].filter((meaning) => meaning.sort === 'recipe');
}

function onlyName({ names }: { readonly names: readonly { readonly text: string }[] }): string | undefined {
    return names.length === 1 ? names[0]?.text : undefined;
}
