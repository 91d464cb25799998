import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic, Label } from '../../lang/diagnostic.ts';
import { diagnosticToJson, renderDiagnostic } from '../../lang/render.ts';
import type { SourceFile } from '../../lang/source.ts';

function label(file: SourceFile, part: string, text: string, primary = true): Label {
    const start = file.text.indexOf(part);
    return { file, span: { start, end: start + part.length }, text, primary };
}

function render(labels: readonly Label[], more: Partial<Diagnostic> = {}): string {
    const diagnostic = { code: 'stage/what', severity: 'error', message: 'it went wrong', labels, ...more } as const;
    return renderDiagnostic(diagnostic, { color: false });
}

const base: SourceFile = { path: 'base.rpkg', text: 'rpkg 1\n\nversion = 1.87.0\n' };
const over: SourceFile = { path: 'dir/over.rpkg', text: `${'\n'.repeat(9)}    version = 1.86.0\n` };

describe('renderDiagnostic', () => {
    it('draws labels in several files, the primary one first', () => {
        const labels = [label(base, 'version', 'first set here', false), label(over, 'version', 'second definition')];
        expect(render(labels, { help: 'write `version := …`' })).toBe(
            [
                'error[stage/what]: it went wrong',
                '   --> dir/over.rpkg:10:5',
                '    |',
                ' 10 |     version = 1.86.0',
                '    |     ^^^^^^^ second definition',
                '   --> base.rpkg:3:1',
                '    |',
                '  3 | version = 1.87.0',
                '    | ------- first set here',
                '   = help: write `version := …`',
            ].join('\n'),
        );
    });

    it('draws several labels in one file in the order of lines', () => {
        const file = { path: 'a.rpkg', text: 'a = [b\nc\nd\ne = 1\n' };
        const labels = [label(file, 'e = 1', 'second'), label(file, '[', 'first', false), label(file, 'b', '', false)];
        expect(render(labels, { severity: 'warning' })).toBe(
            [
                'warning[stage/what]: it went wrong',
                '  --> a.rpkg:4:1',
                '   |',
                ' 1 | a = [b',
                '   |     - first',
                '   |      -',
                '...',
                ' 4 | e = 1',
                '   | ^^^^^ second',
            ].join('\n'),
        );
    });

    it('needs no label', () => {
        expect(render([])).toBe('error[stage/what]: it went wrong');
    });

    it.each([
        ['tabs', '\tx\ty', 'y', '    x   y', '        ^'],
        ['wide characters', '漢字 x', 'x', '漢字 x', '     ^'],
        ['combining characters', 'e\u{301} x', 'x', 'e\u{301} x', '  ^'],
        ['control characters', '\u{1b}[31m x', 'x', '\\u{1b}[31m x', '           ^'],
        ['reversed text', '\u{202e}ab x', 'x', '\\u{202e}ab x', '           ^'],
        ['a span over lines', 'x = [\n]', '[\n]', 'x = [', '    ^'],
        ['half a character', '\u{d800} x', 'x', '\\u{d800} x', '         ^'],
        ['Windows line breaks', 'x\r\ny', 'x', 'x', '^'],
    ])('shows %s', (_, text, part, line, marker) => {
        const drawn = render([label({ path: 'a', text }, part, '')]).split('\n');
        expect(drawn.slice(3)).toEqual([` 1 | ${line}`, `   | ${marker}`]);
    });

    it('shows a place at the end of a line and of the file', () => {
        const file = { path: 'a', text: 'x =\n' };
        const place = (at: number): Label => ({ file, span: { start: at, end: at }, text: 'here', primary: true });
        expect(
            render([place(3)])
                .split('\n')
                .slice(3),
        ).toEqual([' 1 | x =', '   |    ^ here']);
        expect(
            render([place(4)])
                .split('\n')
                .slice(3),
        ).toEqual([' 2 |', '   | ^ here']);
    });

    it('shows a part of an endless line', () => {
        const file = { path: 'a', text: `${'a'.repeat(1_000_000)}X${'b'.repeat(1_000_000)}` };
        const [, , , line = '', marker = ''] = render([label(file, 'X', 'here')]).split('\n');
        expect(line.length).toBeLessThan(200);
        expect(line[marker.indexOf('^')]).toBe('X');
    });

    it('prints nothing that a terminal would obey, whatever it is told', () => {
        const anything = fc.string({ unit: 'binary' });
        fc.assert(
            fc.property(anything, anything, fc.nat(), fc.nat({ max: 9 }), (text, words, at, length) => {
                const start = Math.min(at, text.length);
                const file = { path: words, text };
                const span = { start, end: Math.min(start + length, text.length) };
                const drawn = render([{ file, span, text: words, primary: true }], { message: words, help: words });
                expect(drawn.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
            }),
            { numRuns: 500 },
        );
    });

    it('colours without changing the text', () => {
        const labels = [label(base, 'version', 'here')];
        const diagnostic = { code: 'stage/what', severity: 'error', message: 'no', labels, help: 'do' } as const;
        const colored = renderDiagnostic(diagnostic, { color: true });
        expect(colored).toContain('\u{1b}[1;31merror[stage/what]\u{1b}[0m');
        expect(colored.replaceAll(/\u{1b}\[[\d;]*m/gu, '')).toBe(renderDiagnostic(diagnostic, { color: false }));
    });
});

describe('diagnosticToJson', () => {
    it('gives lines and columns, ends exclusive', () => {
        const labels = [label(over, 'version = 1.86.0', 'here')];
        const diagnostic = { code: 'stage/what', severity: 'error', message: 'no', labels, help: 'do' } as const;
        expect(diagnosticToJson(diagnostic)).toEqual({
            code: 'stage/what',
            severity: 'error',
            message: 'no',
            labels: [
                { file: 'dir/over.rpkg', line: 10, column: 5, endLine: 10, endColumn: 21, text: 'here', primary: true },
            ],
            help: 'do',
        });
    });
});
