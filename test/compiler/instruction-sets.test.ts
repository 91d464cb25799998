// Which instruction sets flags allow, and what is said of files that use others.
import { expect, test } from 'vitest';
import { limitsIn } from '../../compiler/flags/allowed-sets.ts';
import type { BuiltFile, UsedSet } from '../../compiler/flags/built-file.ts';
import { aliases, implied, processors } from '../../compiler/flags/cpu-table.ts';
import { judgeFiles, showsAll } from '../../compiler/flags/expected-facts.ts';
import { forbiddenUses, judgeInstructions } from '../../compiler/flags/judge-instructions.ts';
import type { Channel, Requested } from '../../compiler/flags/requested.ts';
import { allTables } from '../../runtime/isa/classify.ts';
import { setsOf } from '../../runtime/isa/instruction-table.ts';

const flag = (channel: Channel, ...words: string[]): Requested => ({
    field: channel === 'rust' ? 'rustflags' : 'cflags',
    words,
    side: 'target',
    channel,
});

test('both tables speak of the same sets', () => {
    const known = new Set(allTables.flatMap(setsOf));
    const named = [
        ...Object.keys(implied),
        ...Object.values(implied),
        ...Object.values(aliases),
        ...Object.values(processors).flatMap((family) => Object.values(family)),
    ].flatMap((words) => words.split(' '));
    expect(named.filter((set) => set !== '' && !known.has(set))).toEqual([]);
});

/** The sets of a list that the flags allow. */
function allowed(flags: readonly Requested[], sets: readonly string[], family: 'x86' | 'aarch64' = 'x86'): string {
    const [limit] = limitsIn(family, flags);
    if (limit === undefined) return 'everything';
    if (limit.kind === 'unknown') return `unknown ${limit.processor}`;
    return sets.filter((set) => limit.allowance.allows(set)).join(' ');
}

const x86 = ['cmov', 'mmx', 'sse', 'sse2', 'sse4.2', 'popcnt', 'avx', 'avx2', 'fma', 'avx512'];

test.each([
    ['c', '-march=i586', ''],
    ['c', '-march=pentium-mmx', 'mmx'],
    ['c', '-march=i686', 'cmov'],
    ['c', '-march=pentium3', 'cmov mmx sse'],
    ['c', '-march=x86-64', 'cmov mmx sse sse2'],
    ['c', '-march=x86-64-v2', 'cmov mmx sse sse2 sse4.2 popcnt'],
    ['rust', '-Ctarget-cpu=x86-64-v3', 'cmov mmx sse sse2 sse4.2 popcnt avx avx2 fma'],
    ['rust', '-Ctarget-cpu=x86-64-v4', 'cmov mmx sse sse2 sse4.2 popcnt avx avx2 fma avx512'],
    ['c', '-march=x86-64 -mavx2', 'cmov mmx sse sse2 sse4.2 avx avx2'],
    ['c', '-march=x86-64-v3 -mno-avx', 'cmov mmx sse sse2 sse4.2 popcnt'],
    ['c', '-march=i586 -march=i686', 'cmov'],
    ['rust', '-Ctarget-feature=-sse2', 'cmov mmx sse popcnt'],
    ['rust', '-Ctarget-cpu=pentium -Ctarget-feature=+sse,-mmx', 'sse'],
    ['c', '-march=native', 'unknown native'],
    ['c', '-O2 -mtune=generic -m32 -fPIC', 'everything'],
] as const)('%s %s allows %s', (channel, words, sets) => {
    expect(
        allowed(
            words.split(' ').map((word) => flag(channel, word)),
            x86,
        ),
    ).toBe(sets);
});

test('AArch64 names extensions behind the processor', () => {
    const sets = ['lse', 'crc', 'aes', 'sve'];
    expect(allowed([flag('c', '-march=armv8-a')], sets, 'aarch64')).toBe('');
    expect(allowed([flag('c', '-march=armv8.1-a+crypto+nocrc')], sets, 'aarch64')).toBe('lse aes');
    expect(allowed([flag('rust', '-C', 'target-cpu=generic')], sets, 'aarch64')).toBe('');
    expect(allowed([flag('c', '-mcpu=neoverse-v1')], sets, 'aarch64')).toBe('lse crc aes sve');
});

const facts: BuiltFile['facts'] = {
    kind: 'program',
    machine: 'x86-64',
    pie: true,
    relro: 'full',
    bindNow: true,
    nx: true,
    stackProtector: false,
    fortified: [],
    controlFlow: [],
    debugInfo: false,
    symbols: true,
    code: true,
};

function file(
    path: string,
    sets: readonly UsedSet[],
    more: Partial<BuiltFile['facts']> = {},
    comments = ['GCC: 12'],
): BuiltFile {
    return {
        path,
        facts: { ...facts, ...more },
        producers: { comments, units: [] },
        instructions: { kind: 'usage', usage: { sets } },
    };
}

const place = { function: 'f', address: '0x10', instruction: 'movsd (%eax),%xmm0' };
const used = (set: string, more: Partial<UsedSet> = {}): UsedSet => ({
    set,
    functions: 2,
    first: place,
    allowed: [],
    ...more,
});

test('a file that uses more than a processor has is told with the place', () => {
    const judged = judgeInstructions([file('a', [used('sse2')]), file('b', [])], [flag('c', '-march=pentium')]);
    expect(judged).toMatchObject([
        {
            name: 'instruction sets of pentium',
            seen: ['b'],
            unseen: ['a'],
            details: { a: 'sse2 in 2 functions, first in f at 0x10: movsd (%eax),%xmm0' },
        },
    ]);
    expect(showsAll(judged)).toBe(false);
});

test('harmless ones, allowed functions and what the other language may use are let pass', () => {
    const pentium = [flag('c', '-march=pentium')];
    const inside: UsedSet = { set: 'avx2', functions: 1, allowed: [place] };
    const judged = judgeInstructions([file('a', [used('pause', { harmless: 'x' }), inside])], pentium);
    expect(judged).toMatchObject([{ seen: ['a'], unseen: [], details: { a: 'avx2 only where allowed: f' } }]);
    expect(
        showsAll(judgeInstructions([file('a', [used('sse2')])], [...pentium, flag('rust', '-Ctarget-cpu=pentium4')])),
    ).toBe(true);
});

test('a processor that no table has is an excuse, and what could not be disassembled is none', () => {
    expect(judgeInstructions([file('a', [used('sse2')])], [flag('c', '-march=native')])).toMatchObject([
        { unseen: ['a'], unless: 'no table says which instruction sets native has' },
    ]);
    const opaque: BuiltFile = { ...file('a', []), instructions: { kind: 'unknown', reason: 'damaged' } };
    expect(showsAll(judgeInstructions([opaque], [flag('c', '-march=pentium')]))).toBe(false);
    expect(forbiddenUses([opaque], ['sse'])).toEqual([{ path: 'a', reason: 'damaged' }]);
});

test('whoever forbids a set forbids what builds on it', () => {
    const uses = (...forbidden: string[]): readonly (string | undefined)[] =>
        forbiddenUses([file('a', [used('cmov'), used('avx2'), used('mmx')])], forbidden).map((use) => use.used?.set);
    expect(uses('sse')).toEqual(['avx2']);
    expect(uses('mmx', 'cmov')).toEqual(['cmov', 'mmx']);
    expect(uses('avx512')).toEqual([]);
    expect(uses()).toEqual([]);
});

test('marks of control flow are due in objects of that language, and may be lost by linking', () => {
    const object = { kind: 'object', controlFlow: ['ibt', 'shstk'] };
    const files = [
        file('c.o', [], object),
        file('bare.o', [], { ...object, controlFlow: [] }),
        file('rust.o', [], { ...object, controlFlow: [] }, ['rustc version 1.90.0']),
        file('program', []),
    ];
    const rows = judgeFiles(files, [flag('c', '-fcf-protection')]).map(({ name, seen, unseen, unless }) => [
        name,
        seen.join(),
        unseen.join(),
        unless === undefined,
    ]);
    expect(rows).toEqual([
        ['IBT', 'c.o', 'bare.o', true],
        ['IBT', '', 'program', false],
        ['shadow stack', 'c.o', 'bare.o', true],
        ['shadow stack', '', 'program', false],
    ]);
    const arm = file('a.o', [], { kind: 'object', machine: 'aarch64', controlFlow: ['bti'] });
    const judged = judgeFiles([arm], [flag('c', '-mbranch-protection=standard')]);
    expect(judged.map(({ name, seen }) => [name, seen.join()])).toEqual([
        ['BTI', 'a.o'],
        ['PAC', ''],
    ]);
});

test.each([
    ['rust', '-Cstrip=symbols', { symbols: false }, true],
    ['rust', '-Cstrip=symbols', { symbols: true }, false],
    ['link', '-Wl,-s', { symbols: true }, false],
    ['link', '-Wl,--strip-debug', { symbols: true }, true],
    ['rust', '-Cdebuginfo=2', { kind: 'object', debugInfo: false }, true],
    ['c', '-g', { kind: 'object', debugInfo: false }, false],
    ['c', '-g', { debugInfo: false }, true],
    ['c', '-g0', { kind: 'object', debugInfo: false }, true],
] as const)('%s %s with %j: %s', (channel, word, more, ok) => {
    expect(showsAll(judgeFiles([file('a', [], more)], [flag(channel, word)]))).toBe(ok);
});

test('switches that a compiler recorded', () => {
    const units = [
        'GNU C17 12.2.0 -O2 -fcf-protection=full',
        'GNU C17 12.2.0 -O2 -fno-plt -fcf-protection=full',
        'rustc version 1.90.0',
    ];
    const recorded = { ...file('a', []), producers: { comments: [], units } };
    const row = (word: string): boolean | undefined =>
        judgeFiles([recorded], [flag('c', word)])
            .find(({ name }) => name === 'recorded switches')
            ?.seen.includes('a');
    expect([row('-O2'), row('-fcf-protection'), row('-fno-plt')]).toEqual([true, true, false]);
    expect(judgeFiles([file('b', [])], [flag('c', '-O2')])).toEqual([]);
});
