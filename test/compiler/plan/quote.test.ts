import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine, withGrants } from '../../../compiler/plan/command-line.ts';
import type { Command } from '../../../compiler/plan/plan.ts';
import { shellCommand, shellWord } from '../../../compiler/plan/quote.ts';
import { freshFolder } from '../../support/fresh-folder.ts';
import { run } from '../../support/plans.ts';

const shells = [['/bin/sh'], ['dash'], ['bash', '--posix']].filter(
    ([program = '']) => spawnSync(program, ['-c', ':']).status === 0,
);

const special = fc.constantFrom(
    ...Array.from(' \t\n\'"`$\\!*?[]{}()<>|&;#~=%^-+,.:/@_aZ0\u0001\u007féß\u{1f600}', (character) => character),
);
const word = fc.oneof(
    fc.string({ unit: special, maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
);
const words = fc.array(word, { minLength: 1, maxLength: 200 });

/** Bash reads the user's settings when its stdin is a socket, which it is by default. */
const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];

/** What the shell makes of a text of words, each ended by NUL. */
function printed(shell: readonly string[], script: string): readonly string[] {
    const [program = '', ...options] = shell;
    const result = spawnSync(program, [...options, '-c', script], {
        stdio,
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin' },
    });
    expect(result.stderr).toBe('');
    return result.stdout.split('\0').slice(0, -1);
}

describe.each(shells)('quoting for %s %s', (...shell) => {
    it('gives back every word', () => {
        fc.assert(
            fc.property(words, (list) => {
                const command = shellCommand(['/usr/bin/printf', '%s\\0', ...list]);
                expect(printed(shell, command)).toEqual(list);
            }),
            { numRuns: 15 },
        );
    });

    it('keeps words whole in an assignment and next to each other', () => {
        fc.assert(
            fc.property(word, word, (a, b) => {
                const script = `value=${shellWord(a)}${shellWord(b)}; printf '%s\\0' "$value"`;
                expect(printed(shell, script)).toEqual([a + b]);
            }),
            { numRuns: 25 },
        );
    });

    it('does not take a first word for an assignment or a keyword', () => {
        const folder = freshFolder();
        for (const name of ['A=b', 'if', '~', '-x', "it's=1"]) {
            fs.writeFileSync(`${folder}/${name}`, '#!/bin/sh\necho "$# $1"\n', { mode: 0o755 });
            const [program = '', ...options] = shell;
            const script = shellCommand([`./${name}`, 'one two']);
            const result = spawnSync(program, [...options, '-c', script], { stdio, cwd: folder, encoding: 'utf8' });
            expect([name, result.stdout]).toEqual([name, '1 one two\n']);
        }
        expect(['A=b', 'if', "A='b", 'make'].map((name) => shellCommand([name]))).toEqual([
            "'A=b'",
            "'if'",
            `'A='\\''b'`,
            "'make'",
        ]);
    });
});

describe('the argument list of an action', () => {
    const perform = (commands: readonly Command[]): { status: number | null; stdout: string } => {
        const [program = '', ...args] = commandLine(run('', { commands }));
        return spawnSync(program, args, { stdio, encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
    };
    const echo = (text: string): Command => ({ argv: ['/bin/echo', text] });

    it.each<[string, readonly Command[], { status: number; stdout: string }]>([
        [
            'one argument list as it is',
            [{ argv: ['/usr/bin/printf', '%s|', 'a b', "c'd", ''] }],
            { status: 0, stdout: "a b|c'd||" },
        ],
        ['one script', [{ script: 'x=1\necho $x; echo "$0"' }], { status: 0, stdout: '1\n/bin/sh\n' }],
        ['a script stops at a failure', [{ script: 'echo a\nfalse\necho b' }], { status: 1, stdout: 'a\n' }],
        [
            'a script stops at an unset variable',
            [{ script: 'echo a; echo $NOPE; echo b' }],
            { status: 2, stdout: 'a\n' },
        ],
        [
            'several',
            [echo("it's"), echo('$HOME `x`'), { script: 'echo "a  b"' }],
            { status: 0, stdout: "it's\n$HOME `x`\na  b\n" },
        ],
        [
            'several stop at the first failure',
            [echo('a'), { script: 'exit 7' }, echo('b')],
            { status: 7, stdout: 'a\n' },
        ],
        ['a failing list stops', [echo('a'), { argv: ['/bin/false'] }, echo('b')], { status: 1, stdout: 'a\n' }],
        [
            'scripts do not share variables',
            [{ script: 'x=1' }, { script: 'echo "${x-unset}"' }],
            { status: 0, stdout: 'unset\n' },
        ],
        [
            '`cd` of one is not that of the next',
            [{ script: 'cd /usr' }, { script: 'test "$PWD" != /usr' }, echo('b')],
            { status: 0, stdout: 'b\n' },
        ],
    ])('%s', (_, commands, expected) => {
        expect(perform(commands)).toMatchObject(expected);
    });

    it('has jobs filled in wherever they are asked for', () => {
        const grants = { jobs: 4, jobserver: '-j --to $& $(jobs)' };
        expect(withGrants('-j$(jobs) $(jobs)$(job)', grants)).toBe('-j4 4$(job)');
        expect(withGrants('$& $(jobs)', grants)).toBe('$& 4');
        expect(withGrants('$(jobserver)', grants)).toBe('-j --to $& $(jobs)');
    });
});
