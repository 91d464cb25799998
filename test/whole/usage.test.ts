// Help and wrong usage of every command.
import { expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { exitCodeTexts } from '../../cli/exit-codes.ts';
import { freshPlace, helloRecipe, rpkg, run, rpkgProgram } from '../support/whole.ts';

test('help lists every command and every exit code', async () => {
    const place = freshPlace();
    for (const word of ['--help', '-h', 'help']) {
        const { exit, out, err } = await rpkg(place, [word]);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        for (const { name, summary } of commands) expect(rowsOf(out)).toContain(`${name} ${summary}`);
        for (const [code, text] of exitCodeTexts) expect(rowsOf(out)).toContain(`${code} ${text}`);
    }
});

test.each(commands)('$name --help shows its operands and options', async (spec) => {
    const place = freshPlace();
    const { exit, out, err } = await rpkg(place, [spec.name, '--help']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toMatch(new RegExp(`^usage: rpkg ${spec.name}\\b`, 'i'));
    expect(out.toLowerCase()).toContain(spec.summary.toLowerCase());
    for (const { flags, text } of spec.options) expect(rowsOf(out)).toContain(`${flags} ${text}`);
    for (const { text } of spec.operands) expect(out).toContain(text);
});

test('the version is one line', async () => {
    const place = freshPlace();
    for (const word of ['--version', '-V']) {
        const { exit, out, err } = await rpkg(place, [word]);
        expect({ exit, err }).toEqual({ exit: 0, err: '' });
        expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
});

const wrong: readonly { readonly words: readonly string[]; readonly says: string }[] = [
    { words: [], says: 'usage: rpkg' },
    { words: ['biuld', helloRecipe], says: 'did you mean `build`' },
    { words: ['qqq'], says: 'there is no command `qqq`' },
    { words: ['help', 'qqq'], says: 'there is no command `qqq`' },
    { words: ['--nonsense'], says: '--nonsense' },
    ...commands
        .filter(({ operands }) => operands.some(({ required }) => required))
        .map(({ name }) => ({ words: [name], says: 'missing operand' })),
    ...commands.map(({ name }) => ({ words: [name, '--nonsense', 'a', 'b'], says: '--nonsense' })).filter(unlessDashed),
    { words: ['build', 'one', 'two'], says: 'two' },
    { words: ['doctor', 'one'], says: 'one' },
    { words: ['build', ''], says: 'FILE or FILE#NAME' },
    { words: ['build', 'a#'], says: 'FILE or FILE#NAME' },
    { words: ['build', '#b'], says: 'FILE or FILE#NAME' },
    { words: ['build', '-j'], says: '-j' },
    ...['0', '-1', 'two', '1.5', '', '100000'].map((jobs) => ({
        words: ['build', `--jobs=${jobs}`, helloRecipe],
        says: '--jobs',
    })),
    { words: ['build', '--sandbox', 'nonsense', helloRecipe], says: 'bwrap or unshare' },
    { words: ['verify', '--sandbox', 'directory', helloRecipe], says: 'bwrap or unshare' },
    { words: ['shell', '--sandbox', 'nonsense'], says: 'bwrap or unshare' },
    { words: ['build', '--option', 'novalue', helloRecipe], says: 'NAME=VALUE' },
    { words: ['check', '--option', '=x', helloRecipe], says: 'NAME=VALUE' },
    { words: ['emit', 'ninja', helloRecipe], says: 'make, sh and json' },
    { words: ['store', 'burn'], says: 'verify or path' },
];

test.each(wrong)('wrong usage: rpkg $words', async ({ words, says }) => {
    const { exit, out, err } = await rpkg(freshPlace(), words);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(says);
    expect(err).not.toMatch(/^ {4}at /m);
});

test('the launcher works through links and from any folder', async () => {
    const place = freshPlace();
    await run(place, ['ln', '-s', rpkgProgram, 'first']);
    await run(place, ['ln', '-s', 'first', 'second']);
    const direct = await rpkg(place, ['--version']);
    expect(await run(place, [`${place.folder}/second`, '--version'], { cwd: '/' })).toEqual(direct);
    expect(await run(place, ['sh', '-c', 'PATH=$PWD:$PATH; second --version'])).toEqual(direct);
});

/** Rows of help, however wide their columns are. */
function rowsOf(help: string): ReadonlySet<string> {
    return new Set(help.split('\n').map((row) => row.trim().replaceAll(/ +/g, ' ')));
}

/** `why` takes words that begin with a dash. */
function unlessDashed({ words }: { readonly words: readonly string[] }): boolean {
    return commands.find(({ name }) => name === words[0])?.dashedOperands !== true;
}
