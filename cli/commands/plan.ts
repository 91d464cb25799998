import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { emitJson } from '../../compiler/emit/json.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { endWithFailures } from '../report.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg plan RECIPE [-o FILE]` */
export const plan: CommandRun = (context, args) =>
    withPlan(context, args, args.operands[0] ?? '', 'present', (planned) => {
        const text = emitJson(planned.plan);
        const output = args.value('output');
        if (output === undefined) {
            context.out.write(text);
            return Promise.resolve(exitCodes.ok);
        }
        try {
            writeFileSync(resolve(context.cwd, output), text);
            return Promise.resolve(exitCodes.ok);
        } catch (error) {
            const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
            return Promise.resolve(
                endWithFailures(context, [{ kind: 'system', code, operation: 'write', path: output }], planned),
            );
        }
    });
