import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Atom, Condition, Value } from '../../lang/ast.ts';
import { parse } from '../../lang/parse.ts';
import { printCondition, printValue } from '../../lang/print.ts';
import { conditionText, valueText } from './arbitrary.ts';
import * as tree from './tree.ts';

function valueOf(text: string): Value {
    const { ast, diagnostics } = parse({ path: 'test.rpkg', text: `rpkg 1\nprofile p {\na = ${text}\n}\n` });
    const statement = ast.definitions[0]?.block.statements[0];
    if (diagnostics.length > 0 || statement?.kind !== 'assign') throw new Error(`not a value: ${text}`);
    return statement.value;
}

function conditionOf(text: string): Condition {
    const { ast, diagnostics } = parse({ path: 'test.rpkg', text: `rpkg 1\nprofile p {\nassert ${text}\n}\n` });
    const statement = ast.definitions[0]?.block.statements[0];
    if (diagnostics.length > 0 || statement?.kind !== 'assert') throw new Error(`not a condition: ${text}`);
    return statement.condition;
}

/** A raw string may be printed as a string that has the same value. */
function asText(value: Value): Value {
    return value.kind === 'list' ? { ...value, items: value.items.map(atomAsText) } : atomAsText(value);
}

function atomAsText(atom: Atom): Atom {
    if (atom.kind !== 'raw') return atom;
    const parts = atom.text === '' ? [] : [{ kind: 'literal', text: atom.text } as const];
    return { kind: 'text', parts, span: atom.span };
}

describe('printValue', () => {
    it('prints on one line what is read as the same value', () => {
        fc.assert(
            fc.property(valueText, (text) => {
                const value = valueOf(text);
                const printed = printValue(value);
                expect(printed).not.toContain('\n');
                expect(tree.valueText(asText(valueOf(printed)))).toBe(tree.valueText(asText(value)));
            }),
            { numRuns: 1000 },
        );
    });

    it.each([
        ['a.b-c', 'a.b-c'],
        [String.raw`"x\(a.b)\n\u{1b}é"`, String.raw`"x\(a.b)\n\u{1b}é"`],
        ["'$x'", "'$x'"],
        ["'''\n    a\n    b\n'''", String.raw`"a\nb\n"`],
        ["'''it's'''", `"it's"`],
        ['[ 1.2.3,90min , 4GiB, 12, true ]', '[1.2.3, 90min, 4GiB, 12, true]'],
        ['[]', '[]'],
    ])('%s', (text, expected) => {
        expect(printValue(valueOf(text))).toBe(expected);
    });
});

describe('printCondition', () => {
    it('prints what is read as the same condition', () => {
        fc.assert(
            fc.property(conditionText, (text) => {
                const condition = conditionOf(text);
                expect(tree.conditionText(conditionOf(printCondition(condition)))).toBe(tree.conditionText(condition));
            }),
            { numRuns: 1000 },
        );
    });

    it.each([
        ['((a == b))', 'a == b'],
        ['(a or b) and c', '(a or b) and c'],
        ['(a and b) or c', 'a and b or c'],
        ['not (a and b)', 'not (a and b)'],
        ['not (not a)', 'not (not a)'],
        ['a in [b,c]', 'a in [b, c]'],
    ])('%s', (text, expected) => {
        expect(printCondition(conditionOf(text))).toBe(expected);
    });
});
