import { describe, expect, it } from 'vitest';
import { decodeInt, decodeQuantity, decodeText, dedentRaw, hashProblem } from '../../lang/literals.ts';

describe('decodeText', () => {
    it.each([
        [String.raw`""`, []],
        [String.raw`"a\n\t\\\"b"`, ['a\n\t\\"b']],
        [String.raw`"\u{41}\u{1F600}\u{0}"`, ['A😀\0']],
        [String.raw`"\(a)"`, [['a']]],
        [String.raw`"x\(a.b-c)y\(d)"`, ['x', ['a', 'b-c'], 'y', ['d']]],
        [String.raw`"\\(a)"`, [String.raw`\(a)`]],
        ['"$x ${y} `z`"', ['$x ${y} `z`']],
    ])('%s', (image, expected) => {
        const { pieces, problems } = decodeText(image, true);
        expect(problems).toEqual([]);
        expect(
            pieces.map((piece) => (piece.kind === 'literal' ? piece.text : piece.names.map((name) => name.text))),
        ).toEqual(expected);
    });

    it.each([
        [String.raw`"\q"`, 'escape', String.raw`\q`],
        [String.raw`"\'"`, 'escape', String.raw`\'`],
        [String.raw`"\u0041"`, 'escape', String.raw`\u`],
        [String.raw`"\😀"`, 'escape', String.raw`\😀`],
        [String.raw`"\u{}"`, 'code-point', String.raw`\u{}`],
        [String.raw`"\u{d800}"`, 'code-point', String.raw`\u{d800}`],
        [String.raw`"\u{110000}"`, 'code-point', String.raw`\u{110000}`],
        [String.raw`"\()"`, 'interpolation', String.raw`\()`],
        [String.raw`"\( a)"`, 'interpolation', String.raw`\( a)`],
        [String.raw`"\(a."`, 'interpolation', String.raw`\(a.`],
        [String.raw`"\(a..b)"`, 'interpolation', String.raw`\(a..b)`],
        [String.raw`"\(1a)"`, 'interpolation', String.raw`\(1a)`],
    ])('%s is refused', (image, kind, written) => {
        const { problems } = decodeText(image, true);
        expect(problems.map((problem) => [problem.kind, image.slice(problem.span.start, problem.span.end)])).toEqual([
            [kind, written],
        ]);
    });
});

describe('dedentRaw', () => {
    it.each([
        ['one line', ' a ', ' a '],
        ['text on the first line', 'a\n  b\n', 'a\n  b\n'],
        ['common margin', '\n    a\n      b\n    ', 'a\n  b\n'],
        ['closing quotes further left', '\n    a\n  ', 'a\n'],
        ['closing quotes behind text', '\n    a\n    b', 'a\nb'],
        ['white space on empty lines', '\n  a\n      \n\n  b\n', 'a\n\n\nb\n'],
        ['tabs', '\n\t\ta\n\tb\n', '\ta\nb\n'],
        ['tabs and spaces mixed', '\n\ta\n    b\n', '\ta\n    b\n'],
        ['Windows line breaks', '\r\n  a\r\n  b\r\n', 'a\nb\n'],
        ['nothing', '\n', ''],
    ])('%s', (_, content, expected) => {
        expect(dedentRaw(content)).toBe(expected);
    });
});

describe('numbers', () => {
    it.each([
        ['90min', { kind: 'duration', seconds: 5400 }],
        ['6h', { kind: 'duration', seconds: 21_600 }],
        ['2d', { kind: 'duration', seconds: 172_800 }],
        ['200ms', { kind: 'duration', seconds: 1 }],
        ['1000ms', { kind: 'duration', seconds: 1 }],
        ['1001ms', { kind: 'duration', seconds: 2 }],
        ['4GiB', { kind: 'size', bytes: 4_294_967_296 }],
        ['1KiB', { kind: 'size', bytes: 1024 }],
        ['8191TiB', { kind: 'size', bytes: 8191 * 2 ** 40 }],
        ['8192TiB', undefined],
        ['9007199254740992s', undefined],
    ])('%s', (image, expected) => {
        expect(decodeQuantity(image)).toEqual(expected);
    });

    it('keeps integers exactly or not at all', () => {
        expect(decodeInt('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
        expect(decodeInt('9007199254740992')).toBeUndefined();
    });
});

describe('hashProblem', () => {
    it.each([
        [`sha256:${'0'.repeat(64)}`, undefined],
        [`sha512:${'f'.repeat(128)}`, undefined],
        [`blake3:${'a'.repeat(64)}`, undefined],
        [`sha256:${'0'.repeat(63)}`, 'length'],
        ['sha256:', 'length'],
        [`sha256:${'A'.repeat(64)}`, 'digits'],
    ])('%s', (image, expected) => {
        expect(hashProblem(image)).toBe(expected);
    });
});
