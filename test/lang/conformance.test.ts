// The vectors under `spec/conformance` that need no evaluation. `npm run golden` rewrites the expected files.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { format } from '../../lang/format.ts';
import { parse } from '../../lang/parse.ts';
import { lineColumn } from '../../lang/source.ts';
import { treeText } from './tree.ts';

const vectors = join(import.meta.dirname, '../../spec/conformance');

function inputs(folder: string): readonly string[] {
    return readdirSync(join(vectors, folder))
        .filter((file) => file.endsWith('.rpkg') && !file.endsWith('.formatted.rpkg'))
        .map((file) => basename(file, '.rpkg'));
}

function read(...path: readonly string[]): string {
    return readFileSync(join(vectors, ...path), 'utf8');
}

describe('parse', () => {
    it.each(inputs('parse'))('%s', async (name) => {
        const { ast, diagnostics } = parse({ path: `${name}.rpkg`, text: read('parse', `${name}.rpkg`) });
        await expect(treeText(ast)).toMatchFileSnapshot(join(vectors, 'parse', `${name}.tree`));
        const codes = diagnostics.map(({ code, labels }) => {
            const [label] = labels;
            const { line, column } =
                label === undefined ? { line: 0, column: 0 } : lineColumn(label.file, label.span.start);
            return `${line}:${column} ${code}\n`;
        });
        expect(codes.length > 0).toBe(name.startsWith('fail-'));
        if (codes.length > 0) await expect(codes.join('')).toMatchFileSnapshot(join(vectors, 'parse', `${name}.codes`));
    });
});

describe('format', () => {
    it.each(inputs('format'))('%s', async (name) => {
        const result = format({ path: `${name}.rpkg`, text: read('format', `${name}.rpkg`) });
        if ('diagnostics' in result) throw new Error('the vector has mistakes');
        await expect(result.text).toMatchFileSnapshot(join(vectors, 'format', `${name}.formatted.rpkg`));
        expect(format({ path: `${name}.formatted.rpkg`, text: result.text })).toEqual(result);
    });
});
