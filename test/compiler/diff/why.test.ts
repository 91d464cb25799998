import { describe, expect, it } from 'vitest';
import { why } from '../../../compiler/why.ts';
import { run } from '../../support/plans.ts';
import { origin, story } from '../../support/stories.ts';

const plan = story({
    flags: origin('-O2 "-DX=\\"y\\"" -L/usr/lib/llvm', 'base 3 = -O2', 'debian 4 += "-DX=\\"y\\"" -L/usr/lib/llvm'),
    actions: { lint: run('make lint -O2') },
    values: {
        '/actions/lint/commands/0/script': ['flags', 'limits.weight'],
        '/actions/lint/limits': ['limits.weight', 'limits.memory'],
        '/actions/doc': ['flags'],
    },
});
const withLimits = {
    ...plan,
    provenance: {
        ...plan.provenance,
        fields: {
            ...plan.provenance.fields,
            'limits.weight': origin('1', 'base 8 = 1'),
            'limits.memory': origin('1GiB', 'base 9 = 1GiB'),
        },
    },
};

describe('why', () => {
    const places = '/actions/build/env/CFLAGS /actions/doc /actions/lint/commands/0/script';

    it.each<[string, string, readonly string[]]>([
        ['a field', 'flags', [`flags: ${places}`]],
        [
            'a group of fields',
            'limits',
            [
                'limits.memory: /actions/lint/limits',
                'limits.weight: /actions/lint/commands/0/script /actions/lint/limits',
            ],
        ],
        ['a field of a group', 'limits.memory', ['limits.memory: /actions/lint/limits']],
        ['a place', '/actions/build/env/CFLAGS', [`flags: ${places}`]],
        ['a place above', '/actions/build', [`flags: ${places}`]],
        ['a place below', '/actions/doc/commands/0', [`flags: ${places}`]],
        [
            'a place that has several',
            '/actions/lint/commands',
            [`flags: ${places}`, 'limits.weight: /actions/lint/commands/0/script /actions/lint/limits'],
        ],
        ['a place that begins alike', '/actions/buil', []],
        ['a word', '-O2', ['flags: /actions/build/env/CFLAGS /actions/lint/commands/0/script']],
        ['a word with a quote', 'X="', []],
        ['a word with what is a quote in it', '"y', ['flags: /actions/build/env/CFLAGS']],
        ['a word of an operand', 'DX=\\"y', ['flags: /actions/build/env/CFLAGS']],
        ['a path as a word', '/usr/lib/llvm', ['flags: /actions/build/env/CFLAGS']],
        [
            'a word of several fields',
            '1',
            [
                'limits.memory: /actions/lint/limits',
                'limits.weight: /actions/lint/limits',
                'url: /actions/fetch.main',
                'version: /subject/version',
            ],
        ],
        ['nothing known', 'nothing', []],
        ['what every object has', 'constructor', []],
    ])('answers for %s: %s', (_, question, expected) => {
        const answers = why(withLimits, question).map((answer) => `${answer.field}: ${answer.places.join(' ')}`);
        expect(answers).toEqual(expected);
    });

    it('gives the whole chain', () => {
        expect(why(withLimits, 'limits.memory')[0]?.origin).toEqual({
            value: '1GiB',
            chain: [{ layer: 'base', file: 0, line: 9, column: 5, operator: '=', operand: '1GiB' }],
        });
    });
});
