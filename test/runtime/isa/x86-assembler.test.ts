// The table of x86 against the assembler: it refuses an instruction when the instruction set is turned off that the table says it needs,
// and only then. Instructions are those that libraries of this machine consist of.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needsAny } from '../../../compiler/flags/cpu-table.ts';
import { classifier } from '../../../runtime/isa/classify.ts';
import { x86 } from '../../../runtime/isa/x86.ts';

/** Our names, and those of the assembler. */
const names: Readonly<Record<string, string>> = {
    sse: 'sse',
    sse2: 'sse2',
    sse3: 'sse3',
    ssse3: 'ssse3',
    'sse4.1': 'sse4.1',
    'sse4.2': 'sse4.2',
    avx: 'avx',
    avx2: 'avx2',
    avx512: 'avx512f',
    fma: 'fma',
    fma4: 'fma4',
    f16c: 'f16c',
    mmx: 'mmx',
    bmi1: 'bmi',
    bmi2: 'bmi2',
    popcnt: 'popcnt',
    lzcnt: 'lzcnt',
    movbe: 'movbe',
    cmov: 'cmov',
    aes: 'aes',
    pclmul: 'pclmul',
    sha: 'sha',
    adx: 'adx',
    rdrand: 'rdrnd',
    rdseed: 'rdseed',
    rtm: 'rtm',
    nopl: 'nop',
};

/** Where the assembler divides otherwise, and why. */
const known: readonly (readonly [instruction: RegExp, reason: string])[] = [
    [/\bf(?:cmov|u?comi|isttp)/, 'the assembler counts them to the numeric coprocessor'],
    [/^(?:prefetch|sfence|clflush)/, 'the assembler has names of their own for them'],
    [/%mm\d/, 'some of them are extensions of 3DNow!, too'],
    [/\btzcnt\b/, 'the assembler counts it to BMI; it is a set of its own here, since others run it as bsf'],
    [/^xtest$/, 'also of the older form of transactions'],
    [/\bvpmadd52/, 'the same words have a form for AVX-IFMA'],
];

interface Sample {
    readonly text: string;
    readonly sets: readonly string[];
}

const folder = fs.mkdtempSync(`${os.tmpdir()}/rpkg-test-`);
afterAll(() => fs.rmSync(folder, { recursive: true }));

let samples: readonly Sample[] = [];

beforeAll(() => {
    const classify = classifier(x86);
    const found = new Map<string, Sample>();
    for (const library of libraries()) {
        const listing = execFileSync('objdump', ['-d', '-w', '--no-show-raw-insn', library], {
            maxBuffer: 1 << 30,
            encoding: 'latin1',
        });
        for (const line of listing.split('\n')) {
            const text = /^ +[0-9a-f]+:\t([^#<]*?)\s*(?:#.*)?$/.exec(line)?.[1];
            if (text === undefined || /\(bad\)|^\.byte|[<>]/.test(text)) continue;
            // One of each form is enough: kinds of operands, whatever their numbers.
            const form = text
                .replaceAll(/-?0x[0-9a-f]+/g, '0')
                .replaceAll(/%(?:r\d+|[re]?[a-ds][xpi]l?)/g, 'R')
                .replaceAll(/(mm)\d\b/g, '$1');
            if (!found.has(form)) found.set(form, { text, sets: classify(text) ?? ['?'] });
        }
    }
    const all = [...found.values()];
    const refused = linesRefused(all, []);
    samples = all.filter((_, at) => !refused.has(at));
}, 120_000);

/** The C library and its companion for numbers, and a library of ciphers where there is one. */
function libraries(): readonly string[] {
    const needed = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    const paths = [...needed.matchAll(/=> (\/\S+lib[cm]\.so\S*)/g)].map(([, path = '']) => path);
    const ciphers = paths
        .map((path) => path.replace(/lib[cm]\.so.*/, 'libcrypto.so.3'))
        .filter((path) => fs.existsSync(path));
    return [...paths, ...ciphers.slice(0, 1)];
}

/** Positions of what the assembler refuses. */
function linesRefused(lines: readonly Sample[], options: readonly string[]): ReadonlySet<number> {
    fs.writeFileSync(`${folder}/a.s`, lines.map(({ text }) => `${text}\n`).join(''));
    const { stderr } = spawnSync('as', ['--64', ...options, '-o', `${folder}/a.o`, `${folder}/a.s`], {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
    });
    return new Set([...stderr.matchAll(/^\S+?:(\d+): Error:/gm)].map(([, line]) => Number(line) - 1));
}

const isX86 = process.arch === 'x64';

test.runIf(isX86)('the libraries have enough to compare', () => {
    expect(samples.length).toBeGreaterThan(1000);
    expect(samples.filter(({ sets }) => sets.includes('?'))).toEqual([]);
});

test.runIf(isX86).each(Object.entries(names))('%s', (set, name) => {
    // Most of AVX has a second form in AVX-512, which the assembler would take instead.
    const refused = linesRefused(samples, [`-march=+no${name}+noavx512f`]);
    const off = new Set([set, 'avx512']);
    const wrong = samples.flatMap(({ text, sets }, at) => {
        if (known.some(([instruction]) => instruction.test(text))) return [];
        if (sets.includes(set) && !refused.has(at)) return [`${text}: ${sets.join(' ')}, but it does without`];
        if (refused.has(at) && !sets.some((each) => needsAny(each, off)))
            return [`${text}: ${sets.join(' ')} do not do`];
        return [];
    });
    expect(wrong).toEqual([]);
});
