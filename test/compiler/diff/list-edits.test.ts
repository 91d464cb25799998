import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListEdit, listEdits } from '../../../compiler/diff/list-edits.ts';

/** Whether the edits, done from left to right, can turn one list into the other. */
function leadsTo(before: readonly string[], edits: readonly ListEdit[], after: readonly string[]): boolean {
    const [edit, ...rest] = edits;
    if (edit === undefined) return before.length === after.length && before.every((item, at) => item === after[at]);
    const kept = before.length > 0 && before[0] === after[0] && leadsTo(before.slice(1), edits, after.slice(1));
    if (kept) return true;
    return edit.kind === 'removed'
        ? before[0] === edit.text && leadsTo(before.slice(1), rest, after)
        : after[0] === edit.text && leadsTo(before, rest, after.slice(1));
}

/** Length of the longest common subsequence, by trying everything. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
    if (a.length === 0 || b.length === 0) return 0;
    if (a[0] === b[0]) return 1 + longestCommon(a.slice(1), b.slice(1));
    return Math.max(longestCommon(a.slice(1), b), longestCommon(a, b.slice(1)));
}

describe('the edits between two lists', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 7 });

    it('lead from one to the other, and are as few as possible', () => {
        fc.assert(
            fc.property(list, list, (before, after) => {
                const edits = listEdits(before, after);
                expect(leadsTo(before, edits, after)).toBe(true);
                expect(edits.length).toBe(before.length + after.length - 2 * longestCommon(before, after));
            }),
            { numRuns: 500 },
        );
    });

    it('are in the order in which a reader meets them', () => {
        expect(
            listEdits(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'y', 'd']).map(({ kind, text }) => `${kind} ${text}`),
        ).toEqual(['removed b', 'added x', 'added y']);
    });

    it('stay cheap for long lists', () => {
        const before = Array.from({ length: 20_000 }, (_, at) => `${at}`);
        const after = [...before.slice(0, 9_000), 'new', ...before.slice(9_001)];
        expect(listEdits(before, after)).toHaveLength(2);
        expect(listEdits(before, before.toReversed()).length).toBeGreaterThan(0);
        expect(listEdits(before, [])).toHaveLength(20_000);
    });
});
