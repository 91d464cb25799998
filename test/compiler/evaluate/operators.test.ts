// The operators against a model of a few lines, over random chains of statements.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';

const operators = ['=', ':=', '?=', '+=', '-=', '^='] as const;

interface Step {
    readonly layer: number;
    readonly operator: (typeof operators)[number];
    readonly items: readonly string[];
}

interface Model {
    readonly value: readonly string[] | undefined;
    readonly soft: boolean;
    readonly error?: string;
}

const item = fc.constantFrom('a', 'b', 'c', 'd');

function steps(maxItems: number): fc.Arbitrary<readonly Step[]> {
    const step = fc.record({
        layer: fc.nat(2),
        operator: fc.constantFrom(...operators),
        items: fc.array(item, { minLength: 1, maxLength: maxItems }),
    });
    return fc.array(step, { maxLength: 8 }).map((list) => list.toSorted((a, b) => a.layer - b.layer));
}

/** What a statement does to a list, or the first thing that is wrong with it. */
function model({ value, soft }: Model, { layer, operator, items }: Step, set: boolean): Model {
    const fail = (error: string): Model => ({ value, soft, error });
    const repeats = (below: readonly string[]): boolean =>
        set && new Set([...below, ...items]).size < below.length + items.length;
    const put = (next: readonly string[], nextSoft = false): Model => ({ value: next, soft: nextSoft });
    const below = value ?? [];
    switch (operator) {
        case '=':
            if (value !== undefined && !soft) return fail('layer/already-set');
            return repeats([]) ? fail('layer/already-in-set') : put(items);
        case '?=':
            if (layer > 0) return fail('layer/default-above-base');
            if (value !== undefined) return fail('layer/already-set');
            return repeats([]) ? fail('layer/already-in-set') : put(items, true);
        case ':=':
            if (value === undefined) return fail('layer/nothing-to-replace');
            return repeats([]) ? fail('layer/already-in-set') : put(items);
        case '+=':
            return repeats(below) ? fail('layer/already-in-set') : put([...below, ...items]);
        case '^=':
            return repeats(below) ? fail('layer/already-in-set') : put([...items, ...below]);
        case '-=':
            return items.every((one) => below.includes(one))
                ? put(below.filter((one) => !items.includes(one)))
                : fail('layer/not-in-list');
    }
}

function textOf(list: readonly Step[], field: string, spell: (items: readonly string[]) => string): string {
    const layers = [0, 1, 2].map((layer) =>
        list
            .filter((step) => step.layer === layer)
            .map(({ operator, items }) => `    ${field} ${operator} ${spell(items)}\n`)
            .join(''),
    );
    return `rpkg 1

recipe base is app {
    version = 1.0.0
${layers[0] ?? ''}}

overlay one on base {
${layers[1] ?? ''}}

overlay two on one {
${layers[2] ?? ''}}
`;
}

async function agrees(list: readonly Step[], field: string, set: boolean): Promise<void> {
    const quoted = (items: readonly string[]): string => `[${items.map((one) => `"${one}"`).join(', ')}]`;
    const { evaluated, diagnostics } = await check({ 'main.rpkg': textOf(list, field, quoted) }, { recipe: 'two' });
    let state: Model = { value: undefined, soft: false };
    for (const step of list) {
        state = model(state, step, set);
        if (state.error !== undefined) break;
    }
    const codes = diagnostics.map(({ code }) => code);
    if (state.error !== undefined) {
        expect(codes).toContain(state.error);
        return;
    }
    expect(codes).toEqual([]);
    const value = evaluated?.fields.get(field)?.value;
    expect(value).toEqual(set ? state.value?.toSorted() : state.value);
    expect(evaluated?.fields.get(field)?.chain.length ?? 0).toBe(list.length);
}

describe('operators', () => {
    it('do to flag lists what the model does', async () => {
        await fc.assert(
            fc.asyncProperty(steps(3), (list) => agrees(list, 'cflags', false)),
            { numRuns: 300 },
        );
    });

    it('do to sets what the model does', async () => {
        await fc.assert(
            fc.asyncProperty(steps(2), (list) => agrees(list, 'features', true)),
            { numRuns: 300 },
        );
    });

    it('refuse lists’ operators for single values', async () => {
        for (const operator of ['+=', '-=', '^=']) {
            const text = `rpkg 1\n\nrecipe base is app {\n    version = 1.0.0\n    license = "MIT"\n    license ${operator} ["x"]\n}\n`;
            const { diagnostics } = await check({ 'main.rpkg': text });
            expect(diagnostics.map(({ code }) => code)).toEqual(['type/operator']);
        }
    });

    it('are undone by their opposites', async () => {
        const items = fc.uniqueArray(item, { minLength: 1 });
        await fc.assert(
            fc.asyncProperty(items, fc.constantFrom('+=', '^='), async (list, operator) => {
                const flags = `[${list.map((one) => `"-${one}"`).join(', ')}]`;
                const text = `rpkg 1\n\nrecipe base is app {\n    version = 1.0.0\n    cflags = ["-O2", "-g"]\n    cflags ${operator} ${flags}\n    cflags -= ${flags}\n}\n`;
                const { evaluated, diagnostics } = await check({ 'main.rpkg': text });
                expect(diagnostics).toEqual([]);
                expect(evaluated?.fields.get('cflags')?.value).toEqual(['-O2', '-g']);
            }),
            { numRuns: 50 },
        );
    });
});
