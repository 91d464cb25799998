// The codes of every diagnostic that loading, resolving and evaluating can give, and how one is put together. Wording
// is in `import-errors`, `name-errors`, `type-errors`, `layer-errors` and `condition-errors`.
import type { Diagnostic, Label } from '../lang/diagnostic.ts';
import type { Place } from '../lang/source.ts';

/** Each has a page `spec/diagnostics/CODE.md` and a test. */
export const codes = [
    'assert/failed',
    'condition/mismatch',
    'condition/not-a-fact',
    'condition/unknown-word',
    'fact/bad-option',
    'fact/unknown-option',
    'fact/unknown-target',
    'import/absolute-path',
    'import/cycle',
    'import/duplicate-alias',
    'import/hash-mismatch',
    'import/missing-file',
    'import/unused-alias',
    'layer/already-in-set',
    'layer/already-set',
    'layer/applied-twice',
    'layer/conditional-constant',
    'layer/default-above-base',
    'layer/expired',
    'layer/not-in-list',
    'layer/nothing-to-replace',
    'name/choose-recipe',
    'name/different-root',
    'name/duplicate-definition',
    'name/recursion',
    'name/shared-layer',
    'name/too-deep',
    'name/unknown-definition',
    'name/unknown-kind',
    'name/unknown-label',
    'name/unknown-reference',
    'name/unset-reference',
    'name/wrong-sort',
    'type/constant',
    'type/label',
    'type/mismatch',
    'type/missing-field',
    'type/not-scalar',
    'type/operator',
    'type/too-long',
    'type/unknown-field',
    'type/way',
] as const;

export type Code = (typeof codes)[number];

/** The place to change. */
export function here(place: Place, text: string): Label {
    return { file: place.file, span: place.span, text, primary: true };
}

/** A place that explains the other one. */
export function there(place: Place, text: string): Label {
    return { file: place.file, span: place.span, text, primary: false };
}

export function error(code: Code, message: string, labels: readonly Label[], help?: string): Diagnostic {
    return { code, severity: 'error', message, labels, ...(help === undefined ? {} : { help }) };
}

export function warning(code: Code, message: string, labels: readonly Label[], help?: string): Diagnostic {
    return { ...error(code, message, labels, help), severity: 'warning' };
}

/** `` did you mean `x`? ``, or what else there is to say. */
export function didYouMean(nearest: string | undefined, otherwise: string): string {
    return nearest === undefined ? otherwise : `did you mean \`${nearest}\`?`;
}

/** `` `a`, `b` and `c` ``; long lists end in a count. */
export function listed(words: Iterable<string>, most = 24): string {
    const all = [...words];
    const shown = all.slice(0, most).map((word) => `\`${word}\``);
    if (all.length > most) return `${shown.join(', ')} and ${all.length - most} more`;
    const last = shown.pop();
    if (last === undefined) return 'none';
    return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
