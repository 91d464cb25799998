// One mistake, one diagnostic: the vectors that evaluate, each with one thing spoilt. And no text makes anything throw.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes } from '../../../compiler/errors.ts';
import { isError } from '../../../lang/diagnostic.ts';
import { type Given, check, written } from './check.ts';

const folder = join(import.meta.dirname, '../../../spec/conformance/eval');

interface Vector {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly given: Given;
}

const vectors = readdirSync(folder).map((name): Vector => {
    const names = readdirSync(join(folder, name));
    const read = (file: string): string => readFileSync(join(folder, name, file), 'utf8');
    const recipes = names.filter((file) => file.endsWith('.rpkg'));
    return {
        name,
        files: Object.fromEntries(recipes.map((file) => [file, read(file)])),
        given: names.includes('facts.json') ? (JSON.parse(read('facts.json')) as Given) : {},
    };
});

/** What is said beyond syntax, of a vector with one file changed. Options of the command line are a place of their own. */
async function said({ files, given }: Vector, file: string, text: string): Promise<readonly string[]> {
    const { diagnostics } = await check({ ...files, [file]: text }, given);
    const errors = diagnostics.filter(isError).filter(({ code }) => code !== 'fact/unknown-option');
    return errors.some(({ code }) => code.startsWith('syntax/')) ? [] : errors.map(written);
}

async function expectAtMostOne(vector: Vector, spoil: (text: string) => Iterable<string>): Promise<void> {
    for (const [file, text] of Object.entries(vector.files)) {
        for (const changed of spoil(text)) {
            const messages = await said(vector, file, changed);
            expect(messages.length, messages.join('')).toBeLessThanOrEqual(1);
        }
    }
}

function* misspelled(text: string): Generator<string> {
    for (const { 0: word, index } of text.matchAll(/[A-Za-z_][\w-]*\w/g)) {
        yield `${text.slice(0, index)}${word.slice(0, -1)}qz${word.slice(-1)}${text.slice(index + word.length)}`;
    }
}

function* withLineLost(text: string): Generator<string> {
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
        if (line.trim() !== '' && !/[{}]$/.test(line)) yield lines.toSpliced(index, 1).join('\n');
    }
}

function* withLineTwice(text: string): Generator<string> {
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
        if (line.trim() !== '' && !/[{}]$/.test(line)) yield lines.toSpliced(index, 0, line).join('\n');
    }
}

describe.each(vectors)('$name', (vector) => {
    it('with one word misspelled', () => expectAtMostOne(vector, misspelled));
    it('with one line lost', () => expectAtMostOne(vector, withLineLost));
    it('with one line twice', () => expectAtMostOne(vector, withLineTwice));
});

const known: ReadonlySet<string> = new Set(codes);

describe('any recipe', () => {
    const words = fc.constantFrom(
        ...'recipe overlay profile is on from app generic environment hello base p when else apply assert because until'.split(
            ' ',
        ),
        ...'version source main url hash todo step a b script run after env X option default limits timeout features cflags'.split(
            ' ',
        ),
        ...'target arch amd64 vendor x-a x-b label __proto__ constructor = := ?= += -= ^= { } { } [ ] , . == < and or not in'.split(
            ' ',
        ),
        ...['1.2.3', '5', '90min', '4GiB', '"a"', '"\\(version)"', '"\\(env.X)"', "'raw'", 'true', '\n', '\n', '\n'],
    );
    const statement = fc.constantFrom(
        'version = 1.0.0',
        'version := 2.0.0',
        'env.X = "\\(env.Y)"',
        'env.Y = "\\(env.X)"',
        'env.Y := "\\(summary)"',
        'summary = "\\(version) \\(summary)"',
        'features += [a, b]',
        'features -= [a]',
        'features = a',
        'apply p',
        'apply q',
        'option docs { default = true }',
        'when option.docs {\n summary = "x"\n} else {\n version = 1\n}',
        'when target.arch == amd64 {\n apply q\n}',
        'step a {\n after = [b]\n script = "x"\n}',
        'step b {\n after = [a]\n run = ["\\(env.X)"]\n}',
        'source main {\n path = "."\n}',
        'source main {\n url = "x"\n}',
        'x-a = [1, b]',
        'x-a += ["c"]',
        'x-b {\n y = 1\n}',
        'assert features == 1',
        'assert version >= 1.0 and summary != "x"',
        'environment = e',
        'environment = hello',
        'vendor.lock = "\\(env.X)"',
    );

    it('of words in any order ends without throwing', async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(words, { maxLength: 60 }), async (list) => {
                const { diagnostics } = await check({ 'main.rpkg': `rpkg 1\n${list.join(' ')}\n` });
                expect(diagnostics.filter(({ code }) => !code.startsWith('syntax/') && !known.has(code))).toEqual([]);
            }),
            { numRuns: 500 },
        );
    });

    it('of right statements in any order ends without throwing, and says the same twice', async () => {
        const block = fc.array(statement, { maxLength: 8 }).map((list) => list.join('\n'));
        await fc.assert(
            fc.asyncProperty(block, block, block, block, async (base, above, p, q) => {
                const text = `rpkg 1\nrecipe e is environment {\nprovider = host\n}\nrecipe hello is app {\n${base}\n}\noverlay o on hello {\n${above}\n}\nprofile p {\n${p}\n}\nprofile q {\n${q}\n}\n`;
                const first = await check({ 'main.rpkg': text }, { recipe: 'o' });
                const second = await check({ 'main.rpkg': text }, { recipe: 'o' });
                expect(second.diagnostics.map(written)).toEqual(first.diagnostics.map(written));
                expect(first.diagnostics.filter(({ code }) => !code.startsWith('syntax/') && !known.has(code))).toEqual(
                    [],
                );
                const places = first.diagnostics.flatMap(({ labels }) => labels.filter(({ primary }) => primary));
                expect(places.every(({ span, file }) => span.start < span.end && span.end <= file.text.length)).toBe(
                    true,
                );
            }),
            { numRuns: 500 },
        );
    });
});
