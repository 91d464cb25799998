// Which recipe edits explain the differences of two plans. A cause is one statement that is there in one plan and not,
// or not with the same operand, in the other; line numbers do not count, so moving a statement is no cause.
import { withoutLink } from '../field-key.ts';
import { compareBytes } from '../plan/bytes.ts';
import { own } from '../plan/own.ts';
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
    const facts = changedFacts(before, after);
    const direct = new Map<string, readonly Cause[]>(facts.map((fact) => [fact.field, [fact]]));
    for (const field of [...fields].sort(compareBytes)) {
        const edits = fieldCauses(field, before, after, facts);
        if (edits.length > 0) direct.set(field, edits);
    }
    const result = new Map<string, readonly Cause[]>();
    for (const field of fields) {
        if (originOf(field, before)?.value === originOf(field, after)?.value) continue;
        result.set(field, direct.get(field) ?? followed(field, before, after, direct, new Set()));
    }
    return result;
}

function originOf(field: string, plan: Plan): FieldOrigin | undefined {
    return own(plan.provenance.fields, field);
}

/** A text that names another field or a fact changes when that one does. */
function followed(
    field: string,
    before: Plan,
    after: Plan,
    direct: ReadonlyMap<string, readonly Cause[]>,
    seen: Set<string>,
): readonly Cause[] {
    if (seen.has(field)) return [];
    seen.add(field);
    const chains = [before, after].flatMap((plan) => originOf(field, plan)?.chain ?? []);
    const link = field.slice(0, field.length - withoutLink(field).length);
    const named = new Set(
        chains.flatMap((touch) => [...touch.operand.matchAll(/\\\(([^)]+)\)/g)].map(([, name]) => name ?? '')),
    );
    return unique(
        [...named].flatMap((name) => {
            const key = `${link}${name === 'release.epoch' ? 'epoch' : name}`;
            return direct.get(key) ?? followed(`${link}${name}`, before, after, direct, seen);
        }),
    );
}

/** Statements that came, went or were edited; for those under a condition over a changed fact, that fact. */
function fieldCauses(field: string, before: Plan, after: Plan, facts: readonly Cause[]): readonly Cause[] {
    const old = statements(before, originOf(field, before));
    const now = statements(after, originOf(field, after));
    const gone = without(old, now);
    const come = without(now, old);
    if (gone.length + come.length === 0) return reordered(field, old, now);
    const edits = come.flatMap((statement) => {
        const replaced = takePartner(gone, statement);
        const byFact = [statement, ...(replaced === undefined ? [] : [replaced])].flatMap((each) =>
            factsOf(each, facts),
        );
        if (byFact.length > 0) return byFact;
        const kind = replaced === undefined ? 'added' : 'edited';
        return [cause(field, kind, statement, replaced?.touch.operand, statement.touch.operand)];
    });
    const removals = gone.flatMap((statement) => {
        const byFact = factsOf(statement, facts);
        return byFact.length > 0 ? byFact : [cause(field, 'removed', statement, statement.touch.operand, undefined)];
    });
    return unique([...edits, ...removals]);
}

function factsOf({ touch }: Statement, facts: readonly Cause[]): readonly Cause[] {
    const words = new Set((touch.when ?? '').split(/[^A-Za-z0-9_.-]+/));
    return facts.filter(({ field }) => words.has(field));
}

/** The statement that this one was before: of the same layer, and with the same operator if there is one. */
function takePartner(gone: Statement[], { touch }: Statement): Statement | undefined {
    const inLayer = gone.filter((other) => other.touch.layer === touch.layer);
    const partner = inLayer.find((other) => other.touch.operator === touch.operator) ?? inLayer[0];
    if (partner !== undefined) gone.splice(gone.indexOf(partner), 1);
    return partner;
}

/** The first list without one item for each equal item of the second. */
function without(all: readonly Statement[], others: readonly Statement[]): Statement[] {
    const left = others.map(({ key }) => key);
    return all.filter(({ key }) => {
        const at = left.indexOf(key);
        if (at >= 0) left.splice(at, 1);
        return at < 0;
    });
}

/** The same statements in another order, as when two overlays change places: the last one that is not where it was. */
function reordered(field: string, old: readonly Statement[], now: readonly Statement[]): readonly Cause[] {
    const at = now.findLastIndex(({ key }, index) => old[index]?.key !== key);
    const [was, is] = [old[at], now[at]];
    if (was === undefined || is === undefined) return [];
    return [cause(field, 'edited', is, was.touch.operand, is.touch.operand)];
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
    // One statement of a recipe is one cause, for however many links of a chain it counts.
    return {
        field: withoutLink(field),
        kind,
        file,
        line: touch.line,
        layer: touch.layer,
        before,
        after,
        because: touch.because,
    };
}

function changedFacts(before: Plan, after: Plan): readonly Cause[] {
    const names = new Set([...Object.keys(before.context.facts), ...Object.keys(after.context.facts)]);
    return [...names].sort(compareBytes).flatMap((field) => {
        const old = own(before.context.facts, field);
        const now = own(after.context.facts, field);
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
