// Plan → the text that is stored, reviewed and compared.
import { prettyJson } from '../plan/canonical.ts';
import type { Plan } from '../plan/plan.ts';

/** Sorted keys, two spaces, one list item a line, a final newline. */
export function emitJson(plan: Plan): string {
    return prettyJson(plan);
}
