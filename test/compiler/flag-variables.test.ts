// The variables in which build scripts find C flags: by triple for the `cc` crate, plain for make, and never one side's flags
// where a tool would take them for the other's.
import { expect, test } from 'vitest';
import { compilerVariables, crossVariables, type Flags } from '../../compiler/lower/flags.ts';

const none: Flags = { c: [], cxx: [], preprocessor: [], link: [], rust: [] };
const target: Flags = { c: ['-O2', '-g'], cxx: ['-O3'], preprocessor: ['-DT'], link: ['-Wl,-z,now'], rust: ['-Cx'] };
const host: Flags = { c: ['-O1'], cxx: [], preprocessor: [], link: ['-s'], rust: [] };

test('one machine: names with the triple and plain ones', () => {
    expect(compilerVariables(target, 'x86_64-unknown-linux-gnu')).toEqual({
        CFLAGS: '-DT -O2 -g',
        CFLAGS_x86_64_unknown_linux_gnu: '-DT -O2 -g',
        CPPFLAGS: '-DT',
        CXXFLAGS: '-DT -O3',
        CXXFLAGS_x86_64_unknown_linux_gnu: '-DT -O3',
        LDFLAGS: '-Wl,-z,now',
    });
    expect(compilerVariables(host, 'thumbv8m.main-none-eabi')).toEqual({
        CFLAGS: '-O1',
        CFLAGS_thumbv8m_main_none_eabi: '-O1',
        LDFLAGS: '-s',
    });
    expect(compilerVariables(none, 'x')).toEqual({});
});

test('two machines: each has its own names, and plain ones are for links of the target alone', () => {
    const triples = { target: 'aarch64-unknown-linux-gnu', host: 'x86_64-unknown-linux-gnu' };
    expect(crossVariables({ target, host }, triples)).toEqual({
        CFLAGS_aarch64_unknown_linux_gnu: '-DT -O2 -g',
        CFLAGS_x86_64_unknown_linux_gnu: '-O1',
        CXXFLAGS_aarch64_unknown_linux_gnu: '-DT -O3',
        HOST_CFLAGS: '-O1',
        LDFLAGS: '-Wl,-z,now',
    });
    expect(crossVariables({ target, host: none }, triples)).toEqual({
        CFLAGS_aarch64_unknown_linux_gnu: '-DT -O2 -g',
        CXXFLAGS_aarch64_unknown_linux_gnu: '-DT -O3',
        LDFLAGS: '-Wl,-z,now',
    });
});
