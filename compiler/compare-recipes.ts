// Several recipes side by side: for each field, which of them have which value, and why. Knows no plan: recipes can be
// compared that cannot be planned on this machine.
import { shellWords } from './plan/quote.ts';
import type { Evaluated, Field } from './value.ts';

export interface ComparedField {
    readonly key: string;
    /** For lists: items that all recipes have, in the order of the first. Empty for everything else. */
    readonly shared: readonly string[];
    /** Recipes with the same value stand together, in the order in which they were given. */
    readonly sides: readonly Side[];
    /** Whether all recipes have the field, with one value. */
    readonly same: boolean;
}

export interface Side {
    /** Indices of the recipes. */
    readonly recipes: readonly number[];
    /** As the language spells it; texts of several lines as they are; of a list the words that are not shared. Absent where it is not set. */
    readonly value?: string;
    /** What the recipes give as reasons, each once. */
    readonly reasons: readonly string[];
}

/** All fields of all recipes: those of the first in its order, then what only later ones have. */
export function compareRecipes(recipes: readonly Evaluated[]): readonly ComparedField[] {
    const keys = new Set(recipes.flatMap(({ fields }) => [...fields.keys()]));
    return [...keys].map((key) => compareField(key, recipes));
}

function compareField(key: string, recipes: readonly Evaluated[]): ComparedField {
    const fields = recipes.map(({ fields: all }) => all.get(key));
    const shared = sharedItems(fields);
    const sides = new Map<string | undefined, { recipes: number[]; reasons: Set<string> }>();
    for (const [index, field] of fields.entries()) {
        const spelled = field === undefined ? undefined : spelledWithout(field, shared);
        const side = sides.get(spelled) ?? { recipes: [], reasons: new Set<string>() };
        sides.set(spelled, side);
        side.recipes.push(index);
        for (const reason of field === undefined ? [] : reasonsOf(field)) side.reasons.add(reason);
    }
    return {
        key,
        shared,
        sides: [...sides].map(([value, { recipes: indices, reasons }]) => ({
            recipes: indices,
            ...(value === undefined ? {} : { value }),
            reasons: [...reasons],
        })),
        same: sides.size === 1,
    };
}

/** Of a value that was replaced the reasons are gone with it. */
function reasonsOf({ chain }: Field): readonly string[] {
    const last = chain.findLastIndex(({ operator }) => setting.has(operator));
    return chain.slice(Math.max(0, last)).flatMap(({ because }) => because ?? []);
}

/** Operators that leave nothing of what was there before. */
const setting = new Set(['=', '?=', ':=', 'default']);

function sharedItems(fields: readonly (Field | undefined)[]): readonly string[] {
    const lists = fields.map((field) => (typeof field?.value === 'object' ? field.value : []));
    return (lists[0] ?? []).filter((item) => lists.every((list) => list.includes(item)));
}

function spelledWithout({ value, spelled }: Field, shared: readonly string[]): string {
    if (typeof value === 'object') return shellWords(value.filter((item) => !shared.includes(item)));
    return typeof value === 'string' && value.includes('\n') ? value.trimEnd() : spelled;
}
