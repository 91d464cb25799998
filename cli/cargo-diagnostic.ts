// What is wrong with a Cargo workspace that no recipe speaks of: a diagnostic without a place.
import type { CargoProblem } from '../compiler/cargo/problem.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';

export function cargoDiagnostic({ code, message, package: owner, file, help }: CargoProblem): Diagnostic {
    const where = [owner, file].filter((part) => part !== undefined).join(', ');
    return {
        code,
        severity: 'error',
        message: where === '' ? message : `${message} (${where})`,
        labels: [],
        help: help ?? 'correct it in the sources',
    };
}
