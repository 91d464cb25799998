import { compareRecipes } from '../../compiler/compare-recipes.ts';
import type { Evaluated } from '../../compiler/value.ts';
import { isError } from '../../lang/diagnostic.ts';
import type { CommandRun } from '../command.ts';
import { compareText } from '../compare-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { paintFor } from '../paint.ts';
import { evaluateRecipe } from '../prepare.ts';
import { endWithDiagnostics } from '../report.ts';
import { recipeRequest, tellUsage } from '../request.ts';

/** `rpkg compare RECIPE RECIPE…` */
export const compare: CommandRun = async (context, args) => {
    const recipes: Evaluated[] = [];
    const json = args.flag('json');
    for (const word of args.operands) {
        const request = recipeRequest(word, args);
        if ('problem' in request) {
            tellUsage(context, request.problem);
            return exitCodes.usage;
        }
        const { evaluated, diagnostics } = await evaluateRecipe(context, request);
        if (evaluated === undefined || diagnostics.some(isError))
            return endWithDiagnostics(context, diagnostics, { json });
        recipes.push(evaluated);
    }
    const names = namesOf(recipes, args.operands);
    const fields = compareRecipes(recipes).filter(({ same }) => !same || args.flag('all'));
    if (json) {
        const named = fields.map(({ sides, ...field }) => ({
            ...field,
            sides: sides.map((side) => ({ ...side, recipes: side.recipes.map((index) => names[index]) })),
        }));
        context.out.write(`${JSON.stringify({ recipes: names, fields: named }, undefined, 2)}\n`);
    } else if (fields.length > 0) context.out.write(compareText(fields, names, paintFor(context.out.color)));
    return fields.some(({ same }) => !same) ? exitCodes.finding : exitCodes.ok;
};

/** The topmost layer of each; with its file where two are called alike. */
function namesOf(recipes: readonly Evaluated[], words: readonly string[]): readonly string[] {
    const tops = recipes.map(({ layers, name }) => layers.at(-1)?.name ?? name);
    return tops.map((top, index) => (tops.indexOf(top) === tops.lastIndexOf(top) ? top : (words[index] ?? top)));
}
