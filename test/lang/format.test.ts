import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { File } from '../../lang/ast.ts';
import { format } from '../../lang/format.ts';
import { parse } from '../../lang/parse.ts';
import { recipeText } from './arbitrary.ts';
import { treeText } from './tree.ts';

function formatted(text: string): string {
    const result = format({ path: 'test.rpkg', text });
    if ('diagnostics' in result) throw new Error(result.diagnostics.map((diagnostic) => diagnostic.code).join());
    return result.text;
}

/** The order of imports means nothing, and the formatter sorts them. */
function meaning(text: string): string {
    const { ast } = parse({ path: 'test.rpkg', text });
    const uses = ast.uses.toSorted((a, b) => (treeText(only(ast, a)) < treeText(only(ast, b)) ? -1 : 1));
    return treeText({ ...ast, uses });
}

function only(file: File, use: File['uses'][number]): File {
    return { ...file, uses: [use], definitions: [] };
}

describe('format', () => {
    it('changes nothing when it is applied twice', () => {
        fc.assert(
            fc.property(recipeText, (text) => {
                const once = formatted(text);
                expect(formatted(once)).toBe(once);
            }),
            { numRuns: 1000 },
        );
    });

    it('keeps the meaning', () => {
        fc.assert(
            fc.property(recipeText, (text) => {
                expect(meaning(formatted(text))).toBe(meaning(text));
            }),
            { numRuns: 1000 },
        );
    });

    it('keeps every comment', () => {
        fc.assert(
            fc.property(recipeText, (text) => {
                const comments = (of: string): readonly string[] =>
                    parse({ path: 'test.rpkg', text: of })
                        .comments.map((comment) => comment.text)
                        .sort();
                expect(comments(formatted(text))).toEqual(comments(text));
            }),
            { numRuns: 500 },
        );
    });

    it('writes short lines without blanks at the end, and one final line break', () => {
        fc.assert(
            fc.property(recipeText, (text) => {
                const result = formatted(text);
                expect(result.endsWith('\n') && !result.endsWith('\n\n')).toBe(true);
                expect(result).not.toContain('\r');
            }),
        );
    });

    it('refuses a file with errors', () => {
        const result = format({ path: 'test.rpkg', text: 'rpkg 1\nrecipe a is app {\n' });
        expect('diagnostics' in result && result.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([
            'syntax/unclosed-block',
        ]);
    });
});
