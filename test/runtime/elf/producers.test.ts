// Who made a file, compared with what readelf shows of the same sections.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFile } from '../../../runtime/elf/built-files.ts';
import type { Producers } from '../../../runtime/elf/producers.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

function made(words: readonly string[]): { readonly path: string; readonly producers: Producers } {
    const folder = freshFolder();
    fs.writeFileSync(`${folder}/a.c`, '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n');
    const path = `${folder}/a`;
    execFileSync('cc', [...words, '-o', path, `${folder}/a.c`]);
    const [object] = builtFile('a', path)?.objects ?? [];
    if (object === undefined || 'refused' in object) throw new Error('no object');
    return { path, producers: object.producers };
}

function readelf(path: string, ...words: readonly string[]): string {
    return execFileSync('readelf', [...words, path], { encoding: 'utf8' });
}

test('the compiler signs in .comment', () => {
    const { path, producers } = made([]);
    const shown = [...readelf(path, '-p.comment').matchAll(/\[ *[0-9a-f]+\] {2}(.*)/g)].map(([, text]) => text);
    expect(producers.comments).toEqual(shown);
    expect(producers.units).toEqual([]);
});

test.each([
    ['plain', []],
    ['compressed with zlib', ['-gz=zlib']],
    ['compressed in the old way', ['-gz=zlib-gnu']],
    ['of the older version', ['-gdwarf-4']],
])('switches of a unit, %s', (name, words) => {
    let both: ReturnType<typeof made>;
    try {
        both = made(['-g', '-O2', '-fstack-protector-strong', ...words]);
    } catch {
        console.warn(`SKIPPED: the compiler makes no debug information that is ${name}`);
        return;
    }
    const { path, producers } = both;
    const shown = new Set(
        [...readelf(path, '--debug-dump=info').matchAll(/DW_AT_producer.*?: (GNU .*)/g)].map(([, text]) => text),
    );
    expect(new Set(producers.units)).toEqual(shown);
    expect(producers.units.join()).toContain('-fstack-protector-strong');
});

test('compressed with zstd, which binutils need not be able to do', () => {
    const { path, producers } = made(['-g', '-O2']);
    const program = ['llvm-objcopy', 'llvm-objcopy-19', 'llvm-objcopy-22'].find(
        (name) => spawnSync(name, ['--compress-debug-sections=zstd', path, `${path}.zstd`]).status === 0,
    );
    if (program === undefined) {
        console.warn('SKIPPED: no llvm-objcopy that compresses with zstd; install llvm');
        return;
    }
    const [object] = builtFile('a', `${path}.zstd`)?.objects ?? [];
    expect(fs.readFileSync(`${path}.zstd`).includes(Buffer.from('28b52ffd', 'hex'))).toBe(true);
    expect(object).toMatchObject({ producers });
});

test('switches in a section of their own', () => {
    const { path, producers } = made(['-O2', '-frecord-gcc-switches']);
    expect(producers.commandLine.join(' ')).toContain('-O2');
    for (const text of producers.commandLine) expect(readelf(path, '-p.GCC.command.line')).toContain(text);
});

test('a compressed section that is damaged is told as not read', () => {
    const { path } = made(['-g', '-gz=zlib']);
    const bytes = fs.readFileSync(path);
    const [, offset = ''] = /\.debug_str +PROGBITS +[0-9a-f]+ ([0-9a-f]+)/.exec(readelf(path, '-SW')) ?? [];
    bytes.fill(0xff, Number.parseInt(offset, 16) + 24, Number.parseInt(offset, 16) + 40);
    fs.writeFileSync(path, bytes);
    expect(builtFile('a', path)?.objects).toMatchObject([
        { producers: { unread: ['.debug_str: it is compressed, and damaged or too large'] } },
    ]);
});
