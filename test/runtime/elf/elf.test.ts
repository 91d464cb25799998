// Reading ELF files that a real compiler makes, and refusing what cannot be read.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { elfFilesBelow } from '../../../runtime/elf/read-elf.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

const guarded = `#include <stdio.h>
#include <string.h>
int main(int count, char **words) {
    char text[16];
    strcpy(text, words[count - 1]);
    printf("%s\\n", text);
    return 0;
}
`;

/** Compiles C into a folder and gives what is read there. */
function made(source: string, words: readonly string[]): ReturnType<typeof elfFilesBelow> {
    const folder = freshFolder();
    const code = freshFolder();
    fs.writeFileSync(`${code}/a.c`, source);
    execFileSync('cc', [...words, '-o', `${folder}/made`, `${code}/a.c`]);
    return elfFilesBelow(folder);
}

function factsOf(source: string, words: readonly string[]): unknown {
    const [only] = made(source, words);
    return only !== undefined && 'facts' in only ? only.facts : only;
}

const soft = ['-fno-stack-protector', '-U_FORTIFY_SOURCE', '-fcf-protection=none'];

test('a hardened program shows all of it', () => {
    const hard = ['-g', '-O2', '-D_FORTIFY_SOURCE=2', '-fstack-protector-strong', '-pie', '-fPIE'];
    expect(factsOf(guarded, ['-U_FORTIFY_SOURCE', ...hard, '-Wl,-z,relro,-z,now', '-Wl,-rpath,/opt/x'])).toMatchObject({
        kind: 'program',
        pie: true,
        relro: 'full',
        bindNow: true,
        nx: true,
        stackProtector: true,
        fortified: ['__strcpy_chk'],
        runpath: '/opt/x',
        needed: ['libc.so.6'],
        debugInfo: true,
    });
});

test('a program without any hardening shows none', () => {
    const none = ['-no-pie', '-fno-pie', '-Wl,-z,norelro', '-Wl,-z,lazy', '-Wl,-z,execstack'];
    expect(factsOf(guarded, [...soft, ...none])).toMatchObject({
        kind: 'program',
        pie: false,
        relro: 'none',
        bindNow: false,
        nx: false,
        stackProtector: false,
        fortified: [],
        debugInfo: false,
    });
});

test.each([
    ['-z relro alone', ['-Wl,-z,relro,-z,lazy'], { relro: 'partial', bindNow: false }],
    ['a static program', ['-static', '-no-pie'], { kind: 'program', pie: false, needed: [] }],
    ['a static program at any address', ['-static-pie', '-fPIE'], { kind: 'program', pie: true, needed: [] }],
    ['an object file', ['-c'], { kind: 'object', relro: 'none' }],
    [
        'a shared library',
        ['-shared', '-fPIC', '-Wl,-soname,liba.so.1'],
        { kind: 'library', pie: false, soname: 'liba.so.1' },
    ],
])('%s', (_, words, facts) => {
    expect(factsOf(guarded, [...soft, ...words])).toMatchObject(facts);
});

test('32 bits', () => {
    const words = ['-m32', '-nostdlib', '-shared', '-fPIC', '-Wl,-z,relro,-z,now', '-Wl,-soname,liba.so'];
    expect(factsOf('int a(void) { return 1; }\n', [...soft, ...words])).toMatchObject({
        bits: 32,
        machine: 'i386',
        kind: 'library',
        relro: 'full',
        soname: 'liba.so',
    });
});

test('what processors are told of control flow', () => {
    const words = ['-fcf-protection=full', '-nostdlib', '-shared', '-fPIC'];
    const [only] = made('int a(void) { return 1; }\n', words);
    const expected = process.arch === 'x64' ? ['ibt', 'shstk'] : [];
    expect(only !== undefined && 'facts' in only ? only.facts.controlFlow : undefined).toEqual(expected);
});

test('what is no ELF file is none, and what cannot be read says why', () => {
    const folder = freshFolder();
    const head = fs.readFileSync(process.execPath).subarray(0, 64);
    const changed = (at: number, value: number): Buffer => {
        const bytes = Buffer.from(head);
        bytes[at] = value;
        return bytes;
    };
    fs.mkdirSync(`${folder}/deep`);
    fs.writeFileSync(`${folder}/big`, changed(5, 2));
    fs.writeFileSync(`${folder}/class`, changed(4, 7));
    fs.writeFileSync(`${folder}/deep/short`, head);
    fs.writeFileSync(`${folder}/empty`, '');
    fs.writeFileSync(`${folder}/text`, '#!/bin/sh\n'.repeat(20));
    fs.symlinkSync('big', `${folder}/link`);
    expect(elfFilesBelow(folder)).toEqual([
        { path: 'big', refused: 'its most significant byte comes first' },
        { path: 'class', refused: 'its class is neither 32 nor 64 bits' },
        { path: 'deep/short', refused: 'it ends before its tables do' },
    ]);
});

test('a damaged file is refused or read, and never more than that', () => {
    const folder = freshFolder();
    const code = freshFolder();
    fs.writeFileSync(`${code}/a.c`, guarded);
    execFileSync('cc', ['-o', `${code}/a`, `${code}/a.c`]);
    const whole = fs.readFileSync(`${code}/a`);
    for (let at = 16; at < 4096; at += 7) {
        const bytes = Buffer.from(whole);
        bytes[at] = 0xff;
        fs.writeFileSync(`${folder}/a`, bytes);
        expect(elfFilesBelow(folder)).toHaveLength(1);
    }
});
