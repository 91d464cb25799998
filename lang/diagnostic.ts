// What is told to the user about a recipe: data only. Wording is made in `*-errors.ts`, drawing in `render.ts`.
import type { Place } from './source.ts';

/** A place with a remark. Exactly one label of a diagnostic is primary: the thing to change. */
export interface Label extends Place {
    readonly text: string;
    readonly primary: boolean;
}

export interface Diagnostic {
    /** `stage/what`, for instance `syntax/unclosed-list`. Each has a page in `spec/diagnostics/`. */
    readonly code: string;
    readonly severity: 'error' | 'warning';
    /** What is wrong, in the user's words, without a final full stop. */
    readonly message: string;
    /** May be empty when nothing in a recipe is to blame. */
    readonly labels: readonly Label[];
    /** What to do about it. */
    readonly help?: string;
}

export function isError(diagnostic: Diagnostic): boolean {
    return diagnostic.severity === 'error';
}
