// The compiler on one screen: load · resolve · evaluate · (facts from outside) · lower. Reading is handed in.
import { type Diagnostic, isError } from '../lang/diagnostic.ts';
import { evaluate } from './evaluate.ts';
import { factsFor } from './facts.ts';
import { loadModules } from './load.ts';
import { resolve } from './resolve.ts';
import type { Evaluated } from './value.ts';

export interface CompileRequest {
    /** The recipe file, as the user named it. */
    readonly main: string;
    /** The recipe or overlay in it; the only one that is no base of another when absent. */
    readonly recipe?: string;
    /** Rust target triples. */
    readonly target: string;
    readonly host: string;
    /** `--option NAME=VALUE`. */
    readonly options: Readonly<Record<string, string>>;
    /** Undefined for a file that is not there. */
    readonly read: (path: string) => Promise<string | undefined>;
}

export interface Compiled {
    readonly evaluated: Evaluated | undefined;
    readonly diagnostics: readonly Diagnostic[];
    /** Every file that was read. */
    readonly files: readonly string[];
}

/** Text → evaluated recipe. A stage with errors ends the pipeline, so that no follow-up noise is reported. */
export async function compile(request: CompileRequest): Promise<Compiled> {
    const { facts, diagnostics: factProblems } = factsFor(request);
    if (facts === undefined) return { evaluated: undefined, diagnostics: factProblems, files: [] };
    const loaded = await loadModules(request.main, request.read);
    const files = [...loaded.modules.keys()];
    const diagnostics = [...loaded.diagnostics];
    if (diagnostics.some(isError)) return { evaluated: undefined, diagnostics, files };
    const { program, diagnostics: nameProblems } = resolve(loaded.modules);
    diagnostics.push(...nameProblems);
    if (diagnostics.some(isError)) return { evaluated: undefined, diagnostics, files };
    const { evaluated, diagnostics: valueProblems } = evaluate(program, {
        main: request.main,
        recipe: request.recipe,
        facts,
    });
    return { evaluated, diagnostics: [...diagnostics, ...valueProblems], files };
}
