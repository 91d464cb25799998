import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { missingMain } from '../../compiler/import-errors.ts';
import type { Diagnostic } from '../../lang/diagnostic.ts';
import { format } from '../../lang/format.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithDiagnostics, endWithFailures } from '../report.ts';

/** `rpkg fmt [--check] FILE…`: a file that does not parse is left alone. */
export const fmt: CommandRun = (context, args) => {
    const json = args.flag('json');
    const diagnostics: Diagnostic[] = [];
    const changed: string[] = [];
    for (const path of args.operands) {
        const full = resolve(context.cwd, path);
        try {
            const text = readFileSync(full, 'utf8');
            const formatted = format({ path, text });
            if ('diagnostics' in formatted) diagnostics.push(...formatted.diagnostics);
            else if (formatted.text !== text) {
                changed.push(path);
                if (!args.flag('check')) writeFileSync(full, formatted.text);
            }
        } catch (error) {
            const code = (error as NodeJS.ErrnoException).code;
            if (code === undefined) throw error;
            if (code === 'ENOENT') return Promise.resolve(endWithDiagnostics(context, [missingMain(path)], { json }));
            return Promise.resolve(
                endWithFailures(context, [{ kind: 'system', code, operation: 'format', path }], { json }),
            );
        }
    }
    if (diagnostics.length > 0) return Promise.resolve(endWithDiagnostics(context, diagnostics, { json }));
    if (json) context.out.write(`${JSON.stringify({ changed }, undefined, 2)}\n`);
    else for (const path of changed) context.out.write(`${path}\n`);
    return Promise.resolve(args.flag('check') && changed.length > 0 ? exitCodes.finding : exitCodes.ok);
};
