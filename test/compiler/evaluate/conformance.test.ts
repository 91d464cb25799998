// The vectors of spec/conformance/eval and spec/conformance/fail. `npx vitest run --update` rewrites what they expect.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes } from '../../../compiler/errors.ts';
import type { Evaluated, FieldTouch } from '../../../compiler/value.ts';
import { lineColumn } from '../../../lang/source.ts';
import { type Given, check, written } from './check.ts';

const vectors = join(import.meta.dirname, '../../../spec/conformance');
const pages = join(import.meta.dirname, '../../../spec/diagnostics');

function readCase(folder: string): { readonly files: Record<string, string>; readonly given: Given } {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const recipes = names.filter((name) => name.endsWith('.rpkg'));
    return {
        files: Object.fromEntries(recipes.map((name) => [name, read(name)])),
        given: names.includes('facts.json') ? (JSON.parse(read('facts.json')) as Given) : {},
    };
}

function shownTouch({ layer, place, operator, operand, via, when, because, until }: FieldTouch): object {
    const { line, column } = lineColumn(place.file, place.span.start);
    return { layer, at: `${place.file.path}:${line}:${column}`, operator, operand, via, when, because, until };
}

function shown({ name, kind, layers, facts, fields }: Evaluated): object {
    const set = [...fields.values()].filter(({ chain }) => chain[0]?.operator !== 'default');
    const given = [...fields.values()].filter(({ chain }) => chain[0]?.operator === 'default');
    return {
        name,
        kind,
        layers: layers.map((layer) => `${layer.name} ${layer.file.path}`),
        facts,
        fields: Object.fromEntries(
            set.map(({ key, value, spelled, chain, target }) => [
                key,
                { value, spelled, chain: chain.map(shownTouch), target: target?.name },
            ]),
        ),
        defaults: Object.fromEntries(given.map(({ key, spelled }) => [key, spelled])),
    };
}

describe('recipes that evaluate', () => {
    const folder = join(vectors, 'eval');
    it.each(readdirSync(folder))('%s', async (name) => {
        const { files, given } = readCase(join(folder, name));
        const { evaluated, diagnostics } = await check(files, given);
        expect(diagnostics.map(written)).toEqual([]);
        const text = `${JSON.stringify(evaluated === undefined ? undefined : shown(evaluated), undefined, 4)}\n`;
        await expect(text).toMatchFileSnapshot(join(folder, name, 'fields.json'));
    });
});

describe('recipes that do not', () => {
    const folder = join(vectors, 'fail');
    const seen = new Set<string>();
    it.each(readdirSync(folder))('%s', async (name) => {
        const { files, given } = readCase(join(folder, name));
        const { diagnostics } = await check(files, given);
        for (const { code } of diagnostics) seen.add(code);
        expect(diagnostics.length).toBeGreaterThan(0);
        expect(
            diagnostics
                .filter(({ labels }) => labels.length > 0)
                .every(({ labels }) => labels.filter(({ primary }) => primary).length === 1),
        ).toBe(true);
        await expect(diagnostics.map(written).join('\n')).toMatchFileSnapshot(join(folder, name, 'diagnostics.txt'));
    });

    it('show every code', () => {
        expect(codes.filter((code) => !seen.has(code))).toEqual([]);
    });

    it.each(codes)('%s has a page', (code) => {
        const page = readFileSync(join(pages, `${code}.md`), 'utf8');
        expect(page).toMatch(
            new RegExp(`^# ${code}\n\n[^]+\n## Example\n\n\`\`\`rpkg\n[^]+\n## What to do\n\n[^]+\n$`),
        );
    });
});
