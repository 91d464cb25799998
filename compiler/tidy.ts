// The order in which diagnostics are shown, and one of those that mean the same mistake.
import type { Diagnostic } from '../lang/diagnostic.ts';
import { compareBytes } from './plan/bytes.ts';

/**
 * By file and place; those without a place come last. Of several with one code at one place the first is kept: a
 * profile's mistake is one mistake, however often the profile is applied.
 */
export function tidy(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
    const kept = new Map<string, Diagnostic>();
    for (const diagnostic of diagnostics) {
        const label = primaryOf(diagnostic);
        const key = JSON.stringify([
            diagnostic.code,
            label?.file.path,
            label?.span,
            label === undefined ? diagnostic.message : '',
        ]);
        if (!kept.has(key)) kept.set(key, diagnostic);
    }
    return [...kept.values()].sort(inOrder);
}

function primaryOf({ labels }: Diagnostic): Diagnostic['labels'][number] | undefined {
    return labels.find(({ primary }) => primary);
}

function inOrder(a: Diagnostic, b: Diagnostic): number {
    const left = primaryOf(a);
    const right = primaryOf(b);
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareBytes(left.file.path, right.file.path) || left.span.start - right.span.start;
}
