// Recorded calls against requested flags, without running anything: what a line of a record says, what calls are for, who must
// carry what, and which exceptions there are.
import { describe, expect, test } from 'vitest';
import { carrying } from '../../compiler/flags/carried.ts';
import { exceptions } from '../../compiler/flags/exceptions.ts';
import { judgeFiles, showsAll } from '../../compiler/flags/expected-facts.ts';
import { parseRecord, type Invocation } from '../../compiler/flags/invocation.ts';
import { judge } from '../../compiler/flags/judge.ts';
import type { Channel, Requested } from '../../compiler/flags/requested.ts';

const flag = (field: string, channel: Channel, ...words: string[]): Requested => ({
    field,
    words,
    side: 'target',
    channel,
});
const optimise = flag('cflags', 'c', '-O2');
const optimiseCxx = flag('cxxflags', 'cxx', '-O2');
const fortify = flag('cppflags', 'preprocessor', '-D_FORTIFY_SOURCE=2');
const now = flag('ldflags', 'link', '-Wl,-z,now');
const pie = flag('rustflags', 'rust', '-C', 'relocation-model=pie');
const all = [optimise, optimiseCxx, fortify, now, pie];

function call(program: string, words: string, cwd = '/rpkg/src/x'): Invocation {
    const given = words.split(' ').filter((word) => word !== '');
    const [parsed] = parseRecord('a', ['target', program, cwd, String(given.length), ...given].join('\t'));
    if (parsed === undefined) throw new Error('no call');
    return parsed;
}

describe('a record', () => {
    test('has one call a line, with words as they were', () => {
        const text =
            'host\t/usr/bin/x86_64-linux-gnu-g++-12\t/a b\t2\t-DX="\\ta\\n\\\\"\t-c\ntarget\t/usr/bin/ar\t/\t0\n';
        expect(parseRecord('run', text)).toEqual([
            {
                action: 'run',
                side: 'host',
                program: '/usr/bin/x86_64-linux-gnu-g++-12',
                tool: 'cxx',
                cwd: '/a b',
                arguments: ['-DX="\ta\n\\"', '-c'],
                words: ['-DX="\ta\n\\"', '-c'],
            },
            { action: 'run', side: 'target', program: '/usr/bin/ar', tool: 'ar', cwd: '/', arguments: [], words: [] },
        ]);
    });

    test('has the content of response files', () => {
        const [rustc] = parseRecord('a', 'target\t/r/rustc\t/\t2\t@f\tx\t@f\t-L\\na b');
        expect(rustc?.words).toEqual(['-L', 'a b', 'x']);
        const [cc] = parseRecord('a', 'target\t/usr/bin/cc\t/\t1\t@f\t@f\t-DA="x y" \'b c\' d\\\\ e');
        expect(cc).toMatchObject({ arguments: ['@f'], words: ['-DA=x y', 'b c', 'd e'] });
    });

    test('that nobody wrote is no record', () => {
        expect(() => parseRecord('a', 'target\t/usr/bin/cc\t/\t5\tx')).toThrow('the record of a has a line');
    });

    const tools = ['rustc', 'cc', 'gcc-12', 'c++', 'clang++-14', 'ld.bfd', 'aarch64-linux-gnu-ld', 'gcc-ar', 'clang'];

    test('tells tools by their names', () => {
        expect(tools.map((name) => call(`/usr/bin/${name}`, 'x').tool).join(' ')).toBe('rustc c c cxx cxx ld ld ar c');
    });
});

/** What the call has to carry: everything that is missing when it carries nothing. */
function wanted(program: string, words: string): string {
    const [judged] = judge([call(program, words)], all).calls;
    return (judged?.missing ?? []).map(({ field }) => field).join(' ');
}

test.each([
    ['/usr/bin/cc', '-c a.c', 'cflags cppflags'],
    ['/usr/bin/cc', '-c a.cc', 'cxxflags cppflags'],
    ['/usr/bin/c++', '-c a.c', 'cxxflags cppflags'],
    ['/usr/bin/cc', '-o a a.c b.o', 'cflags cppflags ldflags'],
    ['/usr/bin/cc', '-o a.c b.o -lx', 'ldflags'],
    ['/usr/bin/cc', '-xc++ -c -x c++ -', 'cxxflags cppflags'],
    ['/usr/bin/cc', '--version', ''],
    ['/usr/bin/cc', '-print-prog-name=ld', ''],
    ['/usr/bin/ld', '-o a b.o', 'ldflags'],
    ['/r/rustc', '--crate-name a a.rs', 'ldflags rustflags'],
    ['/usr/bin/ar', 'rcs a.a b.o', ''],
])('%s %s has to carry: %s', (program, words, fields) => {
    expect(wanted(program, words)).toBe(fields);
});

test.each([
    ['question', '/r/rustc', '--version --verbose'],
    ['question', '/r/rustc', '- --crate-name ___ --print=file-names'],
    ['preprocessing', '/usr/bin/cc', '-E a.c'],
    ['syntax', '/usr/bin/cc', '-fsyntax-only a.c'],
    ['syntax', '/r/rustc', '--emit=dep-info,metadata --crate-name probe probe.rs'],
    ['discarded', '/usr/bin/cc', 'smoke.c -g0 -o /dev/null -lz'],
    ['discarded', '/usr/bin/ld', '-o /dev/null a.o'],
    ['configure-test', '/usr/bin/cc', '-c -g conftest.c'],
    ['cmake-test', '/usr/bin/cc', '-o x.o -c /b/CMakeFiles/CMakeScratch/TryCompile-XXXXXX/t.c'],
    ['option-test', '/usr/bin/cc', '-Wx -c /rpkg/out/a/flag_check.c'],
    ['assembly', '/usr/bin/cc', '-c a.S'],
    ['optimisation', '/usr/bin/cc', '-D_FORTIFY_SOURCE=2 -O3 -c a.c'],
    ['relocatable', '/usr/bin/cc', '-r -o a.o b.o c.o'],
])('%s excuses %s %s', (name, program, words) => {
    const { calls, ok } = judge([call(program, words)], all);
    expect(calls.map(({ exception }) => exception?.name)).toEqual([name]);
    expect(ok).toBe(true);
});

test('every exception has a reason and a test', () => {
    expect(exceptions.map(({ name }) => name)).toEqual([
        'question',
        'preprocessing',
        'syntax',
        'discarded',
        'configure-test',
        'cmake-test',
        'option-test',
        'assembly',
        'optimisation',
        'relocatable',
    ]);
    expect(exceptions.every(({ reason }) => reason.length > 20)).toBe(true);
});

test('an exception for one kind of flag does not excuse another', () => {
    expect(judge([call('/usr/bin/cc', '-o a a.S')], all).ok).toBe(false);
    expect(judge([call('/usr/bin/cc', '-O3 -c a.c')], all).ok).toBe(false);
    expect(judge([call('/usr/bin/cc', '-D_FORTIFY_SOURCE=2 -O0 -c a.c')], all).ok).toBe(false);
    expect(judge([call('/r/rustc', '--emit=metadata,link --crate-name a a.rs')], all).ok).toBe(false);
});

test.each([
    ['c', '-O2 -c a.c', optimise, 'carried'],
    ['c', '-O3 -c a.c', optimise, 'missing'],
    ['c', '-O2 -O3 -c a.c', optimise, 'carried'],
    ['c', '-O2 -O0 -c a.c', optimise, 'undone'],
    ['c', '-D_FORTIFY_SOURCE=2 -U_FORTIFY_SOURCE -c a.c', fortify, 'undone'],
    ['c', '-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -c a.c', fortify, 'carried'],
    ['c', '-Wl,-z,now a.o', now, 'carried'],
    ['ld', '-z now a.o', now, 'carried'],
    ['ld', 'now -z a.o', now, 'missing'],
    ['ld', 'a.o', flag('ldflags', 'link', '-specs=x'), 'not-for-this-tool'],
    ['rustc', '-Clink-arg=-Wl,-z,now a.rs', now, 'carried'],
    ['rustc', '-Clink-arg=-Wl,-z,now -Clink-arg=-Wl,-z,lazy a.rs', now, 'undone'],
    ['rustc', '-C relocation-model=pie a.rs', pie, 'carried'],
    ['rustc', '-C lto a.rs relocation-model=pie', pie, 'missing'],
] as const)('%s %s', (tool, words, requested, kind) => {
    expect(carrying(tool, words.split(' '), requested).kind).toBe(kind);
});

test('flags of one crate are for its own code, and flags of one side for that side', () => {
    const own: Requested = { ...flag('crate.a.rustflags', 'rust', '--cfg=x'), actions: new Set(['a']) };
    const calls = [call('/r/rustc', '--crate-name a a.rs'), call('/r/rustc', '--crate-name build_script_build b.rs')];
    const judged = judge([...calls, ...calls.map((each) => ({ ...each, action: 'b' }))], [own]);
    expect(judged.flags).toEqual([{ requested: own, carried: 0, excused: 0, missing: 1 }]);
    expect(judge(calls, [{ ...pie, side: 'host' }]).ok).toBe(true);
});

test('files show what they must, and need not show what depends on the code', () => {
    const facts = { kind: 'program', pie: true, relro: 'partial', bindNow: false, nx: true, stackProtector: false };
    const more = { machine: 'x86-64', fortified: [], controlFlow: [], debugInfo: false, symbols: true, code: true };
    const file = { path: 'a', facts: { ...facts, ...more }, producers: { comments: [], units: [] } };
    const library = { ...file, path: 'b', facts: { ...file.facts, kind: 'library', pie: false } };
    const protect = flag('cflags', 'c', '-fstack-protector-strong');
    const good = judgeFiles([file, library], [pie, flag('ldflags', 'link', '-Wl,-z,relro'), protect]);
    expect(good.map(({ name, seen, unseen }) => [name, seen.join(), unseen.join()])).toEqual([
        ['PIE', 'a', ''],
        ['RELRO', 'a,b', ''],
        ['stack protector', '', 'a,b'],
    ]);
    expect(showsAll(good)).toBe(true);
    expect(showsAll(judgeFiles([file], [flag('ldflags', 'link', '-Wl,-z,relro,-z,now')]))).toBe(false);
});
