import { dirname } from 'node:path';
import { why as answersTo } from '../../compiler/why.ts';
import type { CommandRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { paintFor } from '../paint.ts';
import { whyText } from '../why-text.ts';
import { withPlan } from '../with-plan.ts';

/** `rpkg why RECIPE QUESTION` */
export const why: CommandRun = (context, args) =>
    withPlan(context, args, args.operands[0] ?? '', 'present', ({ plan, json, request }) => {
        const question = args.operands.slice(1).join(' ');
        const answers = answersTo(plan, question);
        if (json) context.out.write(`${JSON.stringify({ files: plan.provenance.files, answers }, undefined, 2)}\n`);
        else if (answers.length > 0)
            context.out.write(whyText(plan, answers, dirname(request.file), paintFor(context.out.color)));
        else {
            context.err.write(`nothing in the recipe says \`${question}\`; \`rpkg plan\` shows all there is\n`);
        }
        return Promise.resolve(answers.length > 0 ? exitCodes.ok : exitCodes.finding);
    });
