// Instruction sets of programs and archives that real compilers make, against what objdump prints of them.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { expect, test } from 'vitest';
import { type BuiltFile, builtFile, builtFilesBelow } from '../../../runtime/elf/built-files.ts';
import { type Inspection, inspect, type InspectionRequest } from '../../../runtime/isa/inspect.ts';
import type { Usage } from '../../../runtime/isa/usage.ts';
import { freshFolder } from '../../support/fresh-folder.ts';

const numeric = `double product(double a, double b) { return a * b + 1; }
int larger(int a, int b) { return a > b ? a : b; }
`;

async function inspected(files: readonly BuiltFile[], options: Partial<InspectionRequest> = {}): Promise<Inspection> {
    const signal = new AbortController().signal;
    const result = await inspect(files, { environment: process.env, isAllowed: () => false, signal, ...options });
    if (!result.ok) throw new Error(JSON.stringify(result.failure));
    return result.value;
}

function usageIn({ objects }: Inspection, path: string): Usage {
    const found = objects.get(path);
    if (found?.kind !== 'usage') throw new Error(`${path}: ${found?.reason ?? 'nothing'}`);
    return found.usage;
}

function setsIn(inspection: Inspection, path: string): readonly string[] {
    return usageIn(inspection, path)
        .sets.map(({ set }) => set)
        .sort();
}

/** Compiles into a folder that is read as a whole. */
function compiled(
    program: string,
    sources: Readonly<Record<string, readonly [text: string, ...words: string[]]>>,
): string {
    const folder = freshFolder();
    const code = freshFolder();
    for (const [name, [text, ...words]] of Object.entries(sources)) {
        fs.writeFileSync(`${code}/a.c`, text);
        execFileSync(program, ['-O2', ...words, '-o', `${folder}/${name}`, `${code}/a.c`]);
    }
    return folder;
}

function isThere(program: string, packageName: string): boolean {
    if (spawnSync(program, ['--version']).status === 0) return true;
    console.warn(`SKIPPED: no ${program}; install ${packageName}`);
    return false;
}

test('code for old and new processors of 32 bits', async () => {
    if (!isThere('i686-linux-gnu-gcc', 'gcc-i686-linux-gnu')) return;
    const folder = compiled('i686-linux-gnu-gcc', {
        'pentium.o': [numeric, '-march=pentium', '-c'],
        'pentiumpro.o': [numeric, '-march=pentiumpro', '-c'],
        'pentium3.o': ['float f(float a) { return a * a; }', '-march=pentium3', '-mfpmath=sse', '-c'],
        'pentium4.o': [numeric, '-march=pentium4', '-mfpmath=sse', '-c'],
        'program.4': [
            `${numeric}int main(int n, char **v) { return larger(n, product(n, 2)); }`,
            '-march=pentium4',
            '-mfpmath=sse',
        ],
    });
    const found = await inspected(builtFilesBelow(folder));
    expect(setsIn(found, 'pentium.o')).toEqual([]);
    expect(setsIn(found, 'pentiumpro.o')).toEqual(['cmov']);
    expect(setsIn(found, 'pentium3.o')).toEqual(['sse']);
    expect(setsIn(found, 'pentium4.o')).toEqual(['cmov', 'sse2']);
    expect(setsIn(found, 'program.4')).toContain('sse2');
    const first = usageIn(found, 'pentium4.o').sets.find(({ set }) => set === 'cmov')?.first;
    expect(first).toMatchObject({ function: 'larger', instruction: expect.stringMatching(/^cmov/) as unknown });
    expect(usageIn(found, 'pentium4.o').unknown.count).toBe(0);
});

test('levels of x86-64, and hints that do no harm', async () => {
    if (process.arch !== 'x64') return;
    const loop = 'void add(int *restrict a, const int *b) { for (int i = 0; i < 64; i++) a[i] += b[i] * 3; }\n';
    const bits = 'int count(unsigned long x) { return __builtin_popcountl(x) + __builtin_ctzl(x); }\n';
    const folder = compiled('gcc', {
        'baseline.o': [loop + bits, '-O3', '-c', '-march=x86-64', '-fcf-protection'],
        'v2.o': [loop + bits, '-O3', '-c', '-march=x86-64-v2'],
        'v3.o': [loop + bits, '-O3', '-c', '-march=x86-64-v3'],
        'v4.o': [loop + bits, '-O3', '-c', '-march=x86-64-v4', '-mprefer-vector-width=512'],
    });
    const found = await inspected(builtFilesBelow(folder));
    expect(setsIn(found, 'v2.o')).toEqual(expect.arrayContaining(['popcnt', 'sse2']));
    expect(setsIn(found, 'v3.o')).toEqual(expect.arrayContaining(['avx', 'avx2', 'popcnt']));
    expect(setsIn(found, 'v4.o')).toContain('avx512');
    const baseline = usageIn(found, 'baseline.o').sets;
    const harmless = baseline.filter((used) => used.harmless !== undefined).map(({ set }) => set);
    expect(harmless).toContain('endbr');
    expect(baseline.filter((used) => used.harmless === undefined).map(({ set }) => set)).not.toContain('popcnt');
});

test('as many vector instructions as objdump prints, in a library and in an archive', async () => {
    if (process.arch !== 'x64') return;
    const [, library = ''] =
        /=> (\/\S+libm\.so\S*)/.exec(execFileSync('ldd', [process.execPath], { encoding: 'utf8' })) ?? [];
    const archive = execFileSync('cc', ['-print-file-name=libgcc.a'], { encoding: 'utf8' }).trim();
    for (const path of [library, archive]) {
        const file = builtFile('x', path);
        if (file === undefined) throw new Error(path);
        const found = await inspected([file]);
        const listing = execFileSync('objdump', ['-d', path], {
            encoding: 'latin1',
            maxBuffer: 1 << 30,
            stdio: ['ignore', 'pipe', 'ignore'],
        });
        const printed = listing.match(/^.*\t[^\t]*%xmm(?![^\t]*%[yz]mm).*$/gm) ?? [];
        const legacy = printed.filter(
            (line) => !/\t(?:\{\w+\} )?v[^\t]*$/.test(line) && /%xmm/.test(line.split('#')[0] ?? ''),
        );
        const counted = [...found.objects.values()].flatMap((each) => (each.kind === 'usage' ? each.usage.sets : []));
        const sse = counted.filter(({ set }) => /^s?sse|^aes$|^pclmul$|^sha$/.test(set));
        const total = sse.reduce((sum, { instructions }) => sum + instructions, 0);
        // Some have no register of theirs in sight: fences, and conversions from memory.
        expect(total).toBeGreaterThanOrEqual(legacy.length);
        expect(total - legacy.length).toBeLessThan(legacy.length / 20 + 10);
    }
});

const detecting = `__attribute__((target("avx2"), noinline)) void fast(int *a) { for (int i = 0; i < 64; i++) a[i] *= 3; }
__attribute__((noinline)) void slow(int *a) { for (int i = 0; i < 64; i++) a[i] *= 3; }
int main(void) { int a[64] = {0}; if (__builtin_cpu_supports("avx2")) fast(a); else slow(a); return a[0]; }
`;

test('functions that ask the processor first may use what they like, each is told', async () => {
    if (process.arch !== 'x64') return;
    const folder = compiled('gcc', { program: [detecting, '-O3'], stripped: [detecting, '-O3', '-s'] });
    const files = builtFilesBelow(folder);
    const strict = usageIn(await inspected(files), 'program').sets.find(({ set }) => set === 'avx2');
    expect(strict).toMatchObject({ functions: 1, first: { function: 'fast' }, allowed: [] });
    const lenient = await inspected(files, { isAllowed: (name) => name === 'fast' });
    const allowed = usageIn(lenient, 'program').sets.find(({ set }) => set === 'avx2');
    expect(allowed?.first).toBeUndefined();
    expect(allowed?.allowed).toMatchObject([{ function: 'fast' }]);
    // Without symbols nobody knows that it is that function.
    expect(usageIn(lenient, 'stripped').sets.find(({ set }) => set === 'avx2')?.first).toBeDefined();
});

test('code behind the end of a function is not that function', async () => {
    if (process.arch !== 'x64') return;
    const source = `asm(".text\\n.globl known\\n.type known,@function\\nknown: ret\\n.size known, .-known\\nvaddps %ymm0,%ymm1,%ymm2\\nret\\n");
int main(void) { return 0; }
`;
    const folder = compiled('gcc', { program: [source], 'object.o': [source, '-c'] });
    const found = await inspected(builtFilesBelow(folder), { isAllowed: (name) => name === 'known' });
    for (const path of ['program', 'object.o'])
        expect(usageIn(found, path).sets.find(({ set }) => set === 'avx')?.first?.function).toBe('after known');
});

test('atomics of AArch64, old and new', async () => {
    if (!isThere('aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu')) return;
    const source = 'int swap(int *p) { return __atomic_exchange_n(p, 1, __ATOMIC_SEQ_CST); }\n';
    const folder = compiled('aarch64-linux-gnu-gcc', {
        'old.o': [source, '-march=armv8-a', '-mno-outline-atomics', '-c'],
        'new.o': [source, '-march=armv8.1-a', '-mbranch-protection=standard', '-c'],
    });
    const found = await inspected(builtFilesBelow(folder));
    expect(setsIn(found, 'old.o')).toEqual([]);
    expect(setsIn(found, 'new.o')).toEqual(['bti', 'lse']);
    expect(found.disassemblers[0]?.version).toMatch(/^GNU objdump/);
});

test('what cannot be disassembled is never taken for something without instructions', async () => {
    const folder = compiled('cc', { 'a.o': [numeric, '-c'] });
    const [file] = builtFilesBelow(folder);
    const [object] = file?.objects ?? [];
    if (file === undefined || object === undefined || 'refused' in object) throw new Error('no object');
    const strange = { ...file, objects: [{ ...object, facts: { ...object.facts, machine: 'riscv' } }] };
    expect((await inspected([strange])).objects.get('a.o')).toEqual({
        kind: 'unknown',
        reason: 'there is no table of instructions for riscv',
    });
    fs.writeFileSync(`${folder}/a.o`, fs.readFileSync(`${folder}/a.o`).subarray(0, 100));
    expect((await inspected([file])).objects.get('a.o')).toMatchObject({ kind: 'unknown' });
});

test('without objdump there is a remedy', async () => {
    const folder = compiled('cc', { 'a.o': [numeric, '-c'] });
    const request = { environment: { PATH: folder }, isAllowed: () => false, signal: new AbortController().signal };
    expect(await inspect(builtFilesBelow(folder), request)).toMatchObject({
        ok: false,
        failure: { kind: 'missing-tool', tool: 'objdump', remedy: 'apt install binutils' },
    });
});
