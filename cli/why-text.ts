// A value with everything that touched it, oldest first.
import { join } from 'node:path';
import type { Answer } from '../compiler/why.ts';
import type { Plan, Touch } from '../compiler/plan/plan.ts';
import type { Paint } from './paint.ts';

/** The chains of all answers, with a final newline. `folder` is the recipe's, as the user named it. */
export function whyText(plan: Plan, answers: readonly Answer[], folder: string, paint: Paint): string {
    const files = plan.provenance.files.map((file) => join(folder, file));
    return `${answers.map((answer) => answerLines(files, answer, paint).join('\n')).join('\n\n')}\n`;
}

function answerLines(files: readonly string[], { field, origin, places }: Answer, paint: Paint): string[] {
    return [
        `${paint.bold(field)} = ${origin.value}`,
        ...origin.chain.flatMap((touch) => touchLines(files, touch, paint)),
        ...(places.length === 0 ? [] : [`    reaches ${places.join(', ')}`]),
    ];
}

function touchLines(files: readonly string[], touch: Touch, paint: Paint): string[] {
    const via = touch.via === undefined ? '' : `, through ${touch.via.join(' → ')}`;
    const when = touch.when === undefined ? '' : `, when ${touch.when}`;
    const place = touch.operator === 'default' ? 'default' : `${files[touch.file] ?? ''}:${touch.line}`;
    const lines = [
        `    ${touch.operator.padEnd(3)} ${touch.operand}`,
        `        ${paint.dim(`${place}    layer ${touch.layer}${via}${when}`)}`,
    ];
    if (touch.because !== undefined) {
        lines.push(`        because ${touch.because}${touch.until === undefined ? '' : ` (until ${touch.until})`}`);
    }
    return lines;
}
