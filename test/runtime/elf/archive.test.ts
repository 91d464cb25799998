// Reading archives: what `ar`, `llvm-ar` and rustc make, names in both ways, and whatever is damaged.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openArchive } from '../../../runtime/elf/archive.ts';
import { type BuiltFile, builtFile } from '../../../runtime/elf/built-files.ts';
import { openElf, type ReadBytes } from '../../../runtime/elf/elf-file.ts';
import { factsOf } from '../../../runtime/elf/elf-facts.ts';
import { producersOf } from '../../../runtime/elf/producers.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

const long = 'a-name-that-is-much-longer-than-sixteen-bytes.o';

/** Three objects; two have the same name. */
function objects(): string {
    const folder = freshFolder();
    fs.mkdirSync(`${folder}/other`);
    fs.writeFileSync(`${folder}/a.c`, 'int a(void) { return 1; }\n');
    fs.writeFileSync(`${folder}/b.c`, 'int b(int x) { return x + 1; }\n');
    fs.writeFileSync(`${folder}/text.txt`, 'no object\n');
    for (const [source, object] of [
        ['a.c', 'a.o'],
        ['b.c', long],
        ['b.c', 'other/a.o'],
    ])
        execFileSync('cc', ['-c', `${folder}/${source}`, '-o', `${folder}/${object}`]);
    return folder;
}

function paths(file: BuiltFile | undefined): readonly string[] {
    return (file?.objects ?? []).map((object) =>
        'refused' in object ? `${object.path}: ${object.refused}` : object.path,
    );
}

const expected = ['lib.a(a.o)', `lib.a(${long})`, 'lib.a(a.o:2)'];

test.each([
    ['names as GNU writes them', 'ar', ['qcsD']],
    ['names as BSD writes them', 'llvm-ar', ['--format=bsd', 'qcsD']],
    ['names as macOS writes them', 'llvm-ar', ['--format=darwin', 'qcsD']],
])('%s', (_, program, words) => {
    const found = ['', '-19', '-22', '-14'].map((version) => `${program}${version}`).find(isThere);
    if (found === undefined) {
        console.warn(`SKIPPED: no ${program}; install llvm`);
        return;
    }
    const folder = objects();
    const members = ['a.o', long, 'text.txt', 'other/a.o'].map((name) => `${folder}/${name}`);
    execFileSync(found, [...words, `${folder}/lib.a`, ...members]);
    const file = builtFile('lib.a', `${folder}/lib.a`);
    expect(paths(file)).toEqual(expected);
    for (const object of file?.objects ?? []) expect(object).toMatchObject({ facts: { kind: 'object', code: true } });
});

function isThere(program: string): boolean {
    return spawnSync(program, ['--version']).status === 0;
}

test('a thin archive is named and refused', () => {
    const folder = objects();
    execFileSync('ar', ['rcTD', `${folder}/thin.a`, `${folder}/a.o`]);
    expect(paths(builtFile('thin.a', `${folder}/thin.a`))).toEqual([
        'thin.a: it is a thin archive: its members lie in files of their own',
    ]);
});

test('members are those that ar lists', () => {
    const library = execFileSync('cc', ['-print-file-name=libgcc.a'], { encoding: 'utf8' }).trim();
    const listed = execFileSync('ar', ['t', library], { encoding: 'utf8' }).trim().split('\n');
    const file = builtFile('libgcc.a', library);
    const named = (file?.objects ?? []).map((object) => ('facts' in object ? object.member?.name : undefined));
    expect(named).toEqual(listed);
});

test('a library of rustc', () => {
    const folder = freshFolder();
    fs.writeFileSync(`${folder}/a.rs`, '#[inline(never)]\npub fn a(x: u32) -> u32 { x.rotate_left(3) }\n');
    execFileSync('rustc', ['--crate-type=rlib', '-g', '--out-dir', folder, `${folder}/a.rs`]);
    const file = builtFile('liba.rlib', `${folder}/liba.rlib`);
    const withCode = (file?.objects ?? []).flatMap((object) =>
        'facts' in object && object.facts.code ? [object] : [],
    );
    expect(withCode).toHaveLength(1);
    const [object] = withCode;
    expect(object?.facts.debugInfo).toBe(true);
    expect(object?.producers.comments.join()).toMatch(/^rustc version \d/);
    expect(object?.producers.units.join()).toMatch(/^clang LLVM \(rustc version \d/);
});

const bytesOf =
    (bytes: Uint8Array): ReadBytes =>
    (offset, length) =>
        bytes.subarray(Math.max(0, offset), Math.max(0, offset) + Math.max(0, length));

test('damaged archives are refused or read, and never more than that', () => {
    const folder = objects();
    execFileSync('ar', ['rcsD', `${folder}/lib.a`, `${folder}/a.o`, `${folder}/${long}`]);
    const whole = fs.readFileSync(`${folder}/lib.a`);
    fc.assert(
        fc.property(
            fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
            fc.nat(whole.length),
            (changes, length) => {
                const bytes = Buffer.from(whole);
                for (const [at, value] of changes) bytes[at] = value;
                fs.writeFileSync(`${folder}/damaged.a`, bytes.subarray(0, length));
                builtFile('damaged.a', `${folder}/damaged.a`);
            },
        ),
        { numRuns: 300 },
    );
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
            openArchive(bytesOf(Buffer.concat([Buffer.from('!<arch>\n'), bytes])));
        }),
    );
});

test('damaged ELF files never give more than a RangeError, which is told as refused', () => {
    const folder = freshFolder();
    fs.writeFileSync(`${folder}/a.c`, 'int main(void) { return 0; }\n');
    execFileSync('cc', ['-g', '-gz=zlib', '-o', `${folder}/a`, `${folder}/a.c`]);
    const whole = fs.readFileSync(`${folder}/a`);
    fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 30 }), (changes) => {
            const bytes = Buffer.from(whole);
            for (const [at, value] of changes) bytes[at] = value;
            try {
                const opened = openElf(bytesOf(bytes));
                if (opened.kind === 'elf') [factsOf(opened.file), producersOf(opened.file)].forEach(Object.keys);
            } catch (error) {
                expect(error).toBeInstanceOf(RangeError);
            }
        }),
        { numRuns: 300 },
    );
});
