// What must stay in step: tokens and grammar, grammar and its specification, codes and their pages and tests.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HeadParser } from '../../lang/grammar.ts';
import { parse } from '../../lang/parse.ts';
import { syntaxCodes } from '../../lang/syntax-errors.ts';
import { tokens } from '../../lang/tokens.ts';

const root = join(import.meta.dirname, '../..');

function read(...path: readonly string[]): string {
    return readFileSync(join(root, ...path), 'utf8');
}

const grammar = new HeadParser({ validate: true });
const rules = Object.keys(grammar.getGAstProductions());

describe('tokens', () => {
    /** White space is only there to be skipped, a wrong literal only to be complained about. */
    const notParsed = ['byteOrderMark', 'space', 'comment', 'rawBlock', 'identifier', 'badNumber'];
    const readers = ['grammar.ts', 'outline.ts', 'rows.ts', 'parse.ts', 'head-errors.ts', 'lexer.ts'];
    const uses = readers.map((file) => read('lang', file)).join('\n');

    it.each(Object.keys(tokens).filter((name) => !notParsed.includes(name)))('%s is used', (name) => {
        expect(uses).toMatch(new RegExp(`\\b(?:t|tokens)\\.${name}\\b`));
    });
});

describe('grammar.ebnf', () => {
    /** These are read by `outline.ts` and `parse.ts`, not by the grammar of lines. */
    const structure = ['file', 'header', 'definition', 'block', 'statement'];
    const specified = [...read('spec', 'grammar.ebnf').matchAll(/^(\w+) +=/gm)].map(([, name]) => name ?? '');

    it('has the rules of the grammar and of the structure above it', () => {
        expect(specified.toSorted()).toEqual([...structure, ...rules].sort());
    });

    it('names in each rule only rules and tokens that there are', () => {
        const text = read('spec', 'grammar.ebnf').replaceAll(/\(\*[\s\S]*?\*\)|"[^"]*"/g, '');
        const named = new Set(text.match(/\b[a-z]\w*/g));
        expect([...named].filter((name) => !specified.includes(name))).toEqual([]);
    });
});

describe('codes', () => {
    const pages = readdirSync(join(root, 'spec/diagnostics/syntax'));
    const here = import.meta.dirname;
    const tests = ['parse.test.ts', 'mistakes.test.ts', 'mistakes/files.txt', 'mistakes/statements.txt']
        .map((file) => readFileSync(join(here, file), 'utf8'))
        .join('\n');

    it('have one page each', () => {
        expect(pages.toSorted()).toEqual(syntaxCodes.map((code) => `${code.slice('syntax/'.length)}.md`).sort());
    });

    it.each(syntaxCodes)('%s is tested, and its example shows it', (code) => {
        expect(tests).toContain(code);
        const page = read('spec/diagnostics', `${code}.md`);
        expect(page.startsWith(`# ${code}\n`)).toBe(true);
        const example = /^```rpkg\n([\s\S]*?)^```$/m.exec(page)?.[1];
        if (example === undefined) return;
        const whole = /^(?:rpkg|recipe|overlay|profile|use)\b/.test(example);
        const indented = example.replaceAll(/^(?=.)/gm, '    ');
        const text = whole ? example : `rpkg 1\n\nrecipe example is app {\n${indented}}\n`;
        expect(parse({ path: `${code}.md`, text }).diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    });
});

describe('language.md', () => {
    it('has examples that parse', () => {
        for (const [, example = ''] of read('spec/language.md').matchAll(/^```rpkg\n([\s\S]*?)^```$/gm)) {
            const text = example.startsWith('rpkg') ? example : `rpkg 1\n\nprofile example {\n${example}}\n`;
            expect(parse({ path: 'language.md', text }).diagnostics).toEqual([]);
        }
    });
});
