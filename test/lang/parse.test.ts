import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, File, Statement } from '../../lang/ast.ts';
import { parse } from '../../lang/parse.ts';
import { brokenText, recipeText } from './arbitrary.ts';
import { treeText } from './tree.ts';

function codes(text: string): readonly string[] {
    return parse({ path: 'test.rpkg', text }).diagnostics.map((diagnostic) => diagnostic.code);
}

function inRecipe(...lines: readonly string[]): string {
    return ['rpkg 1', 'recipe a is app {', ...lines, '}', ''].join('\n');
}

describe('parse', () => {
    it('takes every correct recipe without complaint', () => {
        fc.assert(
            fc.property(recipeText, (text) => {
                expect(codes(text)).toEqual([]);
            }),
            { numRuns: 500 },
        );
    });

    it('never throws, and sorts its diagnostics', () => {
        const anything = fc.oneof(brokenText, fc.string({ unit: 'binary', maxLength: 80 }), fc.string());
        fc.assert(
            fc.property(anything, (text) => {
                const { ast, diagnostics } = parse({ path: 'test.rpkg', text });
                const places = diagnostics.map((diagnostic) => diagnostic.labels[0]?.span.start ?? -1);
                expect(places).toEqual(places.toSorted((a, b) => a - b));
                expect(spansOf(ast).every(({ start, end }) => 0 <= start && start <= end && end <= text.length)).toBe(
                    true,
                );
            }),
            { numRuns: 2000 },
        );
    });

    it('gives the same tree whatever the line endings are', () => {
        fc.assert(
            fc.property(recipeText, fc.constantFrom('\r\n', '\n'), (text, lineBreak) => {
                const { ast } = parse({ path: 'test.rpkg', text: text.replaceAll(/\r?\n/g, lineBreak) });
                expect(treeText(ast)).toBe(treeText(parse({ path: 'test.rpkg', text }).ast));
            }),
        );
    });

    it.each([
        ['a byte order mark at the start', `\u{feff}${inRecipe('a = 1')}`, []],
        ['a byte order mark elsewhere', inRecipe('a = \u{feff}1'), ['syntax/stray-character']],
        ['tabs', inRecipe('\ta\t=\t1'), []],
        ['comments before the header', `# licence\n\n${inRecipe('a = 1')}`, []],
        ['a comment at the very end', `${inRecipe('a = 1')}# end`, []],
        ['no line break at the end', inRecipe('a = 1').trimEnd(), []],
        ['a carriage return alone', inRecipe('a = 1\rb = 2'), ['syntax/stray-character']],
        ['items without commas', inRecipe('a = [b', 'c d', ']'), []],
        ['only the header', 'rpkg 1', []],
    ])('%s', (_, text, expected) => {
        expect(codes(text)).toEqual(expected);
    });

    it('gives names in interpolations their exact place', () => {
        const text = inRecipe(String.raw`    url = "a\n\u{41}\(target.arch)é"`);
        const { ast } = parse({ path: 'test.rpkg', text });
        const statement = ast.definitions[0]?.block.statements[0];
        if (statement?.kind !== 'assign' || statement.value.kind !== 'text') throw new Error('not a string');
        const path = statement.value.parts[1];
        if (path?.kind !== 'path') throw new Error('not a path');
        expect(path.names.map(({ span }) => text.slice(span.start, span.end))).toEqual(['target', 'arch']);
        expect(text.slice(path.span.start, path.span.end)).toBe('target.arch');
    });

    it('keeps comments with their places', () => {
        const text = inRecipe('## doc  ', 'a = 1 # tail', '"#" = "# no"');
        const { comments } = parse({ path: 'test.rpkg', text });
        expect(comments.map((comment) => comment.text)).toEqual(['## doc', '# tail']);
        expect(comments.map(({ span }) => text.slice(span.start, span.end))).toEqual(['## doc', '# tail']);
    });
});

describe('limits', () => {
    const deep = 100_000;
    it.each([
        ['blocks', inRecipe('a {'.repeat(deep) + '}'.repeat(deep)), 'syntax/too-deep'],
        ['unclosed blocks', inRecipe('a {\n'.repeat(deep)), 'syntax/too-deep'],
        ['parentheses', inRecipe(`assert ${'('.repeat(deep)}a${')'.repeat(deep)}`), 'syntax/too-deep'],
        ['brackets', inRecipe(`a = ${'['.repeat(deep)}${']'.repeat(deep)}`), 'syntax/nested-list'],
    ])('deep nesting of %s gives one diagnostic', (_, text, code) => {
        expect(codes(text)).toEqual([code]);
    });

    it('refuses files beyond four Mi characters at once', () => {
        expect(codes('x'.repeat(10_000_000))).toEqual(['syntax/too-large']);
    });

    const size = 200_000;
    it.each([
        ['statements', inRecipe('a = 1\n'.repeat(size / 6))],
        ['list items', inRecipe(`a = [${'b,\n'.repeat(size / 3)}]`)],
        ['terms', inRecipe(`assert ${'a or '.repeat(size / 5)}b`)],
        ['else branches', inRecipe(`when a {\n${'} else when b {\n'.repeat(size / 16)}}`)],
        ['statements on one line', inRecipe('a = 1 '.repeat(size / 6))],
        ['labels', inRecipe(`${'a '.repeat(size / 2)}{\n}`)],
        ['digits', inRecipe(`a = ${'1.'.repeat(size / 2)}1`)],
        ['hyphens', inRecipe(`${'a-'.repeat(size / 2)}a = 1`)],
        ['escapes', inRecipe(`a = "${'\\n'.repeat(size / 2)}"`)],
        ['empty lines', inRecipe('\n'.repeat(size))],
        ['quotes', inRecipe('"\n'.repeat(size / 2))],
        ['apostrophes', inRecipe("'\n".repeat(size / 2))],
        ['raw blocks', inRecipe("a = '''\n".repeat(size / 8))],
        ['closing braces', inRecipe('}\n'.repeat(size / 2))],
        ['opening brackets', inRecipe('a = [b\n'.repeat(size / 7))],
        ['stray characters', inRecipe('§ '.repeat(size / 2))],
        ['carriage returns', inRecipe('\r'.repeat(size))],
    ])('many %s take linear time', (_, text) => {
        const start = performance.now();
        expect(codes(text).length).toBeLessThanOrEqual(500);
        expect(performance.now() - start).toBeLessThan(30_000);
    });
});

interface Spanned {
    readonly start: number;
    readonly end: number;
}

function spansOf(file: File): readonly Spanned[] {
    return [
        file.span,
        ...file.uses.map((use) => use.span),
        ...file.definitions.flatMap(({ span, name, block }) => [
            span,
            name.span,
            ...block.statements.flatMap(statementSpans),
        ]),
    ];
}

function statementSpans(statement: Statement): readonly Spanned[] {
    switch (statement.kind) {
        case 'assign':
            return [statement.span, statement.operatorSpan, statement.value.span];
        case 'block':
            return [statement.span, statement.block.span, ...statement.block.statements.flatMap(statementSpans)];
        case 'when':
            return statement.branches.flatMap(({ condition, block }) => [
                ...(condition === undefined ? [] : conditionSpans(condition)),
                ...block.statements.flatMap(statementSpans),
            ]);
        case 'apply':
            return [statement.span];
        case 'assert':
            return [statement.span, ...conditionSpans(statement.condition)];
    }
}

function conditionSpans(condition: Condition): readonly Spanned[] {
    if (condition.kind !== 'or' && condition.kind !== 'and') return [condition.span];
    return [condition.span, ...condition.terms.flatMap(conditionSpans)];
}
