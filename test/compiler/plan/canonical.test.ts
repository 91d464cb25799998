import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, sortedEntries } from '../../../compiler/plan/bytes.ts';
import { canonicalJson, hashJson, prettyJson } from '../../../compiler/plan/canonical.ts';
import { keptInKeyOrder } from '../../../compiler/plan/key-order.ts';

/** Text with astral characters, control characters, quotes; every part of it Unicode. */
const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string({
        unit: fc.constantFrom('\0', '\n', '"', '\\', '\u001f', '\u007f', '\u2028', '\ue000', '\u{1f600}', 'é', '_'),
    }),
    fc.constantFrom('__proto__', 'constructor', 'toString', ''),
);
const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'medium' }, text, fc.maxSafeInteger(), fc.boolean(), tie('list'), tie('record')),
    list: fc.array(tie('any'), { maxLength: 4 }),
    // Made of entries, so that `__proto__` is a key and not a prototype.
    record: fc
        .array(fc.tuple(text, tie('any')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries) as unknown),
})).any;

describe('canonical JSON', () => {
    it('is what another implementation of RFC 8785 writes', () => {
        fc.assert(
            fc.property(value, (any) => {
                expect(canonicalJson(any)).toBe(canonicalize(any));
            }),
            { numRuns: 500 },
        );
    });

    it('orders keys by UTF-16 units, not by bytes', () => {
        // The example of RFC 8785, section 3.2.3.
        const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
        const expected = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}';
        expect(canonicalJson(keys)).toBe(expected);
    });

    it('gives the same hash for any order of keys', () => {
        const entries = fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 8 });
        fc.assert(
            fc.property(entries, (list) => {
                expect(hashJson(Object.fromEntries(list.toReversed()))).toBe(hashJson(Object.fromEntries(list)));
            }),
        );
    });

    it('is the same for what is remembered as ordered, whole and in parts', () => {
        fc.assert(
            fc.property(value, fc.nat({ max: 3 }), (any, depth) => {
                const kept = keptInKeyOrder({ z: any, a: [any], '\u{1f600}': { y: any, b: undefined } }, depth);
                const again = { z: any, a: [any], '\u{1f600}': { y: any } };
                expect(canonicalJson(kept ?? again)).toBe(canonicalize(again));
                expect(canonicalJson({ other: kept ?? again, and: 1 })).toBe(canonicalize({ other: again, and: 1 }));
            }),
            { numRuns: 300 },
        );
    });

    it('leaves undefined members out', () => {
        expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
    });

    it.each([
        ['a fraction', { a: 0.5 }],
        ['an unsafe integer', [2 ** 53]],
        ['infinity', Infinity],
        ['NaN', NaN],
        ['null', { a: null }],
        ['undefined in a list', [undefined]],
        ['a function', { a: () => 1 }],
        ['a bigint', 1n],
        ['half of a surrogate pair', ['\ud800']],
        ['a key with half of a surrogate pair', { '\udc00': 1 }],
    ])('refuses %s', (_, bad) => {
        expect(() => canonicalJson(bad)).toThrow();
    });

    it('writes minus zero as zero', () => {
        expect(canonicalJson([-0])).toBe('[0]');
    });

    it('has a pretty form that reads back as the same value and has the same order', () => {
        fc.assert(
            fc.property(value, (any) => {
                const pretty = prettyJson(any);
                expect(pretty.endsWith('\n')).toBe(true);
                expect(canonicalJson(JSON.parse(pretty))).toBe(canonicalJson(any));
                expect(JSON.stringify(JSON.parse(pretty))).toBe(JSON.stringify(JSON.parse(canonicalJson(any))));
            }),
        );
        expect(prettyJson({ b: [], a: { x: [1, 'y'] }, c: {} })).toBe(
            '{\n  "a": {\n    "x": [\n      1,\n      "y"\n    ]\n  },\n  "b": [],\n  "c": {}\n}\n',
        );
    });
});

describe('the order of bytes', () => {
    const unit = fc.constantFrom(
        'a',
        'b',
        '\u007f',
        '\u0080',
        '\ud7ff',
        '\ue000',
        '\uffff',
        '\u{10000}',
        '\ud800',
        '\udc00',
    );
    const string = fc.string({ unit, maxLength: 4 });

    it('is that of Buffer.compare', () => {
        fc.assert(
            fc.property(string, string, (a, b) => {
                const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
                // What differs only in halves of surrogates has equal bytes, and any order will do.
                if (expected !== 0 || a === b) expect(compareBytes(a, b)).toBe(expected);
            }),
            { numRuns: 2000 },
        );
    });

    it('sorts the entries of a record', () => {
        const record = { '\u{10000}': 1, '\uffff': 2, b: 3, B: 4, a: 5, aa: 6 };
        expect(sortedEntries(record).map(([key]) => key)).toEqual(['B', 'a', 'aa', 'b', '\uffff', '\u{10000}']);
    });
});
