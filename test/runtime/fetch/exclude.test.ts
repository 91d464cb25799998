import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excludeFrom } from '../../../runtime/fetch/exclude.ts';

interface Case {
    readonly pattern: string;
    readonly out: readonly string[];
    readonly stays: readonly string[];
}

const file = (): boolean => false;
const folder = (): boolean => true;

const cases: readonly Case[] = [
    { pattern: 'target', out: ['target', 'a/target', 'a/b/target'], stays: ['targets', 'a/targe', 'target.txt'] },
    { pattern: '/target', out: ['target'], stays: ['a/target'] },
    { pattern: '*.o', out: ['x.o', 'a/x.o', '.o'], stays: ['x.oo', 'x.o/y'] },
    { pattern: 'docs/*.md', out: ['docs/a.md'], stays: ['docs/a/b.md', 'x/docs/a.md'] },
    { pattern: 'docs/**/*.md', out: ['docs/a.md', 'docs/a/b/c.md'], stays: ['doc/a.md'] },
    { pattern: 'a?c', out: ['abc', 'x/aéc'], stays: ['ac', 'a/c'] },
    { pattern: 'a+b(c)[d]{e}|f^g$.h-i', out: ['a+b(c)[d]{e}|f^g$.h-i'], stays: ['aab'] },
    { pattern: 'result', out: ['result'], stays: ['result-1'] },
    { pattern: '', out: [], stays: ['a', '.'] },
];

describe('patterns', () => {
    test.each(cases)('$pattern', ({ pattern, out, stays }) => {
        const exclude = excludeFrom([pattern]);
        expect(out.filter((path) => !exclude(path, file))).toEqual([]);
        expect(stays.filter((path) => exclude(path, file))).toEqual([]);
    });

    test('a slash at the end means directories only', () => {
        const exclude = excludeFrom(['build/']);
        expect(exclude('build', folder)).toBe(true);
        expect(exclude('a/build', folder)).toBe(true);
        expect(exclude('build', file)).toBe(false);
    });

    test('only version control data is left out when nothing is said', () => {
        const exclude = excludeFrom([]);
        expect(exclude('.git', folder)).toBe(true);
        expect(exclude('vendor/x/.git', file)).toBe(true);
        for (const path of ['target', '.gitignore', '.github', 'result']) expect(exclude(path, folder)).toBe(false);
    });

    test('a pattern without special characters means exactly itself', () => {
        const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[/*?]/.test(text));
        fc.assert(
            fc.property(name, name, (pattern, other) => {
                const exclude = excludeFrom([pattern]);
                expect(exclude(`deep/${pattern}`, file)).toBe(true);
                expect(exclude(other, file)).toBe(other === pattern || other === '.git');
            }),
        );
    });

    test('any text is a pattern', () => {
        fc.assert(fc.property(fc.string({ unit: 'binary' }), (pattern) => void excludeFrom([pattern])('a/b', file)));
    });
});
