// The order in which diagnostics are shown, and one of those that mean the same mistake.
import type { Diagnostic, Label } from '../lang/diagnostic.ts';
import { compareBytes } from './plan/bytes.ts';

/** By file and place, those without a place last. Each mistake once. */
export function tidy(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    const kept = new Map<string, Diagnostic>();
    for (const diagnostic of [...diagnostics].sort(inOrder)) {
        const key = mistakeOf(diagnostic);
        const first = kept.get(key);
        kept.set(key, first === undefined ? diagnostic : merged(first, diagnostic));
    }
    return [...kept.values()];
}

/** Errors about a name that is missing: however often it is used, it is missing once. */
const missingNames: ReadonlySet<string> = new Set([
    'name/unknown-definition',
    'name/unknown-label',
    'name/unknown-reference',
    'name/unset-reference',
    'condition/not-a-fact',
]);

/**
 * Of several with one code at one place the first is kept: a profile's mistake is one mistake, however often the profile
 * is applied.
 */
function mistakeOf(diagnostic: Diagnostic): string {
    const { code, message } = diagnostic;
    const label = primaryOf(diagnostic);
    if (label === undefined) return JSON.stringify([code, message]);
    return JSON.stringify([code, label.file.path, missingNames.has(code) ? message : label.span]);
}

/** The first one, with the other place added where it is another one. */
function merged(first: Diagnostic, second: Diagnostic): Diagnostic {
    const label = primaryOf(second);
    const known =
        label === undefined ||
        first.labels.some(({ file, span }) => file === label.file && span.start === label.span.start);
    return known ? first : { ...first, labels: [...first.labels, { ...label, text: 'here too', primary: false }] };
}

function primaryOf({ labels }: Diagnostic): Label | undefined {
    return labels.find(({ primary }) => primary);
}

function inOrder(a: Diagnostic, b: Diagnostic): number {
    const left = primaryOf(a);
    const right = primaryOf(b);
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareBytes(left.file.path, right.file.path) || left.span.start - right.span.start;
}
