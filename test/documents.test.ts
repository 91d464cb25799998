// Documents are tests: recipes of the repository are right and formatted, every diagnostic has its page, and what the README
// shows exists.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../cli/commands.ts';
import { commandHelp, programHelp } from '../cli/help.ts';
import { compile } from '../compiler/compile.ts';
import { exceptions } from '../compiler/flags/exceptions.ts';
import { isError } from '../lang/diagnostic.ts';
import { format } from '../lang/format.ts';
import { allTables } from '../runtime/isa/classify.ts';

const root = path.join(import.meta.dirname, '..');

function filesBelow(folder: string, ending: string): readonly string[] {
    return fs
        .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
        .map((name) => `${folder}/${name}`);
}

const recipes = [...filesBelow('recipes', '.rpkg'), ...filesBelow('examples', '.rpkg')];

describe.each(recipes)('%s', (file) => {
    const text = fs.readFileSync(path.join(root, file), 'utf8');

    test('is in the canonical format', () => {
        expect(format({ path: file, text })).toEqual({ text });
    });

    // A file of profiles alone is checked through the recipes that use it.
    const names = [...text.matchAll(/^(?:recipe|overlay) (\S+) /gm)].map(([, name = '']) => name);

    test.each(names)('has no diagnostic for %s', async (recipe) => {
        const { diagnostics } = await compile({
            main: file,
            recipe,
            target: 'x86_64-unknown-linux-gnu',
            host: 'x86_64-unknown-linux-gnu',
            options: {},
            read: (name) => Promise.resolve(fs.readFileSync(path.join(root, name), 'utf8')),
        });
        expect(diagnostics.filter(isError)).toEqual([]);
    });
});

describe('diagnostics of lowering and of the command line', () => {
    const codes = new Set<string>();
    const collect = (file: string, pattern: RegExp, stage: string): void => {
        for (const [, code = ''] of fs.readFileSync(path.join(root, file), 'utf8').matchAll(pattern))
            codes.add(stage + code);
    };
    for (const file of ['compiler/lower/errors.ts', 'compiler/lower/rustc-errors.ts'])
        collect(file, /(?:return problem\(|^)\s*'([a-z-]+)',$/gm, 'plan/');
    collect('compiler/lower/rustc-errors.ts', /code: 'plan\/([a-z-]+)'/g, 'plan/');
    collect('compiler/chain-errors.ts', /^\s*'([a-z-]+)',$/gm, 'chain/');
    collect('cli/failure.ts', /source\(\s*'([a-z-]+)'/g, 'fetch/');
    const planner = filesBelow('compiler/cargo', '.ts');
    collect('compiler/init/errors.ts', /'init\/([a-z-]+)'/g, 'init/');
    for (const file of ['cli/rustc-sources.ts', ...filesBelow('compiler/rustc', '.ts')])
        collect(file, /'(rustc\/[a-z-]+)'/g, '');
    for (const file of ['cli/failure.ts', 'cli/prepare.ts', 'cli/commands/diff.ts', ...planner])
        collect(file, /code: '([a-z]+\/[a-z-]+)'/g, '');

    test('are found in the sources', () => {
        expect(codes.size).toBeGreaterThan(25);
    });

    test.each([...codes])('%s has a page', (code) => {
        const page = fs.readFileSync(path.join(root, 'spec/diagnostics', `${code}.md`), 'utf8');
        expect(page.startsWith(`# ${code}\n`)).toBe(true);
        for (const heading of ['## Example', '## What to do']) expect(page).toContain(heading);
    });
});

describe('the README', () => {
    const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');

    test('names only commands that exist, and all of them', () => {
        const used = [...readme.matchAll(/(?:bin\/rpkg|`rpkg) ([a-z][a-z-]*)/g)].map(([, name]) => name ?? '');
        const known = commands.map(({ name }) => name);
        expect(used.filter((name) => !known.includes(name))).toEqual([]);
        expect(known.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    });

    test('names only files that exist', () => {
        const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file ?? '');
        const words = [...readme.matchAll(/(?:recipes|examples)\/[a-z/]+\.rpkg/g)].map(([file]) => file);
        for (const file of [...links, ...words]) expect(fs.existsSync(path.join(root, file)), file).toBe(true);
    });
});

test('spec/flags.md lists every exception with its reason', () => {
    const text = fs.readFileSync(path.join(root, 'spec/flags.md'), 'utf8');
    for (const { name, reason } of exceptions) expect(text).toContain(`| \`${name}\` | ${reason} |`);
});

test('spec/flags.md lists every instruction set that does no harm, with the reason', () => {
    const text = fs.readFileSync(path.join(root, 'spec/flags.md'), 'utf8');
    for (const { harmless } of allTables)
        for (const [set, reason] of Object.entries(harmless))
            expect(text).toMatch(new RegExp(`\\|.*\`${set}\`.* \\| ${reason.replaceAll('`', '.')} \\|`));
});

describe('help', () => {
    test('of the program lists every command and exit code', () => {
        const text = programHelp(commands);
        const width = Math.max(...commands.map(({ name }) => name.length));
        for (const { name, summary } of commands) expect(text).toContain(`${name.padEnd(width)}  ${summary}`);
    });

    test.each(commands.map((spec) => [spec.name, spec] as const))(
        'of %s tells its operands and options',
        (name, spec) => {
            const text = commandHelp(spec);
            expect(text).toContain(`usage: rpkg ${name}`);
            for (const { flags, text: words } of spec.options)
                expect(text).toMatch(new RegExp(`${flags.replaceAll(/[<>=.]/g, '.')} +${words.slice(0, 10)}`));
        },
    );
});
