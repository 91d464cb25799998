import { describe, expect, it } from 'vitest';
import { loadModules } from '../../../compiler/load.ts';
import { importedPath, normalPath } from '../../../compiler/module-path.ts';
import { pinOf } from '../../../compiler/pin.ts';
import { check } from './check.ts';

describe('paths', () => {
    it.each([
        ['a/b.rpkg', 'c.rpkg', 'a/c.rpkg'],
        ['a/b.rpkg', './c/../d.rpkg', 'a/d.rpkg'],
        ['a/b.rpkg', '../c.rpkg', 'c.rpkg'],
        ['b.rpkg', '../c.rpkg', '../c.rpkg'],
        ['../b.rpkg', '../c.rpkg', '../../c.rpkg'],
        ['/a/b.rpkg', '../../../c.rpkg', '/c.rpkg'],
    ])('%s imports %s: %s', (file, path, expected) => {
        expect(importedPath(file, path)).toBe(expected);
    });

    it('normalises', () => {
        expect(['./a.rpkg', 'a//b.rpkg', 'a/./b.rpkg', '/../a'].map(normalPath)).toEqual([
            'a.rpkg',
            'a/b.rpkg',
            'a/b.rpkg',
            '/a',
        ]);
    });
});

const base = 'rpkg 1\n\nrecipe hello is generic {\n    version = 1.0.0\n}\n';

describe('loadModules', () => {
    it('reads every file once, imports first', async () => {
        const files: Record<string, string> = {
            'main.rpkg':
                'rpkg 1\n\nuse "a/one.rpkg" as one\nuse "a/two.rpkg" as two\n\noverlay m on one.hello, two.hello {\n}\n',
            'a/one.rpkg': 'rpkg 1\n\nuse "../base.rpkg" as base\n\noverlay hello on base.hello {\n}\n',
            'a/two.rpkg': 'rpkg 1\n\nuse "../base.rpkg" as base\n\noverlay hello on base.hello {\n}\n',
            'base.rpkg': base,
        };
        const read: string[] = [];
        const { modules, diagnostics } = await loadModules('./main.rpkg', (path) => {
            read.push(path);
            return Promise.resolve(files[path]);
        });
        expect(diagnostics).toEqual([]);
        expect([...modules.keys()]).toEqual(['base.rpkg', 'a/one.rpkg', 'a/two.rpkg', 'main.rpkg']);
        expect(read.toSorted()).toEqual(Object.keys(files).toSorted());
    });

    it('says that the main file is missing', async () => {
        const { modules, diagnostics } = await loadModules('none.rpkg', () => Promise.resolve(undefined));
        expect(modules.size).toBe(0);
        expect(diagnostics.map(({ code }) => code)).toEqual(['import/missing-file']);
    });

    it('reports a file that is missing at each place that imports it', async () => {
        const text = 'rpkg 1\n\nuse "a.rpkg" as a\nuse "./a.rpkg" as b\n\noverlay m on a.x, b.x {\n}\n';
        const { diagnostics } = await check({ 'main.rpkg': text });
        expect(diagnostics.map(({ code }) => code)).toEqual(['import/missing-file', 'import/missing-file']);
    });
});

describe('pins', () => {
    const pin = pinOf({ path: 'base.rpkg', text: base }) ?? '';
    const main = `rpkg 1\n\nuse "base.rpkg" as base ${pin}\n\noverlay m on base.hello {\n}\n`;

    it.each([
        ['the same text', base, []],
        ['other indentation', base.replace('    version =', '  version='), []],
        [
            'comments',
            `# top\n${base}`.replace('    version', '    ## new\n    version').replace('1.0.0', '1.0.0 # first'),
            [],
        ],
        ['a comment at the end', `${base}# end`, []],
        [
            'a comment sign in a string',
            base.replace('1.0.0', '1.0.0\n    summary = "# no comment"'),
            ['import/hash-mismatch'],
        ],
        ['another version', base.replace('1.0.0', '1.0.1'), ['import/hash-mismatch']],
        ['a syntax error', base.replace('=', ''), ['syntax']],
    ])('%s', async (_, text, expected) => {
        const { diagnostics } = await check({ 'main.rpkg': main, 'base.rpkg': text });
        expect(diagnostics.map(({ code }) => (code.startsWith('syntax/') ? 'syntax' : code))).toEqual(expected);
    });
});
