// The plan of a recipe, as rpkg itself prints it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePlan } from '../../compiler/plan/decode.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { timed } from './command.ts';
import { rpkgIn } from './rpkg.ts';
import { newFolder, type Workbench } from './workbench.ts';

/** Throws when rpkg prints something else than a plan. */
export async function planOf(bench: Workbench, store: string, recipe: string): Promise<Plan> {
    const file = join(newFolder(bench, 'plan'), 'plan.json');
    await timed(bench, rpkgIn(bench, store, 'plan', recipe, '--output', file));
    const decoded = decodePlan(JSON.parse(readFileSync(file, 'utf8')));
    if (!decoded.ok) throw new Error('rpkg printed a plan that it cannot read');
    return decoded.plan;
}
