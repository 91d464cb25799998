// Runs recipes given as text through loading, resolving and evaluating, as the pipeline does: it stops between stages.
import { type Evaluation, evaluate } from '../../../compiler/evaluate.ts';
import { factsFor } from '../../../compiler/facts.ts';
import { loadModules } from '../../../compiler/load.ts';
import { resolve } from '../../../compiler/resolve.ts';
import { type Diagnostic, isError } from '../../../lang/diagnostic.ts';
import { lineColumn, lineText } from '../../../lang/source.ts';

export interface Given {
    readonly recipe?: string;
    readonly target?: string;
    readonly host?: string;
    readonly options?: Readonly<Record<string, string>>;
}

/** Evaluates `main.rpkg`, or the first file when there is no such file. */
export async function check(files: Readonly<Record<string, string>>, given: Given = {}): Promise<Evaluation> {
    const main = 'main.rpkg' in files ? 'main.rpkg' : (Object.keys(files)[0] ?? 'main.rpkg');
    const host = given.host ?? 'x86_64-unknown-linux-gnu';
    const { facts, diagnostics } = factsFor({ target: given.target ?? host, host, options: given.options ?? {} });
    if (facts === undefined) return { evaluated: undefined, diagnostics };
    const loaded = await loadModules(main, (path) => Promise.resolve(files[path]));
    if (loaded.diagnostics.some(isError)) return { evaluated: undefined, diagnostics: loaded.diagnostics };
    const resolved = resolve(loaded.modules);
    const before = [...loaded.diagnostics, ...resolved.diagnostics];
    if (before.some(isError)) return { evaluated: undefined, diagnostics: before };
    const evaluation = evaluate(resolved.program, { recipe: given.recipe, main, facts });
    return { ...evaluation, diagnostics: [...before, ...evaluation.diagnostics] };
}

/** One recipe of kind `generic` or `app` with these statements. */
export function recipe(kind: 'app' | 'generic', ...statements: readonly string[]): string {
    return `rpkg 1\n\nrecipe hello is ${kind} {\n${['version = 1.2.3', ...statements].map((line) => `    ${line}\n`).join('')}}\n`;
}

/** Every word of a diagnostic as plain text, for comparison. */
export function written({ code, severity, message, labels, help }: Diagnostic): string {
    const places = labels.map(({ file, span, text, primary }) => {
        const { line, column } = lineColumn(file, span.start);
        const source = lineText(file, line).trim();
        const marked = file.text.slice(span.start, span.end).split('\n')[0] ?? '';
        return `  ${primary ? '>' : '-'} ${file.path}:${line}:${column} [${marked}] in [${source}]: ${text}\n`;
    });
    return `${severity} ${code}: ${message}\n${places.join('')}${help === undefined ? '' : `  help: ${help}\n`}`;
}
