// `rpkg verify-flags` as a user meets it: on recipes, on folders and on files.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteTree } from '../../runtime/store/remove-tree.ts';
import { flagsWorkspace } from '../support/flags-workspace.ts';
import { freshPlace, type Place, placeIn, rpkg, run, write } from '../support/whole.ts';
import { tiny } from './tiny.ts';

interface Answer {
    readonly ok: boolean;
    readonly files: readonly {
        readonly path: string;
        readonly facts: Record<string, unknown>;
        readonly producers: { readonly comments: readonly string[]; readonly units: readonly string[] };
        readonly instructions?: { readonly usage: { readonly sets: readonly { readonly set: string }[] } };
    }[];
    readonly flags: readonly {
        readonly words: readonly string[];
        readonly name: string;
        readonly result: string;
        readonly seen: readonly string[];
        readonly unseen: readonly string[];
    }[];
    readonly untraced: readonly string[];
    readonly forbidden: readonly { readonly path: string; readonly used: { readonly set: string } }[];
}

const isX86 = process.arch === 'x64';

/** One build for most tests. */
const shared = fs.mkdtempSync(path.join(os.tmpdir(), 'rpkg-verify-flags-'));
const place = placeIn(shared);

async function verified(
    where: Place,
    ...words: readonly string[]
): Promise<Answer & { readonly exit: number | string }> {
    const { exit, out, err } = await rpkg(where, ['verify-flags', '--json', ...words]);
    expect([0, 1], err + out).toContain(exit);
    return { ...(JSON.parse(out) as Answer), exit };
}

beforeAll(async () => {
    write(place, flagsWorkspace);
    const built = await rpkg(place, ['build', '-q', 'app.rpkg', '-o', `${place.folder}/out`]);
    expect(built.exit, built.err).toBe(0);
}, 120_000);

afterAll(() => deleteTree(shared));

test('flags of a recipe are seen in what it builds, or excused with a reason', async () => {
    const { exit, ok, files, flags, untraced } = await verified(place, 'app.rpkg');
    expect({ exit, ok }).toEqual({ exit: 0, ok: true });
    const results = new Map(flags.map(({ words, name, result }) => [`${words.join(' ')}: ${name}`, result]));
    expect(results.get('-Wl,-z,relro: RELRO')).toBe('seen');
    expect(results.get('-Wl,-z,now: BIND_NOW')).toBe('seen');
    expect(results.get('-Crelocation-model=pie: PIE')).toBe('seen');
    expect(results.get('-D_FORTIFY_SOURCE=2: fortified functions')).toBe('seen');
    expect(results.get('-g: debug information')).toMatch(/^(?:seen|excused)$/);
    expect(untraced).toEqual(expect.arrayContaining(['-DFOR_TARGET', '-C force-frame-pointers=yes']));
    const program = files.find((file) => file.path === 'usr/bin/app');
    expect(program?.producers.comments.join()).toMatch(/rustc version/);
    if (isX86) expect(program?.instructions?.usage.sets.map(({ set }) => set)).toContain('sse2');
});

test('nothing is built again, and nothing that is not asked for is judged', async () => {
    const { exit, out } = await rpkg(place, ['verify-flags', 'out']);
    expect(exit).toBe(0);
    expect(out).toContain('usr/bin/app  program for');
    expect(out).toContain('full RELRO');
    expect(out).not.toContain('asked for');
    const one = await rpkg(place, ['verify-flags', 'out/usr/bin/app', '--no-disassembly']);
    expect(one.out).toMatch(/^out\/usr\/bin\/app: 1 object\n\nFiles\n {2}app {2}program/);
    expect(one.out).not.toContain('functions, first in');
});

test('what was copied from the environment shows the flags of others, and one changed byte makes it a file of its own', async () => {
    const here = freshPlace();
    const step = (change: string): string => `
    step copy {
        script = '''
            mkdir -p "$OUT/usr/libexec"
            cp /usr/bin/env "$OUT/usr/libexec/own-env"
            ${change}
        '''
    }

    test works {`;
    const recipeWith = (change: string): string =>
        (flagsWorkspace['app.rpkg'] ?? '').replace('    test works {', step(change).slice(1));
    const told = async (change: string): Promise<{ exit: unknown; line: string }> => {
        write(here, { ...flagsWorkspace, 'app.rpkg': recipeWith(change) });
        const { exit, out, err } = await rpkg(here, ['verify-flags', '-q', 'app.rpkg', '--no-disassembly']);
        return { exit, line: out.split('\n').find((line) => line.includes('-Wl,-z,now')) ?? err };
    };
    const copied = await told('true');
    expect(copied.exit).toBe(0);
    expect(copied.line).toMatch(
        /excused {2}not in usr\/libexec\/own-env \(a copy of \/usr\/bin\/env of the environment\)$/,
    );
    const changed = await told('printf x >>"$OUT/usr/libexec/own-env"');
    expect(changed.exit).toBe(1);
    expect(changed.line).toMatch(/unseen {3}not in usr\/libexec\/own-env$/);
});

test.runIf(isX86)('a processor that is too old for the code is found, with the place', async () => {
    const old = freshPlace();
    const recipe = flagsWorkspace['app.rpkg'] ?? '';
    write(old, {
        ...flagsWorkspace,
        'app.rpkg': recipe.replace('cflags = ["-O2", "-g", ', 'cflags = ["-O2", "-g", "-march=x86-64", '),
    });
    const plain = await verified(old, 'app.rpkg');
    const bad = plain.flags.find(({ words }) => words.join() === '-march=x86-64');
    // The standard library looks for faster ways at run time.
    expect(bad?.name).toBe('instruction sets of x86-64');
    const allowed = await rpkg(old, ['verify-flags', '-q', 'app.rpkg', '--allow-in', '*']);
    expect(allowed.exit, allowed.out).toBe(0);
    const forbidden = await rpkg(old, ['verify-flags', '-q', 'app.rpkg', '--forbid', 'sse2']);
    expect(forbidden.exit).toBe(1);
    expect(forbidden.out).toMatch(/Forbidden: sse2\n {2}usr\/bin\/app {2}\S+ in \d+ functions, first in \S+ at 0x/);
    expect(forbidden.out).toContain('not everything asked for is there');
});

test.runIf(isX86)('forbidden sets in files of old processors', async () => {
    const here = freshPlace();
    write(here, {
        'a.c': 'int larger(int a, int b) { return a > b ? a : b; }\ndouble half(double a) { return a / 2; }\n',
    });
    for (const cpu of ['pentium', 'pentium4'])
        expect(
            (
                await run(here, [
                    'gcc',
                    '-m32',
                    '-O2',
                    `-march=${cpu}`,
                    '-mfpmath=' + (cpu === 'pentium' ? '387' : 'sse'),
                    '-c',
                    'a.c',
                    '-o',
                    `${cpu}.o`,
                ])
            ).exit,
        ).toBe(0);
    expect((await run(here, ['ar', 'rcs', 'liba.a', 'pentium.o', 'pentium4.o'])).exit).toBe(0);
    expect((await verified(here, 'pentium.o', '--forbid', 'sse,sse2', '--forbid', 'cmov')).exit).toBe(0);
    const archive = await verified(here, 'liba.a', '--forbid', 'sse,cmov');
    expect(archive.exit).toBe(1);
    expect(archive.forbidden.map(({ path: where, used }) => `${where} ${used.set}`).sort()).toEqual([
        'liba.a(pentium4.o) cmov',
        'liba.a(pentium4.o) sse2',
    ]);
    const told = await rpkg(here, ['verify-flags', 'liba.a', '--forbid', 'sse', '--allow-in', 'half']);
    expect(told.exit).toBe(0);
    expect(told.out).toContain('sse2 allowed in half at 0x');
});

test('a recipe of another kind asks for nothing, and what is forbidden is looked for', async () => {
    const here = freshPlace();
    const code = 'double half(double a) { return a / 2; }';
    write(here, {
        'a.rpkg': tiny(`echo '${code}' > a.c\ncc -O2 -c a.c -o "$OUT"/a.o\ncc -shared -fPIC -O2 a.c -o "$OUT"/liba.so`),
    });
    const plain = await verified(here, 'a.rpkg');
    expect({ exit: plain.exit, flags: plain.flags }).toEqual({ exit: 0, flags: [] });
    expect(plain.files.map(({ path: where, facts }) => `${where} ${String(facts['kind'])}`)).toEqual([
        'a.o object',
        'liba.so library',
    ]);
    expect((await rpkg(here, ['verify-flags', '-q', 'a.rpkg', '--forbid', 'avx512,lse'])).exit).toBe(0);
});

test('words that mean nothing are refused, and so is nothing to look at', async () => {
    const here = freshPlace();
    write(here, { 'empty/readme': 'text\n' });
    const usage = async (...words: string[]): Promise<string> => {
        const { exit, err } = await rpkg(here, ['verify-flags', ...words]);
        expect(exit).toBe(2);
        return err;
    };
    expect(await usage('empty', '--forbid', 'sse22')).toContain('did you mean `sse2`?');
    expect(await usage('empty', '--forbid', 'sse', '--no-disassembly')).toContain('`--forbid` needs the disassembly');
    expect(await usage('nowhere')).toContain('`nowhere` is no file, no folder and no recipe');
    const empty = await rpkg(here, ['verify-flags', 'empty']);
    expect({ exit: empty.exit, out: empty.out }).toEqual({ exit: 0, out: 'empty: no ELF file and no archive\n' });
    expect((await rpkg(here, ['verify-flags', 'empty', '--forbid', 'sse'])).exit).toBe(1);
});

test('without objdump there is a remedy', async () => {
    const env = { PATH: `${place.folder}/tools` };
    fs.mkdirSync(env.PATH);
    for (const tool of ['node', 'dirname', 'readlink', 'sh', 'env'])
        fs.symlinkSync(tool === 'node' ? process.execPath : `/usr/bin/${tool}`, `${env.PATH}/${tool}`);
    const { exit, err } = await rpkg(place, ['verify-flags', 'out/usr/bin/app'], { env });
    expect(exit).toBe(isX86 || process.arch === 'arm64' ? 7 : 0);
    expect(err).toContain('error[sandbox/missing-tool]: `objdump` is needed');
    expect(err).toContain('apt install binutils');
    expect((await rpkg(place, ['verify-flags', 'out/usr/bin/app', '--no-disassembly'], { env })).exit).toBe(0);
});
