// Which recipe edits explain the differences of two plans. A cause is one statement that is there in one plan and not,
// or not with the same operand, in the other; line numbers do not count, so moving a statement is no cause.
import { compareBytes } from '../plan/bytes.ts';
import type { FieldOrigin, Plan, Touch } from '../plan/plan.ts';

export interface Cause {
    /** The field it acts on; for a changed fact, the fact. */
    readonly field: string;
    readonly kind: 'edited' | 'added' | 'removed' | 'fact';
    readonly file: string;
    readonly line: number;
    readonly layer: string;
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly because: string | undefined;
}

/** Field → the edits that changed its value; a field that only follows another one has that one's edits. */
export function causesByField(before: Plan, after: Plan): ReadonlyMap<string, readonly Cause[]> {
    const fields = new Set([...Object.keys(before.provenance.fields), ...Object.keys(after.provenance.fields)]);
    const direct = new Map<string, readonly Cause[]>();
    for (const field of [...fields].sort(compareBytes)) direct.set(field, fieldCauses(field, before, after));
    for (const fact of changedFacts(before, after)) {
        if ((direct.get(fact.field) ?? []).length === 0) direct.set(fact.field, [fact]);
    }
    const result = new Map<string, readonly Cause[]>();
    for (const field of direct.keys()) {
        if (!valueDiffers(field, before, after)) continue;
        const own = direct.get(field) ?? [];
        result.set(field, own.length > 0 ? own : followed(field, before, after, direct, new Set()));
    }
    return result;
}

function valueDiffers(field: string, before: Plan, after: Plan): boolean {
    return before.provenance.fields[field]?.value !== after.provenance.fields[field]?.value;
}

/** A text that names another field, or a condition over a fact, changes when that one does. */
function followed(
    field: string,
    before: Plan,
    after: Plan,
    direct: ReadonlyMap<string, readonly Cause[]>,
    seen: Set<string>,
): readonly Cause[] {
    if (seen.has(field)) return [];
    seen.add(field);
    const chains = [before, after].flatMap((plan) => plan.provenance.fields[field]?.chain ?? []);
    const named = new Set(
        chains.flatMap((touch) => [...touch.operand.matchAll(/\\\(([^)]+)\)/g)].map(([, name]) => name ?? '')),
    );
    return unique(
        [...named].flatMap((name) => {
            const own = direct.get(name === 'release.epoch' ? 'epoch' : name) ?? [];
            return own.length > 0 ? own : followed(name, before, after, direct, seen);
        }),
    );
}

function fieldCauses(field: string, before: Plan, after: Plan): readonly Cause[] {
    const old = statements(before, before.provenance.fields[field]);
    const now = statements(after, after.provenance.fields[field]);
    const gone = old.filter(({ key }) => !now.some((other) => other.key === key));
    const come = now.filter(({ key }) => !old.some((other) => other.key === key));
    const causes: Cause[] = [];
    for (const statement of come) {
        const pair = gone.findIndex(
            ({ touch }) => touch.layer === statement.touch.layer && touch.operator === statement.touch.operator,
        );
        const [replaced] = pair < 0 ? [] : gone.splice(pair, 1);
        causes.push(
            cause(
                field,
                replaced === undefined ? 'added' : 'edited',
                statement,
                replaced?.touch.operand,
                statement.touch.operand,
            ),
        );
    }
    return [
        ...causes,
        ...gone.map((statement) => cause(field, 'removed', statement, statement.touch.operand, undefined)),
    ];
}

interface Statement {
    readonly key: string;
    readonly file: string;
    readonly touch: Touch;
}

function statements(plan: Plan, origin: FieldOrigin | undefined): readonly Statement[] {
    return (origin?.chain ?? []).map((touch) => ({
        key: [touch.layer, touch.operator, touch.operand, ...(touch.via ?? [])].join('\0'),
        file: plan.provenance.files[touch.file] ?? '',
        touch,
    }));
}

function cause(
    field: string,
    kind: Cause['kind'],
    { file, touch }: Statement,
    before: string | undefined,
    after: string | undefined,
): Cause {
    return { field, kind, file, line: touch.line, layer: touch.layer, before, after, because: touch.because };
}

function changedFacts(before: Plan, after: Plan): readonly Cause[] {
    const names = new Set([...Object.keys(before.context.facts), ...Object.keys(after.context.facts)]);
    return [...names].sort(compareBytes).flatMap((field) => {
        const old = before.context.facts[field];
        const now = after.context.facts[field];
        if (old === now) return [];
        return [
            {
                field,
                kind: 'fact' as const,
                file: '',
                line: 0,
                layer: '',
                before: old === undefined ? undefined : String(old),
                after: now === undefined ? undefined : String(now),
                because: undefined,
            },
        ];
    });
}

/** Several fields may follow one edit: it is still one cause. */
export function unique(causes: readonly Cause[]): readonly Cause[] {
    const seen = new Map<string, Cause>();
    for (const each of causes) seen.set(causeKey(each), each);
    return [...seen.values()];
}

/** A statement that sets one field is one cause; so is a statement under one label that sets many. */
export function causeKey({ field, kind, file, line, layer }: Cause): string {
    return [field, kind, file, line, layer].join('\0');
}
