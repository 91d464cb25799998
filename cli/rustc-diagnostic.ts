// What is wrong between a release of rustc and what is asked of it, where no recipe speaks of it: a diagnostic without a place.
import type { RustcProblem } from '../compiler/rustc/problem.ts';
import type { Diagnostic } from '../lang/diagnostic.ts';

export function rustcDiagnostic({ code, severity, message, help }: RustcProblem): Diagnostic {
    return { code, severity, message, labels: [], help };
}
