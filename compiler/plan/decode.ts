// Unknown JSON → a plan that may be executed, or the list of what is wrong with it.
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../spec/plan.schema.json' with { type: 'json' };
import { type PlanProblem, checkPlan } from './check.ts';
import { planDigest } from './identity.ts';
import type { Plan } from './plan.ts';

export type Decoded =
    | { readonly ok: true; readonly plan: Plan }
    | { readonly ok: false; readonly problems: readonly PlanProblem[] };

/**
 * Checks the schema (unknown keys are refused), the rules of `checkPlan`, and that both digests are the plan's own:
 * a plan that was edited by hand says so instead of being taken for the reviewed one.
 */
export function decodePlan(json: unknown): Decoded {
    const validate = new Ajv2020({ allErrors: false, strict: true }).compile<Plan>(schema);
    if (!validate(json)) {
        const problems = (validate.errors ?? []).map((error) => ({
            at: error.instancePath,
            message: [error.message ?? 'does not fit the schema', ...Object.values(error.params).map(String)].join(
                ': ',
            ),
        }));
        return { ok: false, problems };
    }
    const problems = [...checkPlan(json)];
    const digest = planDigest(json);
    for (const name of ['execution', 'document'] as const) {
        if (json.digest[name] === digest[name]) continue;
        problems.push({ at: `/digest/${name}`, message: `the content has the digest ${digest[name]}` });
    }
    return problems.length > 0 ? { ok: false, problems } : { ok: true, plan: json };
}
