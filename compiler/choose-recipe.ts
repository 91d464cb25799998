// Which recipe of a file is meant.
import type { Diagnostic } from '../lang/diagnostic.ts';
import { nearest } from '../lang/suggest.ts';
import type { Definition } from '../lang/ast.ts';
import { basesOf, valuesOf } from './ast-paths.ts';
import { chooseRecipe, unknownRecipe } from './name-errors.ts';
import { type Chain, type Meaning, type Module, type Program, lookUp } from './program.ts';

export type Chosen = { readonly chain: Chain | undefined } | { readonly problem: Diagnostic };

/**
 * The recipe called `wanted`, or `alias.name` for an imported one. Without a name: the only one that is neither the
 * base of another one, nor an environment for it, nor what a chain or a Cargo is made of.
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
    const parts = new Set(module.ast.definitions.filter(isMadeOfOthers).flatMap(valuesOf).map(onlyName));
    const built = topmost.filter(({ name, chain }) => chain?.kind !== 'environment' && !parts.has(name));
    const [only, ...more] = built.length === 0 ? topmost : built;
    return only === undefined || more.length > 0
        ? { problem: chooseRecipe(module.path, names) }
        : { chain: only.chain };
}

function recipesIn(program: Program, module: Module): readonly Extract<Meaning, { sort: 'recipe' }>[] {
    return [...(program.scopes.get(module.path)?.values() ?? [])].filter((meaning) => meaning.sort === 'recipe');
}

const madeOfOthers: readonly string[] = ['cargo', 'chain'];

function isMadeOfOthers(definition: Definition): boolean {
    return definition.kind === 'recipe' && madeOfOthers.includes(definition.is?.text ?? '');
}

function onlyName({ names }: { readonly names: readonly { readonly text: string }[] }): string | undefined {
    return names.length === 1 ? names[0]?.text : undefined;
}
