// How `rpkg compare` shows recipes side by side.
import type { ComparedField, Side } from '../compiler/compare-recipes.ts';
import { shellWords } from '../compiler/plan/quote.ts';
import type { Paint } from './paint.ts';

/** One block for each field, with a final newline. `names` belong to the recipes that were compared. */
export function compareText(fields: readonly ComparedField[], names: readonly string[], paint: Paint): string {
    return `${fields.map((field) => fieldLines(field, names, paint).join('\n')).join('\n\n')}\n`;
}

function fieldLines({ key, shared, sides, same }: ComparedField, names: readonly string[], paint: Paint): string[] {
    const who = ({ recipes }: Side): string =>
        recipes.length === names.length ? 'all' : recipes.map((index) => names[index]).join(', ');
    const width = Math.max(...sides.map((side) => who(side).length));
    const indent = `    ${' '.repeat(width)}  `;
    return [
        paint.bold(key),
        ...(shared.length === 0 || same ? [] : [`    all have ${shellWords(shared)}`]),
        ...sides.flatMap((side) => [
            `    ${who(side).padEnd(width)}  ${valueOf(side, same ? shared : [], paint).replaceAll('\n', `\n${indent}`)}`,
            ...side.reasons.map((reason) => `${indent}${paint.dim(`because ${reason}`)}`),
        ]),
    ];
}

function valueOf({ value }: Side, shared: readonly string[], paint: Paint): string {
    if (value === undefined) return paint.dim('not set');
    if (value !== '') return value;
    return shared.length > 0 ? shellWords(shared) : paint.dim('nothing more');
}
