import { isError } from '../../lang/diagnostic.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { compileForCheck } from '../prepare.ts';
import { endWithDiagnostics } from '../report.ts';
import { recipeRequest, tellUsage } from '../request.ts';

/** `rpkg check RECIPE…` */
export const check: CommandRun = async (context, args) => {
    const diagnostics = [];
    for (const word of args.operands) {
        const request = recipeRequest(word, args);
        if ('problem' in request) {
            tellUsage(context, request.problem);
            return exitCodes.usage;
        }
        diagnostics.push(...(await compileForCheck(context, request)));
    }
    const json = args.flag('json');
    if (json && diagnostics.length === 0) context.out.write('{ "diagnostics": [] }\n');
    const code = endWithDiagnostics(context, diagnostics, { json });
    if (!json && !diagnostics.some(isError)) {
        context.err.write(
            `${args.operands.length === 1 ? '1 recipe' : `${args.operands.length} recipes`} checked, nothing wrong\n`,
        );
    }
    return code;
};
