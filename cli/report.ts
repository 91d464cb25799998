// How a command ends badly: diagnostics or failures, told once, with the exit code of the worst class.
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import { diagnosticToJson, renderDiagnostic } from '../lang/render.ts';
import type { Failure } from '../runtime/failure.ts';
import type { Context } from './context.ts';
import { lastLines } from './action-log.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { failureDiagnostic, failureExit } from './failure.ts';

export interface ReportOptions {
    readonly json?: boolean;
}

/** Prints diagnostics: drawn on standard error, or as one JSON document on standard output. */
export function tellDiagnostics(context: Context, diagnostics: readonly Diagnostic[], options: ReportOptions): void {
    if (diagnostics.length === 0) return;
    if (options.json === true) {
        context.out.write(`${JSON.stringify({ diagnostics: diagnostics.map(diagnosticToJson) }, undefined, 2)}\n`);
        return;
    }
    for (const diagnostic of diagnostics)
        context.err.write(`${renderDiagnostic(diagnostic, { color: context.err.color })}\n`);
}

/** For diagnostics of a recipe. */
export function endWithDiagnostics(
    context: Context,
    diagnostics: readonly Diagnostic[],
    options: ReportOptions,
): ExitCode {
    tellDiagnostics(context, diagnostics, options);
    return diagnostics.some(isError) ? exitCodes.recipe : exitCodes.ok;
}

/** For failures of the world. */
export function endWithFailures(context: Context, all: readonly Failure[], options: ReportOptions): ExitCode {
    // Several actions may have waited for one thing that failed: it is told once.
    const failures = [...new Map(all.map((failure) => [JSON.stringify(failure), failure])).values()];
    if (options.json === true) tellDiagnostics(context, failures.map(failureDiagnostic), options);
    else for (const failure of failures) tellFailure(context, failure);
    const codes = failures.map(failureExit);
    return codes.reduce<ExitCode>((worst, code) => (code > worst ? code : worst), exitCodes.ok);
}

/** With the end of what the action printed: most often that alone says what is wrong. */
function tellFailure(context: Context, failure: Failure): void {
    for (const line of lastLines(failure)) context.err.write(`  | ${line}\n`);
    tellDiagnostics(context, [failureDiagnostic(failure)], {});
}
