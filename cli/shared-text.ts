// What two plans share, as a person reads it: the numbers, then the reasons with all that have the same one.
import type { ApartUnit, SharedActions, SharedCount } from '../compiler/diff/shared.ts';
import type { UnitReason } from '../compiler/diff/unit-reasons.ts';
import type { Plan } from '../compiler/plan/plan.ts';
import { counted } from './counted.ts';
import type { Paint } from './paint.ts';

/** The whole report, with a final newline. */
export function sharedText(before: Plan, after: Plan, shared: SharedActions, paint: Paint): string {
    const title = ({ subject }: Plan): string => `${subject.name} ${subject.version}`;
    const lines = [
        `${title(before)}, ${title(after)}    ${after.context.target}`,
        `${paint.bold(numbers(shared.units, 'units'))}${shared.units.shared === 0 ? '' : ': built once for both'}`,
        `${numbers(shared.actions, 'actions that run')}; ${numbers(shared.sources, 'sources')}`,
        ...apartLines(shared.apart, paint),
    ];
    return `${lines.join('\n')}\n`;
}

function numbers({ before, after, shared }: SharedCount, noun: string): string {
    return `${before} and ${after} ${noun}, ${shared} the same`;
}

function apartLines(apart: readonly ApartUnit[], paint: Paint): readonly string[] {
    if (apart.length === 0) return [];
    const groups = Map.groupBy(apart, ({ reasons }) => reasons.map(reasonText).join('; '));
    return [
        '',
        paint.bold(`Of crates that both have, ${counted(apart.length, 'unit')} not the same`),
        ...[...groups].flatMap(([reason, units]) => [`  ${reason}`, ...units.map((unit) => `      ${names(unit)}`)]),
    ];
}

function names({ before, after }: ApartUnit): string {
    const [left, right] = [before, after].map((id) => id.replace(/^unit\./, ''));
    return left === right ? (left ?? '') : `${left ?? ''} and ${right ?? ''}`;
}

const words: Readonly<Record<UnitReason['kind'], string>> = {
    version: 'another version',
    features: 'features',
    flags: 'flags',
    variables: 'variables',
    sources: 'sources',
    tools: 'tools',
    limits: 'limits',
    dependencies: 'what is below differs',
    salt: 'salt',
};

function reasonText({ kind, details }: UnitReason): string {
    const shown = kind === 'version' ? [] : details.map((detail) => detail.replace(/^unit\./, ''));
    return shown.length === 0 ? words[kind] : `${words[kind]}: ${shown.join(', ')}`;
}
