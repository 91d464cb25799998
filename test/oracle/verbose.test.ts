import { expect, test } from 'vitest';
import { isCompilation, nameOfCall, valuesOf } from './call.ts';
import { parseVerbose } from './verbose.ts';

const calls = parseVerbose(
    [
        '   Compiling apple v1.0.0',
        "     Running `CARGO_CRATE_NAME=apple CARGO_PKG_DESCRIPTION='two",
        "lines `and'\\''so'\\!'' CARGO_PKG_HOMEPAGE='' CARGO_PKG_NAME=apple CARGO_PKG_VERSION=1.0.0 rustc --crate-name apple --crate-type lib --crate-type=cdylib --cfg 'feature=\"red\"' z\\ z`",
        '[apple 1.0.0] cargo:rustc-cfg=sweet',
        'warning: unused `Running `',
        '     Running `CARGO_PKG_NAME=apple CARGO_PKG_VERSION=1.0.0 TARGET=moon /t/build/apple-1/build-script-build`',
    ].join('\n'),
);

test('each command is one call', () => {
    expect(calls.map(nameOfCall)).toEqual(['apple 1.0.0 apple (lib, cdylib)', 'apple 1.0.0 run of the build script']);
    expect(calls.map(isCompilation)).toEqual([true, false]);
});

test('quotes, backticks, line breaks and empty values are part of what they quote', () => {
    expect(calls[0]?.env.get('CARGO_PKG_DESCRIPTION')).toBe("two\nlines `and'so!");
    expect(calls[0]?.env.get('CARGO_PKG_HOMEPAGE')).toBe('');
    expect(valuesOf(calls[0]?.argv ?? [], '--cfg')).toEqual(['feature="red"']);
    expect(calls[0]?.argv.at(-1)).toBe('z z');
    expect(calls[1]).toEqual({
        argv: ['/t/build/apple-1/build-script-build'],
        env: new Map([
            ['CARGO_PKG_NAME', 'apple'],
            ['CARGO_PKG_VERSION', '1.0.0'],
            ['TARGET', 'moon'],
        ]),
        cwd: undefined,
    });
});

test('a command that ends early is an error', () => {
    expect(() => parseVerbose(' Running `a b')).toThrow('without end');
    expect(() => parseVerbose(" Running `a 'b`")).toThrow('without end');
});
