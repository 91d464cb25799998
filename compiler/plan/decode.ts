// Unknown JSON → a plan that may be executed, or the list of what is wrong with it.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
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
    const validate = schemaValidator();
    if (!validate(json)) return { ok: false, problems: (validate.errors ?? []).map(schemaProblem) };
    // Only a plan that follows the rules has canonical JSON, and with it digests.
    const broken = checkPlan(json);
    const problems = broken.length > 0 ? broken : digestProblems(json);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, plan: json };
}

let compiled: ValidateFunction<Plan> | undefined;

/** Made once, and only in a process that reads a plan: compiling the schema takes longer than most plans do. */
function schemaValidator(): ValidateFunction<Plan> {
    compiled ??= new Ajv2020({ allErrors: false, strict: true, discriminator: true }).compile<Plan>(schema);
    return compiled;
}

function digestProblems(plan: Plan): readonly PlanProblem[] {
    const digest = planDigest(plan);
    return (['execution', 'document'] as const)
        .filter((name) => plan.digest[name] !== digest[name])
        .map((name) => ({ at: `/digest/${name}`, message: `the content has the digest ${digest[name]}` }));
}

function schemaProblem({ instancePath, keyword, params, message }: ErrorObject): PlanProblem {
    const words = params as Readonly<Record<string, unknown>>;
    return { at: instancePath, message: wording(keyword, words) ?? message ?? 'does not fit the schema' };
}

/** For what happens most; the other messages of the validator are good enough. */
function wording(keyword: string, words: Readonly<Record<string, unknown>>): string | undefined {
    const quoted = (key: string): string => `\`${String(words[key])}\``;
    switch (keyword) {
        case 'additionalProperties':
            return `there is no key ${quoted('additionalProperty')} here`;
        case 'required':
            return `the key ${quoted('missingProperty')} is missing`;
        case 'discriminator':
            return `the key ${quoted('tag')} has no known value`;
        case 'const':
            return `must be ${quoted('allowedValue')}`;
        default:
            return undefined;
    }
}
