import fc from 'fast-check';
import { Lexer } from 'chevrotain';
import { describe, expect, it } from 'vitest';
import { lex } from '../../lang/lexer.ts';
import { endOf, vocabulary } from '../../lang/tokens.ts';
import { brokenText, recipeText } from './arbitrary.ts';

/** Tokens by name, without line breaks. */
function names(text: string): string {
    const { tokens } = lex({ path: 'test.rpkg', text });
    return tokens
        .map(
            (token) => `${token.tokenType.name.charAt(0).toLowerCase()}${token.tokenType.name.slice(1)}:${token.image}`,
        )
        .join(' ');
}

describe('lex', () => {
    it('loses nothing: tokens, comments, stray characters and blanks are the source', () => {
        fc.assert(
            fc.property(fc.oneof(recipeText, brokenText, fc.string({ unit: 'binary' })), (text) => {
                const { tokens, comments, strays } = lex({ path: 'test.rpkg', text });
                const pieces = [
                    ...[...tokens, ...comments].map((token) => ({ start: token.startOffset, end: endOf(token) })),
                    ...strays,
                ].sort((a, b) => a.start - b.start);
                let at = 0;
                for (const { start, end } of pieces) {
                    expect(start).toBeGreaterThanOrEqual(at);
                    expect(text.slice(at, start)).toMatch(at === 0 ? /^\u{feff}?[ \t]*$/u : /^[ \t]*$/);
                    at = end;
                }
                expect(text.slice(at)).toMatch(at === 0 ? /^\u{feff}?[ \t]*$/u : /^[ \t]*$/);
            }),
            { numRuns: 1000 },
        );
    });

    it.each([
        ['1.86.0', 'version:1.86.0'],
        ['1.5', 'version:1.5'],
        ['1.0.0-rc.1+build.5', 'version:1.0.0-rc.1+build.5'],
        ['90min 4GiB 200ms', 'quantity:90min quantity:4GiB quantity:200ms'],
        ['12', 'int:12'],
        ['12GB 0755 1.2.x 1.', 'badNumber:12GB badNumber:0755 badNumber:1.2.x badNumber:1.'],
        ['1.2-=', 'version:1.2 remove:-='],
        ['a-b-c a-=b', 'identifier:a-b-c identifier:a remove:-= identifier:b'],
        ['whenever when in-line in', 'identifier:whenever when:when identifier:in-line in:in'],
        ['recipes recipe', 'identifier:recipes recipe:recipe'],
        ['sha256:0a sha256', 'hash:sha256:0a identifier:sha256'],
        ['"a\\"b" \'a"b\'', 'text:"a\\"b" raw:\'a"b\''],
        ["'' ''' x ''' ''''''", "raw:'' rawBlock:''' x ''' rawBlock:''''''"],
        [
            'a:=b ?= != ! : :',
            'identifier:a replace::= identifier:b defaultTo:?= notEqual:!= foreign:! foreign:: foreign::',
        ],
        ['<= =< => ===', 'atMost:<= foreign:=< foreign:=> foreign:==='],
        ['"open, ]', 'openText:"open comma:, rightBracket:]'],
        ["'open {", "openRaw:'open leftBrace:{"],
    ])('%s', (text, expected) => {
        expect(names(text)).toBe(expected);
    });

    it('has a vocabulary that Chevrotain accepts', () => {
        const config = { positionTracking: 'onlyOffset', ensureOptimizations: true } as const;
        expect(new Lexer(vocabulary, config).lexerDefinitionErrors).toEqual([]);
    });
});
