// The diagnostics table: one diagnostic per mistake, at the stated place, and everything else is kept. The cases stand in
// `mistakes/`: a name after `===`, an annotated recipe, and after `>` the names of what must be left of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Block, File } from '../../lang/ast.ts';
import { lex } from '../../lang/lexer.ts';
import { parse } from '../../lang/parse.ts';
import { endOf } from '../../lang/tokens.ts';
import { checkAnnotated } from './annotated.ts';

interface Case {
    readonly name: string;
    readonly annotated: string;
    readonly kept: string;
}

function cases(file: string): readonly Case[] {
    const text = readFileSync(join(import.meta.dirname, 'mistakes', file), 'utf8');
    return text
        .split(/^=== /m)
        .slice(1)
        .map((section) => {
            const [name = '', ...lines] = section.trimEnd().split('\n');
            const kept = lines.pop() ?? '';
            if (!kept.startsWith('>')) throw new Error(`${name}: the last line must say what is kept`);
            return { name, annotated: lines.join('\n'), kept: kept.slice(1).trim() };
        });
}

/** The names of all fields and blocks of a file: `a{x y{z}}`. */
function namesIn(file: File): string {
    return file.definitions.map(({ name, block }) => `${name.text}{${namesInBlock(block)}}`).join(' ');
}

function namesInBlock({ statements }: Block): string {
    return statements
        .map((statement) => {
            switch (statement.kind) {
                case 'assign':
                    return statement.path.map((name) => name.text).join('.');
                case 'block':
                    return `${statement.head.text}{${namesInBlock(statement.block)}}`;
                case 'when':
                    return `when{${statement.branches.map(({ block }) => namesInBlock(block)).join('|')}}`;
                case 'apply':
                case 'assert':
                    return statement.kind;
            }
        })
        .join(' ');
}

describe('a mistake in a recipe', () => {
    it.each(cases('statements.txt'))('$name', ({ annotated, kept }) => {
        const before = ['| rpkg 1', '|', '| recipe r is app {'];
        const after = ['| }', '|', '| profile p {', '|     last = 1', '| }'];
        const { ast } = checkAnnotated([...before, annotated, ...after].join('\n'));
        expect(namesIn(ast)).toBe(`r{${kept}} p{last}`);
    });
});

describe('a mistake in a file', () => {
    it.each(cases('files.txt'))('$name', ({ annotated, kept }) => {
        expect(namesIn(checkAnnotated(annotated).ast)).toBe(kept);
    });
});

describe('a slip of the finger', () => {
    const path = join(import.meta.dirname, '../../spec/conformance/parse/application.rpkg');
    const text = readFileSync(path, 'utf8');
    const { tokens } = lex({ path: 'application.rpkg', text });

    it.each(['cut out', 'doubled'])('gives at most one diagnostic when a token is %s', (how) => {
        for (const token of tokens) {
            const middle = how === 'doubled' ? `${token.image} ${token.image}` : '';
            const edited = text.slice(0, token.startOffset) + middle + text.slice(endOf(token));
            const { diagnostics } = parse({ path: `${token.image}@${token.startOffset}`, text: edited });
            expect(diagnostics.slice(1)).toEqual([]);
        }
    });
});

describe('characters that no test file should hold', () => {
    it.each([
        ['no-break space', 'a\u{a0}= 1', 'syntax/stray-character'],
        ['byte order mark', 'a = \u{feff}1', 'syntax/stray-character'],
        ['carriage return', 'a\r= 1', 'syntax/stray-character'],
        ['reversed text in a string', 'a = "\u{202e}"', 'syntax/control-character'],
        ['reversed text in a comment', 'a = 1 # \u{2066}', 'syntax/control-character'],
        ['NUL in a raw string', "a = '\0'", 'syntax/control-character'],
        ['half a character', 'a = "\u{d800}"', 'syntax/control-character'],
    ])('%s', (_, statement, code) => {
        const text = `rpkg 1\nrecipe r is app {\n${statement}\nb = 1\n}\n`;
        const { ast, diagnostics } = parse({ path: 'test.rpkg', text });
        expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
        expect(namesIn(ast)).toBe('r{a b}');
    });
});
