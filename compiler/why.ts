// A question about a plan → the chains of the fields that answer it. Reads only what the plan itself carries.
import { fieldIndex } from './field-index.ts';
import { withoutLink } from './field-key.ts';
import { compareBytes } from './plan/bytes.ts';
import { canonicalJson } from './plan/canonical.ts';
import { own } from './plan/own.ts';
import type { FieldOrigin, Plan } from './plan/plan.ts';

export interface Answer {
    readonly field: string;
    readonly origin: FieldOrigin;
    /** JSON pointers of the plan that this field had a part in (and, for a searched word, that hold the word). */
    readonly places: readonly string[];
}

/**
 * `question` may be a field (`ldflags`; of a chain, that of each link), a group of fields (`limits`), a JSON pointer into the plan
 * (`/actions/build/env/LDFLAGS`, and for all that is below it `/actions/build`), or a word to look for in the values
 * (`-Wl,-z,now`, `/usr/lib/llvm`). Empty when nothing answers.
 */
export function why(plan: Plan, question: string): readonly Answer[] {
    const fields = Object.keys(plan.provenance.fields).sort(compareBytes);
    const isNamed = (field: string): boolean => field === question || field.startsWith(`${question}.`);
    const named = fields.filter((field) => isNamed(field) || isNamed(withoutLink(field)));
    if (named.length > 0) return named.flatMap((field) => answer(plan, field, undefined));
    const noted = new Set(question.startsWith('/') ? fieldIndex(plan)(question) : []);
    if (noted.size > 0)
        return fields.filter((field) => noted.has(field)).flatMap((field) => answer(plan, field, undefined));
    return fields
        .filter((field) => mentions(own(plan.provenance.fields, field), question))
        .flatMap((field) => answer(plan, field, question));
}

function mentions(origin: FieldOrigin | undefined, word: string): boolean {
    if (origin === undefined) return false;
    return origin.value.includes(word) || origin.chain.some(({ operand }) => operand.includes(word));
}

function answer(plan: Plan, field: string, word: string | undefined): readonly Answer[] {
    const origin = own(plan.provenance.fields, field);
    if (origin === undefined) return [];
    const places = Object.entries(plan.provenance.values)
        .filter(([, keys]) => keys.includes(field))
        .map(([at]) => at)
        .filter((at) => word === undefined || holds(valueAt(plan, at), word))
        .sort(compareBytes);
    return [{ field, origin, places }];
}

/** Whether the text of a value, or of one inside it, has the word. */
function holds(value: unknown, word: string): boolean {
    return canonicalJson(value ?? '').includes(canonicalJson(word).slice(1, -1));
}

/** The value at a JSON pointer; undefined when the plan has none there. */
function valueAt(plan: Plan, at: string): unknown {
    let value: unknown = plan;
    for (const segment of at.split('/').slice(1)) {
        if (typeof value !== 'object' || value === null) return undefined;
        value = own(value as Readonly<Record<string, unknown>>, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    return value;
}
