// A value with everything that touched it, oldest first.
import type { Answer } from '../compiler/why.ts';
import type { Plan, Touch } from '../compiler/plan/plan.ts';
import type { Paint } from './paint.ts';

/** The chains of all answers, with a final newline. */
export function whyText(plan: Plan, answers: readonly Answer[], paint: Paint): string {
    return `${answers.map((answer) => answerLines(plan, answer, paint).join('\n')).join('\n\n')}\n`;
}

function answerLines(plan: Plan, { field, origin, places }: Answer, paint: Paint): string[] {
    return [
        `${paint.bold(field)} = ${origin.value}`,
        ...origin.chain.flatMap((touch) => touchLines(plan, touch, paint)),
        ...(places.length === 0 ? [] : [`    reaches ${places.join(', ')}`]),
    ];
}

function touchLines(plan: Plan, touch: Touch, paint: Paint): string[] {
    const via = touch.via === undefined ? '' : `, through ${touch.via.join(' → ')}`;
    const when = touch.when === undefined ? '' : `, when ${touch.when}`;
    const place = touch.operator === 'default' ? 'default' : `${plan.provenance.files[touch.file] ?? ''}:${touch.line}`;
    const lines = [`    ${touch.operator.padEnd(3)} ${touch.operand}`, `        ${paint.dim(`${place}    layer ${touch.layer}${via}${when}`)}`];
    if (touch.because !== undefined) {
        lines.push(`        because ${touch.because}${touch.until === undefined ? '' : ` (until ${touch.until})`}`);
    }
    return lines;
}
